"""The proof by listening: every byte that crossed to a cloud elsewhere, as it was before TLS."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QTableView, QVBoxLayout

from app.actions.window import Actions
from app.kit.basics import RIGHT, label, set_tone, text_button
from app.kit.elided_label import ElidedLabel
from app.kit.following import Following
from app.kit.table import LEFT, Index, TableModel, fit_columns, make_plain
from app.kit.theme import Theme
from app.kit.wording import share_text, size_text
from app.prove.hex_view import HexView
from app.prove.log import NAMES, time_of_day
from app.prove.message_meanings import wire_meaning_of
from app.prove.page import ProofPage
from app.prove.recordings import Recordings
from app.prove.texts import WIRE
from app.state.everything import AppState
from engine.remote.recording import Crossed, Recording

COLUMNS = ("Time", "From", "To", "Message", "What it is", "Bytes")
WIDEST = ("00:00:00.00000", "The cloud 00", "The cloud 00", "conjugation keys 00", "", "65,700 00")
EMPTY = (
    "Nothing recorded yet. With a cloud on another machine (Ctrl+J), record what crosses while you "
    "classify; or open a recording."
)
FIND_MS = 250


class WireModel(TableModel):
    """The messages of a recording that are to be shown, in their order."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(COLUMNS)
        self._theme = theme
        self._rows: list[Crossed] = []

    def show_messages(self, messages: list[Crossed]) -> None:
        """Show other messages."""
        self.beginResetModel()
        self._rows = messages
        self.endResetModel()

    def message(self, row: int) -> Crossed | None:
        """Return what stands in a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_count(self) -> int:
        """Return how many messages are shown."""
        return len(self._rows)

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """Return where texts stand: sizes to the right."""
        return RIGHT if column == COLUMNS.index("Bytes") else LEFT

    def data(self, index: Index, role: int = 0) -> object:  # noqa: D102 - Qt's
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return crossed_row(row)[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(index.column())
        if role == Qt.ItemDataRole.ForegroundRole and index.column() in (1, 2):
            party = (row.sender, row.receiver)[index.column() - 1]
            return self._theme.color("encrypted" if party == "cloud" else "clear")
        return None


class WirePage(ProofPage):
    """Shows `state.wire`. Attributes: `search`, `totals`, `table`, `model`, `bytes`, `message`."""

    def __init__(
        self, state: AppState, recordings: Recordings, theme: Theme, actions: Actions
    ) -> None:
        super().__init__(theme, WIRE, EMPTY)
        self._state = state
        self._record = actions.record_wire
        self.model = WireModel(theme)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find words, or 0x and hex")
        self.search.setAccessibleName("Find bytes in the recording")
        self.totals = ElidedLabel("body", "muted")
        self.message = label("", "body", "danger", wrap=True)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setProperty("kind", "log")
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        make_plain(self.table, "What crossed, in its order")
        fit_columns(self.table, theme, COLUMNS, WIDEST)
        self.bytes = HexView(theme, "The bytes of the chosen message", with_text=True)
        self.buttons.addWidget(text_button(actions.record_wire, theme))
        self.buttons.addWidget(text_button(actions.open_wire, theme))
        self.arrange_above(self.message)
        self._arrange(theme)
        self._soon = QTimer(self, singleShot=True, interval=FIND_MS)
        self._soon.timeout.connect(lambda: recordings.find(self.search.text()))
        self.search.textChanged.connect(lambda _text: self._soon.start())
        self.table.selectionModel().currentRowChanged.connect(lambda *_rows: self._show_bytes())
        Following(self, self._show_all, state.wire.changed)
        Following(self, self._show_rows, state.wire.found_changed)
        state.wire.changed.connect(self._follow)
        state.cloud.changed.connect(self._follow)
        self._follow()

    def _arrange(self, theme: Theme) -> None:
        column = QVBoxLayout(self.content)
        theme.space(column, gap=2)
        head = QHBoxLayout()
        theme.space(head, gap=3)
        head.addWidget(self.totals, 1)
        theme.fix(self.search, 60, None)
        head.addWidget(self.search)
        column.addLayout(head)
        column.addWidget(self.table, 4)
        column.addWidget(self.bytes, 3)

    def _follow(self) -> None:
        """Let the action say what it would do now."""
        is_on = self._state.wire.target is not None
        self._record.setText("Stop recording" if is_on else "Record the wire\u2026")
        self._record.setIconText("Stop recording" if is_on else "Record")
        self._record.setEnabled(is_on or bool(self._state.cloud.where))

    def _show_all(self) -> None:
        wire = self._state.wire
        self.show_content(wire.recording is not None)
        is_on = wire.target is not None
        self.message.setText(
            f"What crosses is written into {wire.target.name}; classify, then stop to see it."
            if wire.target is not None
            else wire.message.text
        )
        set_tone(self.message, "encrypted" if is_on else wire.message.tone.value)
        self.message.setVisible(bool(self.message.text()))
        if wire.recording is not None:
            self.totals.show_text(totals_text(wire.recording, wire.name))
        self._show_rows()

    def _show_rows(self) -> None:
        wire = self._state.wire
        if wire.recording is None:
            return
        self.model.show_messages([wire.recording.messages[place] for place in wire.found])
        if self.model.row_count():
            self.table.selectRow(0)
        self._show_bytes()

    def _show_bytes(self) -> None:
        message = self.model.message(self.table.currentIndex().row())
        self.bytes.show_data(b"" if message is None else message.data)


def crossed_row(message: Crossed) -> tuple[str, ...]:
    """Return one message as the texts of its columns."""
    return (
        time_of_day(message.at),
        NAMES[message.sender],
        NAMES[message.receiver],
        message.name.replace("_", " "),
        wire_meaning_of(message.name),
        f"{len(message.data):,}",
    )


def totals_text(recording: Recording, name: str) -> str:
    """Return what a recording holds, in one line."""
    up = sum(len(each.data) for each in recording.messages if each.receiver == "cloud")
    down = sum(len(each.data) for each in recording.messages if each.sender == "cloud")
    opaque = sum(len(each.opaque) for each in recording.messages)
    share = share_text(opaque / (up + down)) if up + down else "0%"
    return (
        f"{name}: {size_text(up)} to {recording.where}, {size_text(down)} back; "
        f"{share} of it are keys and ciphertexts"
    )
