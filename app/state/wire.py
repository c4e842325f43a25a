"""A recording of what crossed to a cloud elsewhere: the one that is written, the one looked at."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.state.records import Message, Tone
from engine.remote.recording import Recording


class Wire(QObject):
    """`target`, the file that is written now, or None; `recording`, what was opened; its `name`.

    `found` are the places of the messages to be shown. Signals: `changed`, `found_changed`.
    """

    changed = Signal()
    found_changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.target: Path | None = None
        self.recording: Recording | None = None
        self.name = ""
        self.found: tuple[int, ...] = ()
        self.message = Message("")

    def set_target(self, path: Path | None) -> None:
        """Say which file is written."""
        self.target = path
        self.changed.emit()

    def show(self, recording: Recording, name: str) -> None:
        """Show a recording, all of it."""
        self.recording, self.name = recording, name
        self.found = tuple(range(len(recording.messages)))
        self.changed.emit()

    def set_found(self, places: tuple[int, ...]) -> None:
        """Show only some of its messages."""
        self.found = places
        self.found_changed.emit()

    def say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """Show a sentence on its page."""
        self.message = Message(text, tone)
        self.changed.emit()
