"""What a person wants a sweep to measure, as data: models, a grid of settings, pictures. No Qt."""

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from app.sweep_presets import SweepPreset
from engine.images import Grey
from engine.judging import MODES, Mode
from engine.parameters import POLY_MODULUS_DEGREES, SCALE_BITS_RANGE
from engine.sweep_records import SweepPoint, grid

MOST_PICTURES = 10_000
Part = Literal["models", "degrees", "scales"]


@dataclass(frozen=True)
class SweepChoice:
    """A grid: every model with every degree and every bit scale, on so many test pictures.

    With `pictures` 0 it is the picture on the canvas alone. Numbers are kept in ascending order.
    """

    models: tuple[str, ...] = ("mnist-network1",)
    degrees: tuple[int, ...] = (8192,)
    scales: tuple[int, ...] = (18, 20, 22, 24, 26, 28, 30)
    pictures: int = 20
    mode: Mode = "single"

    def points(self) -> tuple[SweepPoint, ...]:
        """Return the points of the grid, models outermost."""
        return grid(self.models, self.degrees, self.scales, self.mode)

    def toggled(self, name: Part, value: str | int) -> "SweepChoice":
        """Return this choice with one value more, or without it if it was chosen."""
        values = set(getattr(self, name)) ^ {value}
        return dataclasses.replace(self, **{name: tuple(sorted(values))})  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class SweepOrder:
    """What a sweep is asked for: points and pictures; `picture` (28, 28) where it is only one."""

    points: tuple[SweepPoint, ...]
    pictures: int
    picture: Grey | None


def choice_of(preset: SweepPreset, models: Iterable[str]) -> SweepChoice:
    """Return the sweep of one of the poster's graphs, with those of `models` it is about."""
    return SweepChoice(
        tuple(sorted(name for name in models if name.endswith(preset.network))),
        (preset.poly_modulus_degree,),
        preset.scales,
        preset.pictures,
    )


def as_json(choice: SweepChoice) -> dict[str, Any]:
    """Return a choice as JSON can write it."""
    return dataclasses.asdict(choice)


def from_json(values: dict[str, Any], models: Iterable[str]) -> SweepChoice:
    """Return the choice that `as_json` wrote; raise LookupError, TypeError or ValueError."""
    choice = SweepChoice(
        models=_known(values["models"], set(models).__contains__),
        degrees=_known(values["degrees"], POLY_MODULUS_DEGREES.__contains__),
        scales=_known(values["scales"], SCALE_BITS_RANGE.__contains__),
        pictures=int(values["pictures"]),
        mode={each: each for each in MODES}[values["mode"]],
    )
    if not 0 <= choice.pictures <= MOST_PICTURES:
        raise ValueError(f"{choice.pictures} pictures")
    return choice


def _known(values: list[Any], is_known: Callable[[Any], bool]) -> tuple[Any, ...]:
    unknown = [value for value in values if not is_known(value)]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not known")
    return tuple(values)
