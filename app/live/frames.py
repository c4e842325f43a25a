"""Live mode: the newest picture of the canvas is always the engine's next job.

While the cloud works on one frame the next is encrypted, and one waits; a newer picture takes the
waiting one's place, which is then counted as dropped. Live answers are not remembered as runs.
"""

import dataclasses
import statistics
import time
from collections import deque

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot

from app.journey.runs import Runs
from app.link.requests import ClassifyFrames
from app.live.frame_box import Frame, FrameBox
from app.state.drawing import Picture
from app.state.everything import AppState
from app.state.records import LiveFigures, Phase
from engine.errors import CancelledError
from engine.session.events import Classification

LATEST = 12
"""Rate and delay are those of so many answers."""

PAUSE_SECONDS = 0.5
"""After so long with nothing to do, the rate is counted anew."""


class Live(QObject):
    """Sends frames while `state.live.is_on`, whenever there are keys and no other run.

    Frames wait while keys are made, while settings are refused and during an ordinary run.
    """

    def __init__(self, state: AppState, runs: Runs) -> None:
        super().__init__(state)
        self._state = state
        self._runs = runs
        self._box = FrameBox(self)
        self._is_sending = False
        self._shown_at: deque[float] = deque(maxlen=LATEST)
        self._delays: deque[float] = deque(maxlen=LATEST)
        self._box.answered.connect(self._show)
        state.drawn.changed.connect(self._take_drawn)
        state.chosen.changed.connect(self._take_current)
        state.run.phase_changed.connect(self._send)
        state.chosen.forecast_changed.connect(self._send)

    def turn(self, on: bool) -> None:
        """Begin or end live mode; a frame that still runs at the end is not shown."""
        if on == self._state.live.is_on:
            return
        self._box.put(None)
        self._shown_at.clear()
        self._delays.clear()
        self._state.live.set_figures(LiveFigures(is_on=on))
        self._send()
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
            self._wait(None)
        elif not self._is_newest(picture):
            self._take(Frame(picture, self._state.drawn.sampled_at))

    def _is_newest(self, picture: Picture) -> bool:
        frame = self._box.newest
        newest = self._state.run.classified if frame is None else frame.picture
        return newest is not None and np.array_equal(newest, picture)

    def _take(self, frame: Frame) -> None:
        was_idle = not self._is_sending and bool(self._shown_at)
        if was_idle and time.perf_counter() - self._shown_at[-1] > PAUSE_SECONDS:
            self._shown_at.clear()
        self._wait(frame)
        self._send()

    def _wait(self, frame: Frame | None) -> None:
        if self._box.put(frame):
            self._count_dropped()

    @Slot()
    def _send(self) -> None:
        """Let the engine take frames if it may, and ask it to if it does not already."""
        state = self._state
        is_free = state.run.phase is Phase.IDLE and state.has_keys and not state.chosen.is_refused
        self._box.is_open = state.live.is_on and is_free
        if self._box.is_open and not self._box.is_empty and not self._is_sending:
            self._is_sending = True
            frames = ClassifyFrames(state.chosen.settings, self._box.take, self._box.give)
            self._runs.classify_frames(frames, self._end, self._fail)

    def _end(self, _nothing: None) -> None:
        self._is_sending = False
        self._send()

    def _fail(self, error: Exception) -> None:
        self._is_sending = False
        lost = self._box.forget_taken()
        if self._state.live.is_on:
            if not isinstance(error, CancelledError):
                self.turn(on=False)
            elif lost is not None and self._box.is_empty:
                self._box.put(Frame(lost.picture, None))

    @Slot(object, object)
    def _show(self, frame: Frame, result: Classification) -> None:
        if not self._state.live.is_on:
            return
        if result.settings != self._state.chosen.settings:
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
        last_delay = None if frame.sampled_at is None else now - frame.sampled_at
        if last_delay is not None:
            self._delays.append(last_delay)
        passed = now - self._shown_at[0]
        self._state.live.set_figures(
            dataclasses.replace(
                live,
                answers=live.answers + 1,
                per_second=(len(self._shown_at) - 1) / passed if passed else live.per_second,
                last_delay_seconds=last_delay,
                delay_seconds=statistics.median(self._delays) if self._delays else None,
            )
        )
