"""The table of runs as Qt sees it: filtered by words, sorted by a column, pinned runs on top.

Sorting and filtering are done here and not by a proxy, which would ask for every value again
through Qt: with 10,000 runs that keeps the window waiting for tenths of a second.
"""

from collections.abc import Collection

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QPixmap

from app.compare.columns import COLUMNS, Column, words_of
from app.draw.picture.rendering import seen_image
from app.kit.basics import RIGHT
from app.kit.table import LEFT, Index, TableModel
from app.kit.theme import Theme
from app.state.stored_run import StoredRun

WHEN = next(place for place, column in enumerate(COLUMNS) if column.title == "When")
ANSWER = next(place for place, column in enumerate(COLUMNS) if column.title == "Answer")
NUMBERS = {"N", "Cloud", "Total", "Error", "Size"}


class RunsModel(TableModel):
    """Attributes: `runs`, those that pass the filter, in the order of the rows."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(tuple(column.title for column in COLUMNS), parent)
        self._theme = theme
        self._all: list[StoredRun] = []
        self._words: dict[str, str] = {}
        self._wanted: list[str] = []
        self._column = COLUMNS[WHEN]
        self._descending = True
        self.runs: list[StoredRun] = []

    @property
    def has_any(self) -> bool:
        """Tell whether there are runs, shown or filtered away."""
        return bool(self._all)

    def set_runs(self, runs: list[StoredRun]) -> None:
        """Replace the runs."""
        known = {run.id: run for run in self._all}
        for run in runs:
            if known.get(run.id) is not run:
                self._words.pop(run.id, None)
        self._all = list(runs)
        self._refresh()

    def set_filter(self, text: str) -> None:
        """Show only runs that have every word of `text`."""
        self._wanted = text.lower().split()
        self._refresh()

    def rows_of(self, ids: Collection[str]) -> list[int]:
        """Return the rows of the runs with these ids."""
        return [row for row, run in enumerate(self.runs) if run.id in ids]

    def _refresh(self) -> None:
        self.beginResetModel()
        found = [run for run in self._all if self._passes(run)]
        found.sort(key=lambda run: _key(self._column, run), reverse=self._descending)
        self.runs = sorted(found, key=lambda run: not run.pinned)
        self.endResetModel()

    def _passes(self, run: StoredRun) -> bool:
        if not self._wanted:
            return True
        words = self._words.get(run.id)
        if words is None:
            words = self._words[run.id] = words_of(run)
        return all(word in words for word in self._wanted)

    def row_count(self) -> int:
        """Return how many runs pass the filter."""
        return len(self.runs)

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """Return where texts stand: numbers to the right."""
        title = COLUMNS[column].title
        if title == "Scale":  # between a number and a text, near neither
            return Qt.AlignmentFlag.AlignCenter
        return RIGHT if title in NUMBERS else LEFT

    def title_tip(self, column: int) -> str | None:
        """Return what explains a column."""
        return COLUMNS[column].tip or None

    # --- Qt's

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:  # noqa: D102
        asked = (COLUMNS[column], order is Qt.SortOrder.DescendingOrder)
        if asked != (self._column, self._descending):  # a view asks twice for each click
            self._column, self._descending = asked
            self._refresh()

    def data(self, index: Index, role: int = 0) -> object:  # noqa: D102
        run, column = self.runs[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(run)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(index.column())
        if role == Qt.ItemDataRole.DecorationRole and index.column() == WHEN:
            return thumbnail(run, self._theme.px(5))
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == ANSWER and not run.agrees:
            return self._theme.color("danger")
        if role == Qt.ItemDataRole.ToolTipRole and column.text(run):
            return f"{column.title}: {column.text(run)}"
        return None


def thumbnail(run: StoredRun, side: int) -> QPixmap:
    """Return the picture of a run, `side` pixels a side."""
    image = seen_image(run.pixels)
    smooth = Qt.TransformationMode.SmoothTransformation
    return QPixmap.fromImage(
        image.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio, smooth)
    )


def _key(column: Column, run: StoredRun) -> tuple[bool, object, float]:
    value = column.key(run)
    return value == value, value, run.at  # noqa: PLR0124 - NaN, which equals nothing, comes first
