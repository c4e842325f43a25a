"""Events of stages that overlap, as those of a batch do: what is done of each, and its own time."""

from collections import defaultdict
from collections.abc import Callable

from engine.events import Event, StageFinished, StageProgress, StageStarted


class Tally:
    """Reports each stage: it starts with its first part and finishes with its last.

    `finished` are the stages that did, in that order; `bytes` is what each put on the wire.
    """

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self._seconds: dict[str, float] = defaultdict(float)
        self.bytes: dict[str, int] = defaultdict(int)
        self.finished: list[StageFinished] = []

    def add(self, progress: StageProgress, seconds: float, wire_bytes: int, level: int) -> None:
        """Count one more part of a stage, which `progress` describes."""
        key = progress.key
        if key not in self._seconds:
            self._emit(StageStarted(key))
        self._seconds[key] += seconds
        self.bytes[key] += wire_bytes
        self._emit(progress)
        if progress.done == progress.total:
            event = StageFinished(key, self._seconds[key], self.bytes[key], level)
            self.finished.append(event)
            self._emit(event)
