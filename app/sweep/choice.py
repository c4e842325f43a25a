"""What a person wants a sweep to measure, as data: models, a grid of settings, pictures. No Qt."""

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from app.state.drawing import Picture
from app.state.poster_graphs import ChainName, SweepPreset
from engine.ckks.parameters import (
    POLY_MODULUS_DEGREES,
    PROTOCOLS,
    SCALE_BITS_RANGE,
    ProtocolName,
    Settings,
)
from engine.resources import model_names
from engine.studies.judging import MODES, Mode
from engine.studies.sweeps.records import SweepPoint, grid

MOST_PICTURES = 10_000
CHAINS: tuple[ChainName, ...] = get_args(ChainName)
POSTER_OUTER_BITS = {4096: 32, 8192: 32, 16384: 45, 32768: 45}
"""The first and the last prime of the poster's chains; it had none at 4096 and at 32768."""
Part = Literal["models", "degrees", "scales"]


POSTER_SETS = ("MNIST", "KMNIST", "FashionMNIST")
"""The form offers the networks of these; the command line sweeps any."""


def poster_models() -> tuple[str, ...]:
    """Return the models that were trained on the poster's data sets."""
    known = tuple(dataset.lower() + "-" for dataset in POSTER_SETS)
    return tuple(name for name in model_names() if name.startswith(known))


@dataclass(frozen=True)
class SweepChoice:
    """A grid: every model with every degree and every bit scale, on so many test pictures.

    With `pictures` 0 it is the picture on the canvas alone. Numbers are kept in ascending order.
    `protocol` and `chain` hold for every point; only single pictures can be refreshed.
    """

    models: tuple[str, ...] = ("mnist-network1",)
    degrees: tuple[int, ...] = (8192,)
    scales: tuple[int, ...] = (16, 18, 20, 22, 24, 26, 28)
    pictures: int = 1000
    mode: Mode = "batched"
    protocol: ProtocolName = "one-shot"
    chain: ChainName = "engine"

    def points(self) -> tuple[SweepPoint, ...]:
        """Return the points of the grid, models outermost."""
        return self._grid(self.degrees, self.scales)

    def every_point(self) -> tuple[SweepPoint, ...]:
        """Return the points of all degrees and all bit scales that there are."""
        return self._grid(POLY_MODULUS_DEGREES, SCALE_BITS_RANGE)

    def _grid(self, degrees: Iterable[int], scales: Iterable[int]) -> tuple[SweepPoint, ...]:
        others = Settings(protocol=self.protocol)
        points = grid(self.models, degrees, scales, self.mode, others)
        if self.chain == "engine":
            return points
        return tuple(
            dataclasses.replace(
                point,
                settings=dataclasses.replace(
                    point.settings,
                    outer_bits=POSTER_OUTER_BITS[point.settings.poly_modulus_degree],
                ),
            )
            for point in points
        )

    def with_mode(self, mode: Mode) -> "SweepChoice":
        """Return this choice in another mode; batches know no refreshes."""
        protocol = self.protocol if mode == "single" else "one-shot"
        return dataclasses.replace(self, mode=mode, protocol=protocol)

    def with_protocol(self, protocol: ProtocolName) -> "SweepChoice":
        """Return this choice with another protocol; refreshes are for single pictures."""
        mode = self.mode if protocol == "one-shot" else "single"
        return dataclasses.replace(self, mode=mode, protocol=protocol)

    def toggled(self, name: Part, value: str | int) -> "SweepChoice":
        """Return this choice with one value more, or without it if it was chosen."""
        values = set(getattr(self, name)) ^ {value}
        return dataclasses.replace(self, **{name: tuple(sorted(values))})  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class SweepOrder:
    """What a sweep is asked for: points and pictures; `picture` (28, 28) where it is only one."""

    points: tuple[SweepPoint, ...]
    pictures: int
    picture: Picture | None


def choice_of(preset: SweepPreset, models: Iterable[str]) -> SweepChoice:
    """Return the sweep of one of the poster's graphs, with those of `models` it is about."""
    return SweepChoice(
        tuple(sorted(name for name in models if name.endswith(preset.network))),
        (preset.poly_modulus_degree,),
        preset.scales,
        preset.pictures,
        protocol=preset.protocol,
        chain=preset.chain,
    )


def as_json(choice: SweepChoice) -> dict[str, Any]:
    """Return a choice as JSON can write it."""
    return dataclasses.asdict(choice)


def from_json(values: dict[str, Any], models: Iterable[str]) -> SweepChoice:
    """Return the choice that `as_json` wrote; raise LookupError, TypeError or ValueError.

    What an older version wrote has neither protocol nor chain: theirs are the usual ones.
    """
    usual = SweepChoice()
    choice = SweepChoice(
        models=_known(values["models"], set(models).__contains__),
        degrees=_known(values["degrees"], POLY_MODULUS_DEGREES.__contains__),
        scales=_known(values["scales"], SCALE_BITS_RANGE.__contains__),
        pictures=int(values["pictures"]),
        mode={each: each for each in MODES}[values["mode"]],
        protocol={each: each for each in PROTOCOLS}[values.get("protocol", usual.protocol)],
        chain={each: each for each in CHAINS}[values.get("chain", usual.chain)],
    )
    if not 0 <= choice.pictures <= MOST_PICTURES:
        raise ValueError(f"{choice.pictures} pictures")
    return choice


def _known(values: list[Any], is_known: Callable[[Any], bool]) -> tuple[Any, ...]:
    unknown = [value for value in values if not is_known(value)]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not known")
    return tuple(values)
