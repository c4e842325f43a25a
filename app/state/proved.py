"""What proves that the cloud reads nothing: attempts on the last ciphertext, and every message."""

from PySide6.QtCore import QObject, Signal, Slot

from app.state.records import Evidence
from engine.messages.log import MessageLog, MessageLogged


class Proved(QObject):
    """`evidence` and the log of `messages`; signals `changed`, of the first, `messages_changed`."""

    changed = Signal()
    messages_changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.evidence = Evidence()
        self.messages = MessageLog()

    def set_evidence(self, evidence: Evidence) -> None:
        """Replace what is shown as proofs."""
        self.evidence = evidence
        self.changed.emit()

    @Slot(object)
    def log_message(self, message: MessageLogged) -> None:
        """Remember that a message went between the window and a process."""
        self.messages.add(message)
        self.messages_changed.emit()
