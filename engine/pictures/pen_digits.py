"""UCI's pen digits drawn on a canvas: at any size and place, turned, slanted, with any brush."""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.pictures.images import Centre
from engine.pictures.samples import Samples
from engine.pictures.strokes import Points, Stroke, strokes_to_input
from engine.pictures.unipen import PenDigit

BRUSH = 2.4 / 28
"""The window's brush at its start, as a share of the canvas."""


@dataclass(frozen=True)
class Pose:
    """How a digit is drawn: `size` is its longer side and `place` its middle, shares of the canvas.

    `turn` is clockwise, `slant` leans the top to the right, both in degrees. `brush` is the pen's
    width, a share of the canvas.
    """

    size: float = 0.75
    place: tuple[float, float] = (0.5, 0.5)
    turn: float = 0.0
    slant: float = 0.0
    brush: float = BRUSH


def drawn(digit: PenDigit, pose: Pose) -> tuple[Stroke, ...]:
    """Return the strokes of `digit` on the canvas, y downwards."""
    turn, lean = math.radians(pose.turn), math.tan(math.radians(pose.slant))
    turned = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    change = turned @ np.array([[1, -lean], [0, 1]])
    lines: list[Points] = [(line @ change.T).astype(np.float32) for line in digit.lines]
    points = np.concatenate(lines)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = pose.size / (float((high - low).max()) or 1.0)
    middle = (low + high) / 2
    return tuple(
        Stroke(tuple(map(tuple, (line - middle) * scale + pose.place)), pose.brush)
        for line in lines
    )


def drawn_samples(
    digits: Sequence[PenDigit], pose: Pose, centre: Centre, source: str, *, anywhere: bool = False
) -> Samples:
    """Return digits as a network reads them, all drawn in one pose.

    With `anywhere` each has a place of its own, by chance but always the same, inside the canvas.
    """
    random = np.random.default_rng(len(digits))
    room = max(0.0, 1 - pose.size) / 2
    pictures = []
    for digit in digits:
        here = pose
        if anywhere:
            across, down = random.uniform(0.5 - room, 0.5 + room, 2)
            here = dataclasses.replace(pose, place=(float(across), float(down)))
        pictures.append(strokes_to_input(drawn(digit, here), centre))
    return Samples(
        source, np.array(pictures), np.array([digit.label for digit in digits], np.uint8)
    )
