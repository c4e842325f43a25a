"""What is drawn, and what the network will see of it."""

from PySide6.QtCore import QObject, Signal

from app.state.drawing import History, Picture
from app.state.records import Message, Tone


class Drawn(QObject):
    """`history` of drawings, `picture` (28, 28) or None, and `sampled_at`.

    That is when the pen drew the newest point of what the picture was made of.

    Signals: `changed`; `message_changed`, of the sentence beside the canvas.
    """

    changed = Signal()
    message_changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.history = History()
        self.picture: Picture | None = None
        self.sampled_at = 0.0
        self.message = Message("")

    def set_picture(self, picture: Picture | None, sampled_at: float) -> None:
        """Replace what the network will see; `sampled_at` is when the pen last changed it."""
        self.picture = picture
        self.sampled_at = sampled_at
        self.changed.emit()

    def say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """Show a sentence beside the canvas."""
        self.message = Message(text, tone)
        self.message_changed.emit()
