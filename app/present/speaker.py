"""The speaker's view on the laptop while the story is on the projector: steps, notes, time."""

import time
from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from app.kit.basics import label, push_button
from app.kit.theme import Theme
from app.kit.wording import RECORDED, time_text
from app.present.mirror import Mirror
from app.present.rail import Rail
from app.present.stand.stand_in import StandIn
from app.present.story import CHAPTERS
from app.present.talk.notes import Notes
from app.present.talk.notes_editor import NotesEditor
from app.present.telling import Presentation
from app.present.window import PresentationWindow
from app.state.everything import AppState

TICK_MS = 500
OF_THE_STORY = {Qt.Key.Key_Escape, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
"""Keys of a presenter's remote: they step while notes are written, too."""
HINT = "Page Down: on    Page Up: back    1 to 9: a step    S: a drawing"


class SpeakerView(QWidget):
    """Every key that is not written into the notes goes to the story's own window.

    Attributes: `mirror` of the story, `rail` of steps, `notes`, `now`, `next`, `clock`, `since`,
    `run`, `mark`; the buttons `black`, `pointer`, `recorded`, `leave`.
    """

    def __init__(
        self,
        presentation: Presentation,
        notes: Notes,
        story: PresentationWindow,
        stand_in: StandIn,
        state: AppState,
        parent: QWidget,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("presentation")
        self.setWindowTitle("CipherSketch: speaker's view")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.theme = Theme(application, self)
        self._told, self._story = presentation, story
        self._state, self._stand_in = state, stand_in
        self.now, self.next = label("", "lane"), label("", "title", "muted")
        self.clock, self.since = label("", "number"), label("", "number", "muted")
        self.run = label("", "body", "muted", wrap=True)
        self.mark = label("", "strong", "danger", wrap=True)
        self.mirror = Mirror(presentation, story, self.theme)
        self.black = push_button("Black (B)", "small")
        self.pointer = push_button("Pointer (L)", "small")
        self.recorded = push_button("Recorded (R)", "small")
        for button in (self.black, self.pointer, self.recorded):
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.leave = push_button("Leave (Esc)", "small")
        self.rail = Rail(presentation, self.theme)
        self.notes = NotesEditor(notes, self.theme, "title")
        self.notes.installEventFilter(self)
        self.notes.lost.connect(self._tell_of_loss)
        self._arrange()
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._show_time)
        self.black.clicked.connect(presentation.toggle_black)
        self.pointer.clicked.connect(presentation.toggle_pointer)
        self.recorded.clicked.connect(stand_in.toggle)
        stand_in.changed.connect(self._show)
        self.leave.clicked.connect(story.left)
        presentation.changed.connect(self._show)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        self.theme.space(column, margin=6, gap=4)
        head, rail, body, foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        seen = QVBoxLayout()
        for row in (head, rail, body, seen, foot):
            self.theme.space(row, gap=3)
        head.addWidget(self.now)
        head.addWidget(self.next, 1)
        head.addWidget(self.since)
        head.addWidget(self.clock)
        rail.addWidget(self.rail)
        rail.addStretch()
        for button in (self.black, self.pointer, self.recorded, self.leave):
            foot.addWidget(button)
        foot.addStretch()
        foot.addWidget(label(HINT, "body", "muted"))
        for each in (self.mirror, self.run, self.mark):
            seen.addWidget(each)
        seen.addStretch()
        body.addLayout(seen, 3)
        body.addWidget(self.notes, 2)
        column.addLayout(head)
        column.addLayout(rail)
        column.addLayout(body, 1)
        column.addLayout(foot)

    # --- showing

    def _show(self) -> None:
        told = self._told
        if not self.isVisible():
            return
        step, following = told.step, told.following
        self.now.setText(f"{told.place + 1}  {CHAPTERS[step].title}")
        coming = "the last step" if following is None else f"next: {CHAPTERS[following].title}"
        self.next.setText(coming)
        self.black.setChecked(told.is_black)
        self.pointer.setChecked(told.has_pointer)
        self.recorded.setChecked(self._state.is_recorded)
        self.mark.setText(self._mark())
        self.run.setText(told.note or told.waiting_text or self._answer())
        self.notes.show_step(step)
        self._show_time()

    def _answer(self) -> str:
        result = self._told.result
        if result is None:
            return "Nothing is encrypted yet."
        answer = result.classes[result.prediction]
        return f"The answer is {answer}, after {time_text(result.total_seconds)}."

    def _mark(self) -> str:
        if not self._state.is_recorded:
            return ""
        why = self._stand_in.reason
        return f"{RECORDED}. {why} Press R to go on live." if why else f"{RECORDED}."

    def _show_time(self) -> None:
        self.clock.setText(f"{datetime.now().astimezone():%H:%M:%S}")
        seconds = int(time.monotonic() - self._told.started_at)
        self.since.setText(f"{seconds // 60}:{seconds % 60:02}")

    def _tell_of_loss(self) -> None:
        self.run.setText("The notes cannot be written to the disk; they last until the end.")

    # --- events

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102 - Qt's
        super().showEvent(event)
        self._tick.start()
        self._show()
        self.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: D102 - Qt's
        self._tick.stop()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        self._story.keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt's
        is_key = isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress
        if is_key and isinstance(event, QKeyEvent) and Qt.Key(event.key()) in OF_THE_STORY:
            self._story.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)
