"""What `evaluate` may judge a model on besides its test pictures: strokes, or a person's folder."""

import argparse
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.data_sets.folders import Refused
from engine.data_sets.own import load_own
from engine.data_sets.pen_digits import BRUSH, Pose, drawn_samples
from engine.data_sets.preparation import centre_of
from engine.data_sets.samples import Samples, samples_for
from engine.data_sets.unipen import load_pen_digits
from engine.networks.layers import Network

RANDOM = "random"


@dataclass(frozen=True, eq=False)
class ChosenSamples:
    """What to judge on; `are_official` of a data set's own test pictures."""

    samples: Samples
    refused: tuple[Refused, ...] = ()
    are_official: bool = False

    def as_report(self) -> dict[str, Any]:
        """Return which files were refused, and why."""
        return {"refused": [dataclasses.asdict(each) for each in self.refused]}


def add_samples(parser: argparse.ArgumentParser) -> None:
    """Add the choice of other pictures, and how strokes are drawn."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--strokes", type=Path, metavar="FILE", help="digits of a UNIPEN file")
    which.add_argument(
        "--pictures",
        type=Path,
        metavar="PATH",
        help="a folder of picture files by class, an .npz with MedMNIST's keys, or IDX images",
    )
    usual = Pose()
    parser.add_argument(
        "--size",
        type=_share,
        default=usual.size,
        metavar="S",
        help=f"strokes: the longer side as a share of the canvas (default {usual.size})",
    )
    parser.add_argument(
        "--place",
        type=_place,
        default=usual.place,
        metavar="X,Y",
        help=f"strokes: the middle as shares of the canvas, or {RANDOM} (default 0.5,0.5)",
    )
    for name, what in (("--turn", "clockwise"), ("--slant", "to the right")):
        parser.add_argument(name, type=_degrees, default=0.0, help=f"strokes: {what}, in degrees")
    parser.add_argument(
        "--brush", type=_times, default=1.0, help="strokes: times the window's usual brush"
    )


def samples_from(options: argparse.Namespace, network: Network) -> ChosenSamples:
    """Return the pictures that the options name, prepared for `network`.

    Raises DatasetError, ModelError.
    """
    if options.pictures is not None:
        folder = load_own(options.pictures, network)
        return ChosenSamples(_first(folder.samples, options.limit), folder.refused)
    if options.strokes is not None:
        digits = load_pen_digits(options.strokes)[: options.limit]
        anywhere = options.place == RANDOM
        pose = Pose(
            size=options.size,
            place=Pose.place if anywhere else options.place,
            turn=options.turn,
            slant=options.slant,
            brush=options.brush * BRUSH,
        )
        source = f"{len(digits):,} digits drawn from {options.strokes.name}"
        centre = centre_of(network.name)
        return ChosenSamples(drawn_samples(digits, pose, centre, source, anywhere=anywhere))
    samples = samples_for(network, options.data, options.limit)
    return ChosenSamples(samples, are_official=True)


def _first(samples: Samples, limit: int | None) -> Samples:
    assert samples.labels is not None
    return dataclasses.replace(
        samples, pictures=samples.pictures[:limit], labels=samples.labels[:limit]
    )


def _share(text: str) -> float:
    return _between(text, 0.01, 1.0)


def _times(text: str) -> float:
    return _between(text, 0.05, 20.0)


def _degrees(text: str) -> float:
    return _between(text, -80.0, 80.0)


def _place(text: str) -> str | tuple[float, float]:
    if text == RANDOM:
        return text
    across, comma, down = text.partition(",")
    if not comma:
        raise argparse.ArgumentTypeError(f"{text} is not X,Y, as 0.5,0.5 is, and not {RANDOM}")
    return _between(across, 0.0, 1.0), _between(down, 0.0, 1.0)


def _between(text: str, low: float, high: float) -> float:
    value = float(text)
    if not low <= value <= high:
        raise argparse.ArgumentTypeError(f"{text} is not from {low:g} to {high:g}")
    return value
