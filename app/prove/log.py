"""The message log as a table: every message between the two sides, and what it weighed."""

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QTableView, QVBoxLayout

from app.actions.window import Actions
from app.kit.basics import RIGHT, label, text_button
from app.kit.following import Following
from app.kit.table import LEFT, Index, TableModel, fit_columns, make_plain
from app.kit.theme import Theme
from app.kit.wording import place_text, size_text
from app.link.saving import Saving
from app.prove.message_meanings import meaning_of
from app.prove.page import ProofPage
from app.prove.texts import LOG
from app.state.everything import AppState
from engine.messages.log import (
    MessageLogged,
    Party,
    folded,
    log_as_csv,
    log_as_json,
    of_last_run,
)

COLUMNS = ("Time", "From", "To", "Message", "What it is", "Header", "Blobs")
WIDEST = (
    "00:00:00.00000", "The cloud 00", "The cloud 00", "conjugation keys", "", "999.9 kB",
    "999.9 MB",
)  # fmt: skip
"""With some room: the style gives cells a margin."""
NAMES: dict[Party, str] = {"window": "You", "client": "Your key", "cloud": "The cloud"}
REFRESH_MS = 100
"""New messages are shown together: making keys sends dozens."""


class LogModel(TableModel):
    """The messages to be shown, newest first."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(COLUMNS)
        self._theme = theme
        self._rows: list[MessageLogged] = []

    def show_messages(self, messages: list[MessageLogged]) -> None:
        """Show other messages, given oldest first."""
        self.beginResetModel()
        self._rows = messages[::-1]
        self.endResetModel()

    def row_count(self) -> int:
        """Return how many messages are shown."""
        return len(self._rows)

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """Return where texts stand: sizes to the right."""
        return RIGHT if column >= COLUMNS.index("Header") else LEFT

    def data(self, index: Index, role: int = 0) -> object:  # noqa: D102 - Qt's
        if role == Qt.ItemDataRole.DisplayRole:
            return log_row(self._rows[index.row()])[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(index.column())
        if role == Qt.ItemDataRole.ForegroundRole and index.column() in (1, 2):
            row = self._rows[index.row()]
            party = (row.sender, row.receiver)[index.column() - 1]
            return self._theme.color("encrypted" if party == "cloud" else "clear")
        if role == Qt.ItemDataRole.ToolTipRole and self._rows[index.row()].crosses:
            return f"The cloud {place_text(self._rows[index.row()].where)}"
        return None


class LogPage(ProofPage):
    """Shows `state.proved.messages`, all or some of them.

    Attributes: `only_run`, `only_crossing`, `fold`, `filter`, `totals`, `table`, `model`.
    """

    def __init__(self, state: AppState, saving: Saving, theme: Theme, actions: Actions) -> None:
        super().__init__(theme, LOG)
        self._state = state
        self._saving = saving
        self.model = LogModel(theme)
        self.only_crossing = QCheckBox("Only what crosses to the cloud and back")
        self.only_crossing.setAccessibleName(self.only_crossing.text())
        self.only_crossing.setChecked(True)
        self.only_run = _choice("This run only")
        self.fold = _choice("Stages as one")
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter by words")
        self.filter.setAccessibleName("Filter the messages by words")
        self.totals = label("", "body", "muted")
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setProperty("kind", "log")
        make_plain(self.table, "Messages, newest first")
        fit_columns(self.table, theme, COLUMNS, WIDEST)
        self.buttons.addWidget(text_button(actions.export_log, theme))
        column = QVBoxLayout(self.content)
        theme.space(column, gap=2)
        head = QHBoxLayout()
        theme.space(head, gap=3)
        for each in (self.only_run, self.only_crossing, self.fold):
            head.addWidget(each)
            each.toggled.connect(self.refresh)
        head.addWidget(self.filter, 1)
        column.addLayout(head)
        column.addWidget(self.totals)
        column.addWidget(self.table, 1)
        self.show_content(True)
        signals = state.proved.messages_changed, self.filter.textChanged
        Following(self, self.refresh, *signals, pause_ms=REFRESH_MS)

    def export(self, path: Path) -> None:
        """Write the message log, as JSON where the name ends so, else as CSV."""
        entries = self._state.proved.messages.entries
        write = log_as_json if path.suffix.lower() == ".json" else log_as_csv
        done = f"The message log was saved as {path.name}."
        self._saving.save(lambda: write(entries).encode(), path, done)

    def refresh(self) -> None:
        """Show the log as it is now."""
        kept = self._state.proved.messages.entries
        entries = of_last_run(kept) if self.only_run.isChecked() else kept
        crossing = [entry for entry in entries if entry.crosses]
        shown = crossing if self.only_crossing.isChecked() else list(entries)
        shown = folded(shown) if self.fold.isChecked() else shown
        words = self.filter.text().lower().split()
        self.model.show_messages([each for each in shown if _has(each, words)])
        up = sum(entry.total_bytes for entry in crossing if entry.receiver == "cloud")
        down = sum(entry.total_bytes for entry in crossing if entry.sender == "cloud")
        forgotten = 0 if entries is not kept else self._state.proved.messages.forgotten
        older = f"; {forgotten:,} older ones are no longer kept" if forgotten else ""
        places = dict.fromkeys(place_text(entry.where) for entry in crossing)
        where = f" {' and '.join(places)}" if places else ""
        self.totals.setText(
            f"{len(crossing):,} messages: {size_text(up)} to the cloud{where}, "
            f"{size_text(down)} back{older}"
        )


def _choice(text: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setAccessibleName(text)
    box.setChecked(True)
    return box


def _has(message: MessageLogged, words: list[str]) -> bool:
    texts = " ".join((*log_row(message), message.where)).lower()
    return all(word in texts for word in words)


def time_of_day(at: float) -> str:
    """Return the local time of `at` seconds since the epoch, to the millisecond."""
    local = datetime.fromtimestamp(at, UTC).astimezone()
    return local.strftime("%H:%M:%S.") + f"{local.microsecond // 1000:03}"


def log_row(message: MessageLogged) -> tuple[str, ...]:
    """Return one message as the texts of its columns."""
    return (
        time_of_day(message.at),
        NAMES[message.sender],
        NAMES[message.receiver],
        message.name.replace("_", " "),
        meaning_of(message),
        size_text(message.header_bytes),
        size_text(message.blob_bytes) if message.blob_bytes else "\u2013",
    )
