"""Events of stages, which may come in parts and overlap, as those of a batch do."""

from collections import defaultdict
from collections.abc import Callable, Mapping

from engine.session.events import Event, StageFinished, StageProgress, StageStarted


class Stages:
    """Reports each stage: it starts once, with its first part at the latest, and ends once.

    `levels` has the primes left after each stage. `finished` are the stages that ended, in that
    order; `seconds` and `bytes` are what each took and put on the wire so far.
    """

    def __init__(self, emit: Callable[[Event], None], levels: Mapping[str, int]) -> None:
        self._emit = emit
        self._levels = levels
        self._started: set[str] = set()
        self.seconds: dict[str, float] = defaultdict(float)
        self.bytes: dict[str, int] = defaultdict(int)
        self.finished: list[StageFinished] = []

    def start(self, key: str) -> None:
        """Report that a stage begins, unless it has begun."""
        if key not in self._started:
            self._started.add(key)
            self._emit(StageStarted(key))

    def add(self, progress: StageProgress, seconds: float, wire_bytes: int) -> None:
        """Count one more part of a stage, which `progress` describes; the last part ends it."""
        self.start(progress.key)
        self._count(progress.key, seconds, wire_bytes)
        self._emit(progress)
        if progress.done == progress.total:
            self._end(progress.key)

    def finish(self, key: str, seconds: float, wire_bytes: int = 0) -> None:
        """Count a stage whose parts nobody counts, and end it."""
        self._count(key, seconds, wire_bytes)
        self._end(key)

    def _count(self, key: str, seconds: float, wire_bytes: int) -> None:
        self.seconds[key] += seconds
        self.bytes[key] += wire_bytes

    def _end(self, key: str) -> None:
        if all(key != each.key for each in self.finished):
            event = StageFinished(key, self.seconds[key], self.bytes[key], self._levels[key])
            self.finished.append(event)
            self._emit(event)
