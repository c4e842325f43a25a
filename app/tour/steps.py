"""The short tour of the window: its stops, which one is shown, and whether it was ever shown."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal


@dataclass(frozen=True)
class Stop:
    """One stop: `part` names an attribute of the draw view."""

    part: str
    title: str
    text: str


STOPS = (
    Stop("picture_card", "Draw a digit here", "With the mouse, a pen or a finger. Try it now."),
    Stop(
        "run_bar",
        "Have it classified encrypted",
        "The button encrypts the picture and sends it off. Live does so while you draw.",
    ),
    Stop(
        "journey",
        "Follow it to the cloud and back",
        "You have the key and the cloud has none. Every stage tells its time.",
    ),
    Stop(
        "answer_card",
        "Read the answer",
        "The scores, decrypted by you, beside those of the same network on the clear picture.",
    ),
    Stop(
        "ciphertext_card",
        "See what the cloud sees",
        "The ciphertext itself. Encrypt again or use a wrong key to check that it hides.",
    ),
    Stop(
        "settings_card",
        "Change how it is encrypted",
        "What a setting costs and whether it is safe is shown below at once.",
    ),
    Stop(
        "settings_card",
        "Go on from here",
        "The tabs above lead to Compare, Sweep, Data sets, Prove, Inside, Playground and "
        "Architecture. F1 explains every word and key; F11 presents it all on the full screen.",
    ),
)


class Tour(QObject):
    """Attributes: `place` among the stops, None while there is no tour; `is_seen`.

    Signal `changed`.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.place: int | None = None
        self.is_seen = False

    @property
    def stop(self) -> Stop | None:
        """Return the stop that is shown."""
        return None if self.place is None else STOPS[self.place]

    def start(self) -> None:
        """Show the first stop."""
        self.is_seen = True
        self._go(0)

    def forward(self) -> None:
        """Show the next stop; after the last the tour ends."""
        if self.place is not None:
            self._go(self.place + 1 if self.place + 1 < len(STOPS) else None)

    def back(self) -> None:
        """Show the stop before."""
        if self.place:
            self._go(self.place - 1)

    def end(self) -> None:
        """Show no stop."""
        self._go(None)

    def _go(self, place: int | None) -> None:
        self.place = place
        self.changed.emit()
