"""The presentation on the whole screen: the steps, the page of the one told, its sentence."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLayout,
    QVBoxLayout,
    QWidget,
)

from app.inside.big_steps import NAME, BigSteps
from app.inside.revealing import Revealing
from app.inside.viewing import MAKING, Viewing
from app.kit.basics import label
from app.kit.elided_label import ElidedLabel
from app.kit.pages import Pages
from app.kit.theme import BASE_SIZE, Theme
from app.kit.wording import RECORDED
from app.present.pointer import Pointer
from app.present.rail import Rail
from app.present.stand.loop import StandLoop
from app.present.stand.stand_in import StandIn
from app.present.story import CHAPTERS, Step
from app.present.story_compute import ComputePage, DecryptPage, DrawPage
from app.present.story_pages import CrossingPage, EncryptPage, StoryPage
from app.present.telling import Presentation
from app.state.everything import AppState

ZOOM = 1.75
"""How much larger everything is than in the window."""

TICK_MS = 100
LEAST_MOVE = 8
FORWARD = {Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_PageDown,
           Qt.Key.Key_Return, Qt.Key.Key_Enter}  # fmt: skip
BACK = {Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_PageUp, Qt.Key.Key_Backspace}
BLACK = {Qt.Key.Key_B, Qt.Key.Key_Period}
"""Presenters' remotes send one or the other."""
TOUCHES = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.TouchBegin,
    QEvent.Type.TabletPress,
    QEvent.Type.Wheel,
}
HINT = "Space: on    Shift+Space: back    Esc: leave"
INSIDE_HINT = "I: look inside    "
STEPS_HINT = "Right: step    PgDown: stage    P: play    I: close"
SAMPLE_HINT = "S: a sample, without a pen    "
DRAWING_HINT = "S: the next drawing    "
LIVE_HINT = "R: live again    "
LOOP_HINT = "This runs by itself. Touch anything to draw your own digit."


