"""Where the notes for a step are read and written; what is written is kept by itself."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QPlainTextEdit

from app.kit.theme import Theme
from app.present.story import Step
from app.present.talk.notes import Notes

SAVE_MS = 400


class NotesEditor(QPlainTextEdit):
    """Shows the notes of one step at a time. Signal `lost`: they cannot be written to the disk."""

    lost = Signal()

    def __init__(self, notes: Notes, theme: Theme, role: str) -> None:
        super().__init__()
        self._kept, self._theme, self._role = notes, theme, role
        self._step: Step | None = None
        self._known = ""
        self.setAccessibleName("Notes for this step")
        self.setPlaceholderText("Notes for this step")
        self.setTabChangesFocus(True)
        self._save = QTimer(self, singleShot=True, interval=SAVE_MS)
        self._save.timeout.connect(self.keep)
        self.textChanged.connect(self._save.start)
        theme.apply(self, self._enlarge)

    def _enlarge(self) -> None:
        self.document().setDefaultFont(self._theme.font(self._role))

    def show_step(self, step: Step) -> None:
        """Show the notes of a step, unless it is the one that is shown."""
        if step is not self._step:
            self.keep()
            self._step = step
            self.read()

    def keep(self) -> None:
        """Keep what was written."""
        self._save.stop()
        text = self.toPlainText()
        if self._step is not None and text != self._known:
            self._known = text
            if not self._kept.set(self._step, text):
                self.lost.emit()

    def read(self) -> None:
        """Show the notes as they are kept, which may have been written elsewhere meanwhile."""
        if self._step is not None:
            self._known = self._kept.of(self._step)
            self.setPlainText(self._known)
            self._save.stop()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102 - Qt's
        super().showEvent(event)
        self.read()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: D102 - Qt's
        self.keep()
        super().hideEvent(event)
