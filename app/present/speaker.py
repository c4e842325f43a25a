"""The speaker's view on the laptop while the story is on the projector: steps, notes, time."""

from datetime import datetime

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.kit.basics import label, push_button
from app.kit.theme import Theme
from app.kit.wording import RECORDED
from app.present.notes import Notes
from app.present.story import CHAPTERS, Step
from app.present.telling import Presentation
from app.present.window import PresentationWindow

TICK_MS = 500
OF_THE_STORY = {Qt.Key.Key_Escape, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
"""Keys of a presenter's remote: they step while notes are written, too."""
SAVE_MS = 400
HINT = "Page Down: on    Page Up: back    B: black    Esc: leave"


class SpeakerView(QWidget):
    """Attributes: `buttons` by step, `notes`, `black`, `now`, `next`, `clock`, `since`, `run`.

    Every key that is not written into the notes goes to the story's own window.
    """

    def __init__(
        self,
        presentation: Presentation,
        notes: Notes,
        story: PresentationWindow,
        parent: QWidget,
        is_recorded: bool,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("presentation")
        self.setWindowTitle("CipherSketch: speaker's view")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.theme = Theme(application, self)
        self._told, self._kept, self._story = presentation, notes, story
        self._written: Step | None = None
        self._started = QElapsedTimer()
        self.now, self.next = label("", "lane"), label("", "title", "muted")
        self.clock, self.since = label("", "number"), label("", "number", "muted")
        self.run = label("", "body", "muted", wrap=True)
        self.mark = label(RECORDED if is_recorded else "", "strong", "danger")
        self.black = push_button("Black (B)", "small")
        self.black.setCheckable(True)
        self.leave = push_button("Leave (Esc)", "small")
        self.buttons = {step: self._button(step) for step in Step}
        self.notes = QPlainTextEdit()
        self.notes.setAccessibleName("Notes for this step")
        self.notes.setPlaceholderText("Notes for this step")
        self.notes.setTabChangesFocus(True)
        self.notes.installEventFilter(self)
        self.theme.apply(self.notes, self._enlarge_notes)
        self._arrange()
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._show_time)
        self._save = QTimer(self, singleShot=True, interval=SAVE_MS)
        self._save.timeout.connect(self._keep)
        self.notes.textChanged.connect(self._save.start)
        self.black.clicked.connect(presentation.toggle_black)
        self.leave.clicked.connect(story.left)
        presentation.changed.connect(self._show)

    def _button(self, step: Step) -> QPushButton:
        button = push_button(f"{step + 1}  {CHAPTERS[step].title}", "small")
        button.setCheckable(True)
        button.setAccessibleName(f"Step {step + 1}: {CHAPTERS[step].title}")
        button.clicked.connect(lambda: self._go_to(step))
        return button

    def _go_to(self, step: Step) -> None:
        self._told.go_to(step)
        self._show()

    def _enlarge_notes(self) -> None:
        self.notes.document().setDefaultFont(self.theme.font("title"))

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        self.theme.space(column, margin=6, gap=4)
        head, rail, foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (head, rail, foot):
            self.theme.space(row, gap=4)
        head.addWidget(self.now)
        head.addWidget(self.next, 1)
        head.addWidget(self.since)
        head.addWidget(self.clock)
        for button in self.buttons.values():
            rail.addWidget(button)
        rail.addStretch()
        rail.addWidget(self.black)
        rail.addWidget(self.leave)
        foot.addWidget(self.mark)
        foot.addStretch()
        foot.addWidget(label(HINT, "body", "muted"))
        column.addLayout(head)
        column.addLayout(rail)
        column.addWidget(self.run)
        column.addWidget(self.notes, 1)
        column.addLayout(foot)

    # --- showing

    def _show(self) -> None:
        told = self._told
        if not self.isVisible():
            return
        step = told.step
        self.now.setText(f"{step + 1}  {CHAPTERS[step].title}")
        last = step is Step.DECRYPT
        self.next.setText("the last step" if last else f"next: {CHAPTERS[Step(step + 1)].title}")
        for each, button in self.buttons.items():
            button.setChecked(each is step)
        self.black.setChecked(told.is_black)
        self.run.setText(told.note or told.waiting_text or CHAPTERS[step].sentence)
        if step is not self._written:
            self._keep()
            self._written = step
            self.notes.setPlainText(self._kept.of(step))
            self._save.stop()
        self._show_time()

    def _show_time(self) -> None:
        self.clock.setText(f"{datetime.now().astimezone():%H:%M:%S}")
        seconds = self._started.elapsed() // 1000
        self.since.setText(f"{seconds // 60}:{seconds % 60:02}")

    def _keep(self) -> None:
        self._save.stop()
        if self._written is None or self.notes.toPlainText() == self._kept.of(self._written):
            return
        if not self._kept.set(self._written, self.notes.toPlainText()):
            self.run.setText("The notes cannot be written to the disk; they last until the end.")

    # --- events

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102 - Qt's
        super().showEvent(event)
        self._started.restart()
        self._tick.start()
        self._written = None
        self._show()
        self.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: D102 - Qt's
        self._tick.stop()
        self._keep()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        self._story.keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt's
        is_key = isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress
        if is_key and isinstance(event, QKeyEvent) and Qt.Key(event.key()) in OF_THE_STORY:
            self._story.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)
