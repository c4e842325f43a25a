"""Which cloud computes: a process on this computer, or one on another machine; and how it answers.

The pairing addresses held here contain tokens: what is shown of one is its `where`.
"""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.state.records import Message, Tone
from engine.remote.address import Address
from engine.remote.state import CloudState


class Cloud(QObject):
    """`address` of the cloud in use, None for this computer; its `connection` as last heard of.

    `wanted` is where a connection is being tried to, or empty; `retry_seconds` how soon a lost
    one is tried again, None where that is of no use or not due; `remembered` are the addresses of
    earlier times, the latest first. Signals: `changed`; `sending_changed`, where only more bytes
    have arrived there; `message_changed`, of the sentence beside the address; `used`, after another
    cloud was taken into use.
    """

    changed = Signal()
    sending_changed = Signal()
    message_changed = Signal()
    used = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.address: Address | None = None
        self.connection: CloudState | None = None
        self.wanted = ""
        self.retry_seconds: float | None = None
        self.remembered: tuple[Address, ...] = ()
        self.message = Message("")

    @property
    def where(self) -> str:
        """Return host and port of the cloud in use, nothing for this computer."""
        return "" if self.address is None else self.address.where

    @property
    def is_away(self) -> bool:
        """Tell whether the cloud in use does not answer now."""
        return self.connection is not None and self.connection.phase in ("lost", "reconnecting")

    @property
    def is_lost(self) -> bool:
        """Tell whether nothing is asked of the cloud in use until it is connected again."""
        return self.connection is not None and self.connection.phase == "lost"

    @property
    def sending(self) -> tuple[int, int] | None:
        """Return how many bytes of a message have arrived elsewhere, of how many; None if all."""
        sending = None if self.connection is None else self.connection.sending
        return None if sending is None or sending[0] == sending[1] else sending

    def set_wanted(self, where: str) -> None:
        """Say where a connection is being tried to."""
        self.wanted = where
        self.changed.emit()

    def use(self, address: Address | None, connection: CloudState | None) -> None:
        """Take another cloud into use, which is connected."""
        self.address, self.connection = address, connection
        self.wanted, self.retry_seconds = "", None
        self.changed.emit()
        self.used.emit()

    def set_connection(self, connection: CloudState | None) -> None:
        """Say how the cloud in use answers; what is told of another does not count."""
        before = self.connection
        if connection == before or (connection and connection.where != self.where):
            return
        self.connection = connection
        if before and connection and replace(before, sending=connection.sending) == connection:
            self.sending_changed.emit()
        else:
            self.changed.emit()

    def set_retry(self, seconds: float | None) -> None:
        """Say how soon a lost connection is tried again."""
        if seconds != self.retry_seconds:
            self.retry_seconds = seconds
            self.changed.emit()

    def set_remembered(self, addresses: tuple[Address, ...]) -> None:
        """Replace the remembered addresses."""
        self.remembered = addresses
        self.changed.emit()

    def say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """Show a sentence beside the address."""
        self.message = Message(text, tone)
        self.message_changed.emit()
