"""What a sweep is made of: points of a grid, their rows, and what is reported on the way."""

import dataclasses
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.ckks.parameters import Settings
from engine.data_sets.samples import Samples
from engine.errors import ParameterError
from engine.studies.judging import Mode, coeff_modulus_bits
from engine.studies.summary import Summary


@dataclass(frozen=True)
class SweepPoint:
    """One setting, with its model, in one mode."""

    settings: Settings
    mode: Mode


@dataclass(frozen=True, eq=False)
class SweepPlan:
    """The points to measure, in this order, and the samples for each model they name."""

    points: tuple[SweepPoint, ...]
    samples: Mapping[str, Samples]


@dataclass(frozen=True)
class SweepRow:
    """What a point came to: a summary, or the reason why it cannot work; never both.

    The digests tell which pictures and which model file the row is about.
    """

    point: SweepPoint
    source: str
    samples_sha256: str
    model_sha256: str
    coeff_modulus_bits: tuple[int, ...]
    summary: Summary | None
    reason: str | None


@dataclass(frozen=True)
class PointProgress:
    """`done` of `total` steps of a point are finished: its pictures, or the rows of its batches."""

    point: SweepPoint
    done: int
    total: int


@dataclass(frozen=True)
class PointFailed:
    """A point that gave no row, and why; the next run of the sweep tries it again."""

    point: SweepPoint
    reason: str


SweepEvent = SweepRow | PointProgress | PointFailed


def grid(
    models: Iterable[str],
    poly_modulus_degrees: Iterable[int],
    scale_bits: Iterable[int],
    mode: Mode,
    others: Settings | None = None,
) -> tuple[SweepPoint, ...]:
    """Return every combination once, models outermost; `others` has the rest of each setting."""
    combinations = itertools.product(models, poly_modulus_degrees, scale_bits)
    points = (
        SweepPoint(
            dataclasses.replace(
                others or Settings(), model=model, poly_modulus_degree=degree, scale_bits=bits
            ),
            mode,
        )
        for model, degree, bits in combinations
    )
    return tuple(dict.fromkeys(points))


def why_not(point: SweepPoint) -> str | None:
    """Return why a point cannot work, in one sentence; None if it can. Nothing is run for it.

    Raises ModelError where there is no such model.
    """
    try:
        coeff_modulus_bits(point.settings, point.mode)
    except ParameterError as error:
        return str(error)
    return None
