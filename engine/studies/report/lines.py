"""Which rows of a sweep a graph or a table shows: one line for each model, point by bit scale.

A folder may have several rows for a setting: accuracies come from the row with the most pictures,
times from the pictures that went one by one.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from engine.ckks.parameters import Settings
from engine.studies.sweeps.records import SweepRow


@dataclass(frozen=True)
class LinePoint:
    """What is known of one setting; `reason` is why it cannot work, in the modes that cannot."""

    settings: Settings
    accuracy: SweepRow | None
    time: SweepRow | None
    reason: str | None


@dataclass(frozen=True)
class Line:
    """A model under settings that differ in the bit scale alone, in its order."""

    title: str
    model: str
    poly_modulus_degree: int
    points: tuple[LinePoint, ...]


def lines_of(rows: Iterable[SweepRow]) -> tuple[Line, ...]:
    """Sort rows into lines, by poly modulus degree, then by model."""
    by_settings: dict[Settings, list[SweepRow]] = defaultdict(list)
    for row in rows:
        by_settings[row.point.settings].append(row)
    by_line: dict[Settings, list[LinePoint]] = defaultdict(list)
    for settings in sorted(by_settings, key=lambda each: each.scale_bits):
        line = dataclasses.replace(settings, scale_bits=0)
        by_line[line].append(_point(settings, by_settings[settings]))
    lines = (
        Line(_title(line), line.model, line.poly_modulus_degree, tuple(points))
        for line, points in by_line.items()
    )
    return tuple(sorted(lines, key=lambda line: (line.poly_modulus_degree, line.title)))


def _point(settings: Settings, rows: list[SweepRow]) -> LinePoint:
    measured = [row for row in rows if row.summary is not None]
    judged = [row for row in measured if row.summary and row.summary.encrypted_correct is not None]
    timed = [row for row in measured if row.point.mode == "single"]
    reasons = [row.reason for row in rows if row.reason is not None]
    return LinePoint(
        settings=settings,
        accuracy=max(judged, key=_pictures, default=None),
        time=max(timed, key=_pictures, default=None),
        reason=reasons[0] if reasons else None,
    )


def _pictures(row: SweepRow) -> int:
    return row.summary.pictures if row.summary else 0


def _title(settings: Settings) -> str:
    """Name a line: the model, and whatever is not as usual beside the two axes of a grid."""
    parts = [settings.model]
    if settings.protocol != Settings().protocol:
        parts.append(settings.protocol)
    if settings.outer_bits is not None:
        parts.append(f"outer primes of {settings.outer_bits} bits")
    return ", ".join(parts)
