"""The drawer at the bottom: the runs of this session as a plain table."""

from datetime import UTC, datetime

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtWidgets import QFrame, QHeaderView, QTableView, QVBoxLayout, QWidget

from app.records import Run
from app.state import AppState
from app.theme import Theme
from app.wording import model_text, share_text, size_text, time_text

COLUMNS = (
    "Time", "Network", "N", "Bit scale", "Chain", "Encrypted", "Clear",
    "Cloud", "Total", "Relative error", "Ciphertext", "Cloud's keys",
)  # fmt: skip


def run_row(run: Run) -> tuple[str, ...]:
    """Return one run as the texts of its columns."""
    result, settings = run.result, run.result.settings
    keys = size_text(run.keys.galois_key_bytes + run.keys.relin_key_bytes) if run.keys else ""
    return (
        datetime.fromtimestamp(run.at, UTC).astimezone().strftime("%H:%M:%S"),
        model_text(settings.model),
        str(settings.poly_modulus_degree),
        str(settings.scale_bits),
        ", ".join(map(str, result.ciphertext.coeff_modulus_bits)),
        result.classes[result.prediction],
        result.classes[result.clear_prediction],
        time_text(result.server_seconds),
        time_text(result.total_seconds),
        share_text(result.relative_error),
        size_text(len(result.ciphertext.data)),
        keys,
    )


class RunsModel(QAbstractTableModel):
    """The runs of the state, newest first."""

    def __init__(self, state: AppState) -> None:
        super().__init__(state)
        self._rows: list[tuple[str, ...]] = []
        self._state = state
        state.runs_changed.connect(self._refresh)

    def _refresh(self) -> None:
        self.beginResetModel()
        self._rows = [run_row(run) for run in reversed(self._state.runs)]
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:  # noqa: D102 - Qt's
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:  # noqa: D102 - Qt's
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return COLUMNS[section]
        return None


class RunsDrawer(QFrame):
    """Lies over the bottom of the window while it is open, so that nothing else moves."""

    def __init__(self, state: AppState, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("panel", "overlay")
        self.setAccessibleName("Past runs")
        self.table = QTableView()
        self.table.setModel(RunsModel(state))
        self.table.setAccessibleName("Past runs of this session")
        self.table.setAlternatingRowColors(True)
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for name in ("Network", "Chain"):
            header.setSectionResizeMode(
                COLUMNS.index(name), QHeaderView.ResizeMode.ResizeToContents
            )
        layout = QVBoxLayout(self)
        theme.space(layout, margin=0.5, gap=0)
        layout.addWidget(self.table)
        self.hide()