class PresentationWindow(QWidget):
    """Shows a `Presentation`, forwards keys to it, and moves the pen of the stand's loop.

    Attributes: `pages` by step, `rail` of steps. Signal `left` asks to end.
    """

    left = Signal()

    def __init__(
        self,
        state: AppState,
        presentation: Presentation,
        loop: StandLoop,
        viewing: Viewing,
        revealing: Revealing,
        stand_in: StandIn,
        parent: QWidget,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("presentation")
        self.setWindowTitle("CipherSketch")
        self.setAccessibleName("Presentation")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.theme = Theme(application, self)
        self._state = state
        self._acts: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_I: lambda: presentation.look_inside(is_inside=True),
            Qt.Key.Key_R: stand_in.toggle,
            Qt.Key.Key_L: presentation.toggle_pointer,
            **dict.fromkeys(BLACK, presentation.toggle_black),
        }
        self._presentation = presentation
        self._loop, self._stand_in = loop, stand_in
        self._viewing = viewing
        self._touched_at: QPointF | None = None
        self._is_open = False
        self.steps = BigSteps(viewing, revealing, self.theme)
        self.draw = DrawPage(state, self.theme, presentation)
        self.pages: dict[Step, StoryPage] = {
            Step.DRAW: self.draw,
            Step.ENCRYPT: EncryptPage(state, self.theme, presentation),
            Step.SEND: CrossingPage(state, self.theme, presentation, to_cloud=True),
            Step.COMPUTE: ComputePage(state, self.theme, presentation, self.steps),
            Step.RETURN: CrossingPage(state, self.theme, presentation, to_cloud=False),
            Step.DECRYPT: DecryptPage(state, self.theme, presentation),
        }
        self.rail = Rail(presentation, self.theme)
        self.sentence = label("", "story", wrap=True)
        self.note = ElidedLabel("strong", "danger")
        self.hint = label(HINT, "body", "muted")
        self.black = QWidget(self)
        self.black.setStyleSheet("background: black")
        self.black.hide()
        self.pointer = Pointer(presentation, self.theme, self)
        self.mark = label(RECORDED, "lane", "danger")
        self.mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.mark.setVisible(state.is_recorded)
        state.recorded_changed.connect(self.mark.setVisible)
        self._stack = Pages()
        self._arrange()
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._show)
        presentation.changed.connect(self._show)
        loop.changed.connect(self._show)
        viewing.traced.connect(self._play)
        viewing.played.connect(self._follow_play)
        canvas = self.draw.canvas
        loop.pen_down.connect(canvas.put_down)
        loop.pen_moved.connect(canvas.move_to)
        loop.pen_lifted.connect(canvas.lift)

    def _arrange(self) -> None:
        self.setMinimumSize(QSize(640, 360))
        column = QVBoxLayout(self)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # the screen decides
        self.theme.space(column, margin=3, gap=3)
        rail = QHBoxLayout()
        self.theme.space(rail, gap=2)
        rail.addStretch()
        rail.addWidget(self.rail)
        rail.addStretch()
        for page in self.pages.values():
            self._stack.addWidget(page)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.theme.fix(self.sentence, None, 8)
        foot = QHBoxLayout()
        self.theme.space(foot, gap=4)
        foot.addWidget(self.note, 1)
        foot.addWidget(self.hint)
        column.addLayout(rail)
        column.addWidget(self.mark)
        column.addWidget(self._stack, 1)
        column.addWidget(self.sentence)
        column.addLayout(foot)

    def _show(self) -> None:
        told = self._presentation
        if not told.is_on:
            return
        self.black.setVisible(told.is_black)
        self.black.raise_()
        page = self.pages[told.step]
        page.refresh()
        self._stack.setCurrentWidget(page)
        self._open_or_close_steps()
        inside = told.is_inside
        self.sentence.setText(CHAPTERS[told.step].sentence)
        self.sentence.setVisible(not inside)
        self.note.show_text(told.note or told.waiting_text)
        self.hint.setText(self._hint())
        if told.waiting_text and not self._tick.isActive():
            self._tick.start()
        elif not told.waiting_text:
            self._tick.stop()

    def _hint(self) -> str:
        told = self._presentation
        if self._loop.is_running:
            return LOOP_HINT
        if told.is_inside:
            return STEPS_HINT
        sample = DRAWING_HINT if told.plan.drawings else SAMPLE_HINT
        here = {Step.DRAW: sample, Step.COMPUTE: INSIDE_HINT}.get(told.step, "")
        return here + (LIVE_HINT if self._stand_in.reason else "") + HINT

    def _open_or_close_steps(self) -> None:
        """Have the steps worked out when they are opened; by itself the show plays them."""
        inside = self._presentation.is_inside
        if inside != self._is_open:
            self._is_open = inside
            self._presentation.is_playing = inside and self._loop.is_running
            self._viewing.want(NAME, inside)
            if self._viewing.trace is not None:
                self._play()

    def _play(self) -> None:
        if self._is_open and self._loop.is_running and not self._viewing.is_playing:
            self._viewing.play_within(self._loop.pace.inside)
            self._follow_play()

    def _follow_play(self) -> None:
        viewing = self._viewing
        self._presentation.is_playing = viewing.is_playing or viewing.reason == MAKING

    # --- events

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        key, told = event.key(), self._presentation
        if told.is_inside and self._act_inside(Qt.Key(key), event.modifiers()):
            return
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        steps = told.plan.steps
        digits = {Qt.Key.Key_1.value + place: step for place, step in enumerate(steps)}
        if key == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.isAutoRepeat():
            pass  # a key held too long is one step, not the whole story
        elif key == Qt.Key.Key_S and told.step is Step.DRAW:
            self._loop.show_sample()
        elif key in self._acts:
            self._acts[Qt.Key(key)]()
        elif key in BACK or (key == Qt.Key.Key_Space and shifted):
            told.back()
        elif key in FORWARD:
            told.forward()
        elif key in digits:
            told.go_to(digits[key])
        else:
            super().keyPressEvent(event)

    def _act_inside(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        """Do what a key does while the steps are open; return whether it does anything there."""
        viewing = self._viewing
        if key in (Qt.Key.Key_Escape, Qt.Key.Key_I):
            self._presentation.look_inside(is_inside=False)
        elif key == Qt.Key.Key_P:
            viewing.toggle()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_PageDown):
            viewing.next_stage()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_PageUp):
            viewing.previous_stage()
        elif key in BACK or modifiers & Qt.KeyboardModifier.ShiftModifier:
            viewing.back()
        elif key in FORWARD:
            viewing.forward()
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if event.type() not in TOUCHES or self._is_still(event):
            return super().eventFilter(watched, event)
        leaves = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        return self._loop.touch() and not leaves

    def _is_still(self, event: QEvent) -> bool:
        """Tell of a mouse event whether the mouse has hardly moved since it was last seen."""
        if not isinstance(event, QMouseEvent) or event.type() is not QEvent.Type.MouseMove:
            return False
        before, here = self._touched_at, event.globalPosition()
        if before is None or (here - before).manhattanLength() >= LEAST_MOVE:
            self._touched_at = here
        return before is None or (here - before).manhattanLength() < LEAST_MOVE

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102 - Qt's
        super().showEvent(event)
        self._touched_at = None
        handle = self.windowHandle()
        if handle is not None:
            handle.installEventFilter(self)  # what a person does arrives there first
        self.setFocus()
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102 - Qt's
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Give everything the size that the screen has room for."""
        size: QSize = self.size()
        self.black.setGeometry(self.rect())
        ratio = min(size.width() / BASE_SIZE.width(), size.height() / BASE_SIZE.height())
        self.theme.scale_to(ratio * ZOOM)
