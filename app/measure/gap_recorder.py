"""Measures how long the event loop does not answer."""

import time

from PySide6.QtCore import QObject, Qt, QTimer


class GapRecorder(QObject):
    """Ticks every millisecond and remembers the longest time between two ticks."""

    def __init__(self) -> None:
        super().__init__()
        self._last = time.perf_counter()
        self._longest = 0.0
        self._timer = QTimer(self, interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self._longest = max(self._longest, now - self._last)
        self._last = now

    def take_longest_ms(self) -> float:
        """Return the longest gap since the last call."""
        self._tick()
        longest, self._longest = self._longest, 0.0
        return longest * 1000
