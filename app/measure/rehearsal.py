"""Plays the window as a person would, with real events: for screenshots and measurements."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt, QTimer
from PySide6.QtGui import QImage, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from app.shell.main_window import MainWindow
from app.state.records import Phase, Tone
from engine.pictures.strokes import Point
from engine.planning.forecast import Refusal

POLL_MS = 2
LONGEST_WAIT_SECONDS = 120.0
LOOK_MS = 150
STILL_LOOKS = 4
LOOKS = 200


class RehearsalError(Exception):
    """What was waited for did not happen; the message says what the window showed instead."""


class Rehearsal:
    """Drives one window that has been shown and started."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._state = window.program.state

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Let the window work until `condition` holds; raise RehearsalError if it never does."""
        loop = QEventLoop()
        poll = QTimer(interval=POLL_MS, timerType=Qt.TimerType.PreciseTimer)
        poll.timeout.connect(lambda: loop.quit() if condition() else None)
        limit = QTimer(singleShot=True, interval=round(LONGEST_WAIT_SECONDS * 1000))
        limit.timeout.connect(loop.quit)
        poll.start()
        limit.start()
        loop.exec()
        if not condition():
            shown = self._state.run.message.text or self._state.drawn.message.text
            raise RehearsalError(shown or f"Nothing happened for {LONGEST_WAIT_SECONDS:.0f} s.")

    def pause(self, milliseconds: int) -> None:
        """Let the window work for a while."""
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def wait_until_still(self, widget: QWidget) -> QPixmap:
        """Let the window work until a widget looks the same for a while; return how it looks."""
        before, now, same = QImage(), widget.grab(), 0
        for _ in range(LOOKS):
            before = now.toImage()
            self.pause(LOOK_MS)
            now = widget.grab()
            same = same + 1 if now.toImage() == before else 0
            if same == STILL_LOOKS:
                return now
        raise RehearsalError("The window never stood still.")

    def wait_until_ready(self) -> None:
        """Wait for the keys of the current settings; raise RehearsalError if they fail."""
        self.wait_for(self._is_settled)
        if not self._state.has_keys:
            forecast = self._state.chosen.forecast
            if isinstance(forecast, Refusal):
                raise RehearsalError(forecast.reason)
            raise RehearsalError(self._state.run.message.text)

    def _is_settled(self) -> bool:
        state = self._state
        failed = state.chosen.is_refused or state.run.message.tone is Tone.ERROR
        return state.run.phase is Phase.IDLE and (state.has_keys or failed)

    def draw(self, strokes: list[list[Point]]) -> None:
        """Draw strokes with the mouse, positions from 0 to 1."""
        for points in strokes:
            kinds = [QEvent.Type.MouseMove] * len(points)
            kinds[0] = QEvent.Type.MouseButtonPress
            for point, kind in zip(points, kinds, strict=True):
                self.send_mouse(point, kind)
                QApplication.processEvents()
            self.send_mouse(points[-1], QEvent.Type.MouseButtonRelease)

    def classify(self) -> None:
        """Press the button and wait for the answer."""
        before = len(self._state.past.runs)
        self._window.actions_.classify.trigger()
        self.wait_for(
            lambda: (
                self._state.run.phase is Phase.IDLE
                and (
                    len(self._state.past.runs) > before
                    or self._state.run.message.tone is Tone.ERROR
                )
            )
        )
        if len(self._state.past.runs) == before:
            raise RehearsalError(self._state.run.message.text)

    def send_mouse(self, point: Point, kind: QEvent.Type) -> None:
        """Press, move or release the mouse at a place of the canvas, positions from 0 to 1."""
        canvas = self._window.draw.picture_card.canvas
        place = QPointF(point[0] * canvas.width(), point[1] * canvas.height())
        held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else _LEFT
        button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else _LEFT
        event = QMouseEvent(
            kind, place, canvas.mapToGlobal(place), button, held, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(canvas, event)


_LEFT = Qt.MouseButton.LeftButton
