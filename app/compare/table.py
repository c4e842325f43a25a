"""The table of runs: rows are selected, sorted by a click on a column, and kept selected."""

from collections.abc import Collection

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableView

from app.compare.columns import COLUMNS
from app.compare.model import WHEN, RunsModel
from app.kit.basics import label
from app.kit.table import make_plain
from app.kit.theme import Theme
from app.state.stored_run import StoredRun

NO_RUNS = "No runs yet. Draw a picture and classify it; every run is kept here."
HEADER_ROOM = 4
"""Spacing units beside a title: its margins and the arrow of the sorting."""
WIDENED = tuple(
    place for place, column in enumerate(COLUMNS) if column.title in {"Network", "Chain", "Answer"}
)
NO_MATCH = "No run has all these words."


class RunsTable(QTableView):
    """Shows a RunsModel. Signal `chosen()` fires when the selection has changed."""

    chosen = Signal()

    def __init__(self, model: RunsModel, theme: Theme) -> None:
        super().__init__()
        self._runs = model
        self._theme = theme
        self._ids: set[str] = set()
        self._restoring = False
        self.setModel(model)
        make_plain(self, "Past runs")
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self._hint = label("", "body", "muted")
        self._hint.setParent(self.viewport())
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicatorShown(True)
        self.setSortingEnabled(True)
        self.sortByColumn(WHEN, Qt.SortOrder.DescendingOrder)
        theme.apply(self, self._size)
        self.selectionModel().selectionChanged.connect(self._remember)
        model.modelReset.connect(self._restore)
        self._restore()

    def selected(self) -> list[StoredRun]:
        """Return the selected runs in the order of the rows."""
        return [run for run in self._runs.runs if run.id in self._ids]

    def select(self, ids: Collection[str]) -> None:
        """Select the runs with these ids and show the first."""
        rows = self._runs.rows_of(ids)
        selection = QItemSelection()
        last = len(COLUMNS) - 1
        for row in rows:
            selection.select(self._runs.index(row, 0), self._runs.index(row, last))
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(selection, flags.ClearAndSelect)
        if rows:
            first = self._runs.index(rows[0], WHEN)
            self.selectionModel().setCurrentIndex(first, flags.NoUpdate)
            self.scrollTo(first)

    def _size(self) -> None:
        texts, px = QFontMetrics(self._theme.font("caption")), self._theme.px
        widths = [
            max(px(column.width), texts.horizontalAdvance(column.title) + px(HEADER_ROOM))
            for column in COLUMNS
        ]
        room = self.viewport().width() - sum(widths)
        share = max(0, room) // len(WIDENED)  # of the room that is left, where texts are longest
        for place, width in enumerate(widths):
            self.setColumnWidth(place, width + share * (place in WIDENED))
        self.verticalHeader().setDefaultSectionSize(self._theme.px(6.5))

    def _remember(self) -> None:
        if not self._restoring:
            selection = self.selectionModel().selection()
            ranges = [selection.at(place) for place in range(selection.count())]
            rows = {row for each in ranges for row in range(each.top(), each.bottom() + 1)}
            self._ids = {self._runs.runs[row].id for row in rows}
            self.chosen.emit()

    def _restore(self) -> None:
        """Select again what was selected before the rows changed."""
        kept = {run.id for run in self._runs.runs} & self._ids
        changed, self._ids = kept != self._ids, kept
        self._restoring = True
        self.select(kept)
        self._restoring = False
        self._hint.setText("" if self._runs.runs else NO_MATCH if self._runs.has_any else NO_RUNS)
        if changed:
            self.chosen.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102 - Qt's
        super().resizeEvent(event)
        self._hint.setGeometry(self.viewport().rect())
        self._size()
