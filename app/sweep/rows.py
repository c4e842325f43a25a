"""How far each point of a sweep is, and which rows of earlier sweeps are about the same."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from app.state.drawing import Picture
from app.sweep.choice import SweepChoice
from app.sweep.store import PICTURE_SOURCE
from engine.data_sets.samples import Samples
from engine.planning.forecast import network_named
from engine.resources import model_sha256
from engine.studies.sweeps.records import (
    PointFailed,
    PointProgress,
    SweepEvent,
    SweepPoint,
    SweepRow,
)


@dataclass(frozen=True)
class PointState:
    """How far a point is: `done` of `total` parts, or its row, or why it gave none."""

    done: int = 0
    total: int = 0
    row: SweepRow | None = None
    fault: str = ""

    @property
    def share(self) -> float:
        """Return how much of it is done, 0 to 1."""
        if self.row is not None or self.fault:
            return 1.0
        return self.done / self.total if self.total else 0.0


def state_after(event: SweepEvent) -> PointState:
    """Return how far its point is after an event."""
    if isinstance(event, PointProgress):
        return PointState(event.done, event.total)
    if isinstance(event, PointFailed) or event.reason is not None:
        return PointState(fault=event.reason or "")
    return PointState(row=event)


class KnownRows:
    """Every row that was ever measured in the folder."""

    def __init__(self) -> None:
        self._rows: dict[SweepPoint, list[SweepRow]] = {}

    def add(self, rows: Iterable[SweepRow]) -> None:
        """Take rows; of several about the same the last counts."""
        for row in rows:
            self._rows.setdefault(row.point, []).append(row)

    def state(self, point: SweepPoint, choice: SweepChoice, picture: Picture | None) -> PointState:
        """Return how far a point is, on the pictures of `choice` or on the one drawn."""
        for row in reversed(self._rows.get(point, [])):
            if _is_about(row, choice, picture):
                return PointState(row=row)
        return PointState()


@functools.lru_cache(maxsize=64)
def _digest_of(model: str) -> str:
    return model_sha256(model)


def _is_about(row: SweepRow, choice: SweepChoice, picture: Picture | None) -> bool:
    if row.summary is None or row.model_sha256 != _digest_of(row.point.settings.model):
        return False
    if choice.pictures:
        most = network_named(row.point.settings.model).card.test_pictures
        expected = min(choice.pictures, most)
        return row.source != PICTURE_SOURCE and row.summary.pictures == expected
    if picture is None:
        return False
    return row.samples_sha256 == Samples(PICTURE_SOURCE, picture[None], None).sha256
