"""The points of a sweep as a table: how far each is, and its figures once it is measured."""

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QTableView

from app.kit.table import LEFT, Index, TableModel, fit_columns, make_plain
from app.kit.theme import Theme
from app.kit.wording import model_text, percent, share_text, time_text
from app.sweep.figures import accuracy, seconds_per_picture
from app.sweep.rows import PointState
from app.sweep.running import Sweeps
from engine.studies.sweeps.records import SweepPoint

COLUMNS = ("Network", "N", "Bit scale", "Progress", "Time", "Error", "Accuracy")
WIDEST = ("", "32768", "50", "999 of 999", "99.99 s", "100.00%", "99.99%")
"""What has to fit into each column; the first takes what is left."""


class SweepModel(TableModel):
    """A row for each point."""

    def __init__(self, sweeps: Sweeps) -> None:
        super().__init__(COLUMNS, sweeps)
        self._sweeps = sweeps
        self._count = 0
        sweeps.choice_changed.connect(self._reset)
        sweeps.limits_changed.connect(self._reset)
        sweeps.point_changed.connect(self._change)
        self._reset()

    def _reset(self) -> None:
        self.beginResetModel()
        self._count = len(self._sweeps.points)
        self.endResetModel()

    def _change(self, place: int) -> None:
        self.dataChanged.emit(self.index(place, 0), self.index(place, len(COLUMNS) - 1))

    def row_count(self) -> int:
        """Return how many points there are."""
        return self._count

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """Return where texts stand: all but the network's name in the middle."""
        return Qt.AlignmentFlag.AlignCenter if column else LEFT

    def data(self, index: Index, role: int = 0) -> object:  # noqa: D102 - Qt's
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(index.column())
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        point, state = self._sweeps.points[index.row()], self._sweeps.states[index.row()]
        limit = self._sweeps.limits.get(point, "")
        if role == Qt.ItemDataRole.ToolTipRole:
            return limit or state.fault or None
        return cells(point, state, limit)[index.column()]


class SweepTable(QTableView):
    """Selecting a row picks its point; the arrow keys do so too."""

    def __init__(self, sweeps: Sweeps, theme: Theme) -> None:
        super().__init__()
        self._sweeps = sweeps
        self.setModel(SweepModel(sweeps))
        make_plain(self, "Points of the sweep")
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.horizontalHeader().setHighlightSections(False)
        fit_columns(self, theme, COLUMNS, WIDEST)
        theme.apply(self, lambda: self.verticalHeader().setDefaultSectionSize(theme.px(6)))
        self.selectionModel().currentRowChanged.connect(self._select)
        sweeps.selected_changed.connect(self._follow)

    def _select(self, current: QModelIndex) -> None:
        if current.isValid():
            self._sweeps.select(current.row())

    def _follow(self) -> None:
        place = self._sweeps.selected
        if place is None:
            self.clearSelection()
        elif place != self.currentIndex().row():
            self.setCurrentIndex(self.model().index(place, 0))


def cells(point: SweepPoint, state: PointState, limit: str) -> tuple[str, ...]:
    """Return the texts of a row."""
    settings = point.settings
    head = (
        model_text(settings.model).replace("network ", ""),
        str(settings.poly_modulus_degree),
        str(settings.scale_bits),
    )
    row = state.row
    if row is None or row.summary is None:
        return (*head, progress_text(state, limit), *("\u2013",) * 3)
    share = accuracy(row)
    return (
        *head,
        "done",
        time_text(seconds_per_picture(row)),
        share_text(row.summary.largest_relative_error),
        "\u2013" if share is None else percent(share.percent),
    )


def progress_text(state: PointState, limit: str) -> str:
    """Return how far a point without a row is."""
    if limit:
        return "refused"
    if state.fault:
        return "failed"
    return f"{state.done} of {state.total}" if state.total else "waiting"
