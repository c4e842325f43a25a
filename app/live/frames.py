"""Live mode: the newest picture of the canvas is always the engine's next job.

At most one frame runs and one waits; a newer picture takes the waiting one's place, which is then
counted as dropped. Live answers are shown but not remembered as runs.
"""

import dataclasses
import statistics
import time
from collections import deque
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot

from app.journey.runs import Runs
from app.link.requests import ClassifyFrame
from app.state.drawing import Picture
from app.state.everything import AppState
from app.state.records import LiveFigures, Phase
from engine.errors import CancelledError
from engine.session.events import Classification

LATEST = 12
"""Rate and delay are those of so many answers."""

PAUSE_SECONDS = 0.5
"""After so long with nothing to do, the rate is counted anew."""


@dataclass(frozen=True, eq=False)
class Frame:
    """A picture (28, 28) to answer; `sampled_at` is None where no pen drew it just now."""

    picture: Picture
    sampled_at: float | None


class Live(QObject):
    """Sends frames while `state.live.is_on`, whenever there are keys and no other run.

    Frames wait while keys are made, while settings are refused and during an ordinary run.
    """

    def __init__(self, state: AppState, runs: Runs) -> None:
        super().__init__(state)
        self._state = state
        self._runs = runs
        self._running: Frame | None = None
        self._waiting: Frame | None = None
        self._shown_at: deque[float] = deque(maxlen=LATEST)
        self._delays: deque[float] = deque(maxlen=LATEST)
        state.drawn.changed.connect(self._take_drawn)
        state.chosen.changed.connect(self._take_current)
        state.run.phase_changed.connect(self._send)
        state.chosen.forecast_changed.connect(self._send)

    def turn(self, on: bool) -> None:
        """Begin or end live mode; a frame that still runs at the end is not shown."""
        if on == self._state.live.is_on:
            return
        self._waiting = None
        self._shown_at.clear()
        self._delays.clear()
        self._state.live.set_figures(LiveFigures(is_on=on))
        self._take_current()

    @Slot()
    def _take_current(self) -> None:
        """Answer the present picture, whether or not it is new."""
        if self._state.live.is_on and self._state.drawn.picture is not None:
            self._take(Frame(self._state.drawn.picture, None))

    @Slot()
    def _take_drawn(self) -> None:
        picture = self._state.drawn.picture
        if not self._state.live.is_on:
            return
        if picture is None:
            self._drop_waiting()
        elif not self._is_newest(picture):
            self._take(Frame(picture, self._state.drawn.sampled_at))

    def _is_newest(self, picture: Picture) -> bool:
        frame = self._waiting or self._running
        newest = self._state.run.classified if frame is None else frame.picture
        return newest is not None and np.array_equal(newest, picture)

    def _take(self, frame: Frame) -> None:
        self._drop_waiting()
        was_idle = self._running is None and bool(self._shown_at)
        if was_idle and time.perf_counter() - self._shown_at[-1] > PAUSE_SECONDS:
            self._shown_at.clear()
        self._waiting = frame
        self._send()

    def _drop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting = None
            self._count_dropped()

    @Slot()
    def _send(self) -> None:
        state = self._state
        is_free = state.run.phase is Phase.IDLE and state.has_keys and not state.chosen.is_refused
        if self._waiting is not None and self._running is None and is_free:
            self._running, self._waiting = self._waiting, None
            frame = ClassifyFrame(state.chosen.settings, self._running.picture)
            self._runs.classify_frame(frame, lambda result: self._show(frame, result), self._fail)

    def _end_frame(self) -> Frame:
        frame, self._running = self._running, None
        assert frame is not None
        return frame

    def _fail(self, error: Exception) -> None:
        frame = self._end_frame()
        if self._state.live.is_on:
            if isinstance(error, CancelledError):
                self._waiting = self._waiting or Frame(frame.picture, None)
            else:
                self.turn(on=False)

    def _show(self, request: ClassifyFrame, result: Classification) -> None:
        frame = self._end_frame()
        if not self._state.live.is_on:
            return
        self._send()
        if request.settings != self._state.chosen.settings:
            self._count_dropped()
            return
        self._state.show_frame(result, frame.picture)
        QTimer.singleShot(0, self, lambda: self._count_shown(frame))  # after it was painted

    def _count_dropped(self) -> None:
        live = self._state.live.figures
        self._state.live.set_figures(dataclasses.replace(live, dropped=live.dropped + 1))

    def _count_shown(self, frame: Frame) -> None:
        live, now = self._state.live.figures, time.perf_counter()
        if not live.is_on:
            return
        self._shown_at.append(now)
        if frame.sampled_at is not None:
            self._delays.append(now - frame.sampled_at)
        passed = now - self._shown_at[0]
        self._state.live.set_figures(
            dataclasses.replace(
                live,
                answers=live.answers + 1,
                per_second=(len(self._shown_at) - 1) / passed if passed else live.per_second,
                delay_seconds=statistics.median(self._delays) if self._delays else None,
            )
        )
