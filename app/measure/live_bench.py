"""Measures live mode while a mouse draws without a break in the real window."""

import itertools
import statistics
import time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer

from app.draw.picture.samples import sample_names, sample_strokes
from app.measure.gap_recorder import GapRecorder
from app.measure.rehearsal import Rehearsal
from app.shell.main_window import MainWindow
from engine.pictures.strokes import Point

MOUSE_MS = 8
"""As often as a common mouse reports."""

WARM_UP_ANSWERS = 5
ANSWERS = 60
MOST_SECONDS = 30


class Scribbler(QObject):
    """Draws one sample after the other with the mouse, each on an empty canvas."""

    def __init__(self, window: MainWindow, rehearsal: Rehearsal) -> None:
        super().__init__()
        self._clear = window.program.pictures.clear
        self._send = rehearsal.send_mouse
        samples = map(self._sample, itertools.cycle(sample_names()))
        self._moves = itertools.chain.from_iterable(samples)
        self._timer = QTimer(self, interval=MOUSE_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self._send(*next(self._moves)))
        self._timer.start()

    def _sample(self, name: str) -> list[tuple[Point, QEvent.Type]]:
        self._clear()
        moves = []
        for points in sample_strokes(name):
            moves.append((points[0], QEvent.Type.MouseButtonPress))
            moves += [(point, QEvent.Type.MouseMove) for point in points]
            moves.append((points[-1], QEvent.Type.MouseButtonRelease))
        return moves

    def stop(self) -> None:
        """Lift the pen for good."""
        self._timer.stop()
        self._send((0.5, 0.5), QEvent.Type.MouseButtonRelease)


def measure_live(
    window: MainWindow, rehearsal: Rehearsal, recorder: GapRecorder
) -> dict[str, float]:
    """Return answers a second, the delays' median and 95th percentile, the loop's longest gap."""
    state = window.program.state
    rehearsal.wait_until_ready()
    window.actions_.live.setChecked(True)
    scribbler = Scribbler(window, rehearsal)
    rehearsal.wait_for(lambda: state.live.figures.answers >= WARM_UP_ANSWERS)
    recorder.take_longest_ms()
    delays: list[float] = []
    first, begin = state.live.figures.answers, time.perf_counter()

    def note() -> None:
        figures = state.live.figures
        if figures.last_delay_seconds is not None and figures.answers > first + len(delays):
            delays.append(figures.last_delay_seconds)

    state.live.changed.connect(note)
    rehearsal.wait_for(
        lambda: (
            state.live.figures.answers >= first + ANSWERS
            or time.perf_counter() - begin > MOST_SECONDS
        )
    )
    answers, seconds = state.live.figures.answers - first, time.perf_counter() - begin
    gap = recorder.take_longest_ms()
    state.live.changed.disconnect(note)
    scribbler.stop()
    window.actions_.live.setChecked(False)
    return {
        "live_answers_per_second": round(answers / seconds, 1),
        "live_delay_ms": round(statistics.median(delays) * 1000, 1),
        "live_delay_95_ms": round(statistics.quantiles(delays, n=20)[-1] * 1000, 1),
        "live_gap_ms": round(gap, 1),
    }
