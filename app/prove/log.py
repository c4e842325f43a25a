"""The message log as a table: every message between the two sides, and what it weighed."""

from datetime import UTC, datetime

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QHeaderView, QTableView, QVBoxLayout

from app.actions.window import Actions
from app.kit.basics import label, text_button
from app.kit.theme import Theme
from app.kit.wording import size_text
from app.prove.message_meanings import meaning_of
from app.prove.page import ProofPage
from app.prove.texts import LOG
from app.state.app_state import AppState
from engine.parties.message_log import MessageLogged, Party

Index = QModelIndex | QPersistentModelIndex
COLUMNS = ("Time", "From", "To", "Message", "What it is", "Header", "Blobs")
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
NAMES: dict[Party, str] = {"window": "You", "client": "Your key", "cloud": "The cloud"}
REFRESH_MS = 100
"""New messages are shown together: making keys sends dozens."""


class LogModel(QAbstractTableModel):
    """The messages to be shown, newest first."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: list[MessageLogged] = []

    def show_messages(self, messages: list[MessageLogged]) -> None:
        """Show other messages, given oldest first."""
        self.beginResetModel()
        self._rows = messages[::-1]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = 0) -> object:  # noqa: D102 - Qt's
        if role == Qt.ItemDataRole.DisplayRole:
            return log_row(self._rows[index.row()])[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role == Qt.ItemDataRole.ForegroundRole and index.column() in (1, 2):
            row = self._rows[index.row()]
            party = (row.sender, row.receiver)[index.column() - 1]
            return self._theme.color("encrypted" if party == "cloud" else "clear")
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:  # noqa: D102 - Qt's
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None


class LogPage(ProofPage):
    """Shows `state.messages`: those that cross to the cloud, or all of them."""

    def __init__(self, state: AppState, theme: Theme, actions: Actions) -> None:
        super().__init__(theme, LOG)
        self._state = state
        self.model = LogModel(theme)
        self.only_crossing = QCheckBox("Only what crosses to the cloud and back")
        self.only_crossing.setAccessibleName(self.only_crossing.text())
        self.only_crossing.setChecked(True)
        self.totals = label("", "body", "muted")
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setProperty("kind", "log")
        self.table.setAccessibleName("Messages, newest first")
        self.table.setAlternatingRowColors(True)
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setResizeContentsPrecision(0)  # measure what is seen, not thousands of rows
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(COLUMNS.index("What it is"), QHeaderView.ResizeMode.Stretch)
        self.buttons.addWidget(text_button(actions.export_log, theme))
        column = QVBoxLayout(self.content)
        theme.space(column, gap=2)
        head = QHBoxLayout()
        theme.space(head, gap=3)
        head.addWidget(self.only_crossing)
        head.addStretch(1)
        head.addWidget(self.totals)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        self._soon = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._soon.timeout.connect(self.refresh)
        self.only_crossing.toggled.connect(self.refresh)
        state.messages_changed.connect(self._refresh_soon)
        self.show_content(True)
        self.keep_current(self.refresh)

    def _refresh_soon(self) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def refresh(self) -> None:
        """Show the log as it is now."""
        entries = self._state.messages.entries
        crossing = [entry for entry in entries if entry.crosses]
        self.model.show_messages(crossing if self.only_crossing.isChecked() else list(entries))
        up = sum(entry.total_bytes for entry in crossing if entry.receiver == "cloud")
        down = sum(entry.total_bytes for entry in crossing if entry.sender == "cloud")
        forgotten = self._state.messages.forgotten
        older = f"; {forgotten:,} older ones are no longer kept" if forgotten else ""
        self.totals.setText(
            f"{len(crossing):,} messages: {size_text(up)} to the cloud, "
            f"{size_text(down)} back{older}"
        )


def _alignment(column: int) -> Qt.AlignmentFlag:
    return RIGHT if column >= COLUMNS.index("Header") else LEFT


def log_row(message: MessageLogged) -> tuple[str, ...]:
    """Return one message as the texts of its columns."""
    at = datetime.fromtimestamp(message.at, UTC).astimezone()
    return (
        at.strftime("%H:%M:%S.") + f"{at.microsecond // 1000:03}",
        NAMES[message.sender],
        NAMES[message.receiver],
        message.name.replace("_", " "),
        meaning_of(message),
        size_text(message.header_bytes),
        size_text(message.blob_bytes) if message.blob_bytes else "\u2013",
    )
