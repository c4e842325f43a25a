"""Measures how long the event loop does not answer."""

import time

from PySide6.QtCore import QObject, Qt, QTimer


class GapRecorder(QObject):
    """Ticks every millisecond and remembers the longest time between two ticks.

    A busy machine makes gaps that are none of the window's: `take_busiest_ms` counts only what its
    thread worked itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last = time.perf_counter()
        self._worked = time.thread_time()
        self._longest = self._busiest = 0.0
        self._timer = QTimer(self, interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self._longest = max(self._longest, now - self._last)
        self._busiest = max(self._busiest, worked - self._worked)
        self._last, self._worked = now, worked

    def take_longest_ms(self) -> float:
        """Return the longest gap since the last call."""
        self._tick()
        longest, self._longest = self._longest, 0.0
        return longest * 1000

    def take_busiest_ms(self) -> float:
        """Return the most processor time between two ticks since the last call."""
        self._tick()
        busiest, self._busiest = self._busiest, 0.0
        return busiest * 1000
