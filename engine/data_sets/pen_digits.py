"""UCI's pen digits: the official strokes, split by writer, and how they are drawn on a canvas.

They can be drawn at any size and place, turned, slanted, with any brush.
"""

import dataclasses
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.data_sets.registry import PEN_DIGITS
from engine.data_sets.samples import Samples
from engine.data_sets.splits import ROOT_VARIABLE, data_root
from engine.data_sets.unipen import PenDigit, load_pen_digits
from engine.errors import DatasetError, DatasetMissingError
from engine.pictures.fitting import Centre
from engine.pictures.strokes import Points, Stroke, strokes_to_input

FILES = ("pendigits-orig.tra.Z", "pendigits-orig.tra.gz")
"""The strokes of 30 writers, as UCI packs them and as others do; the first one there is read."""
OFFICIAL_SHA256 = "8d7d0f98527d48283bb5a934c67a0b6080c03e31737ee675e922001adf98b335"
"""Of all labels, writers and points (`sum_of`), so that packing and line ends do not matter."""

HELD_OUT = frozenset((5, 10, 15, 20, 25, 30))
KEPT = frozenset((8, 18))

BRUSH = 2.4 / 28
"""The window's brush at its start, as a share of the canvas."""


@dataclass(frozen=True)
class Pens:
    """Digits to learn from, those `kept` to see how sure a network may be, and those `held_out`.

    Nobody wrote digits of two kinds, so figures on `held_out` are of hands no network has seen.
    """

    known: tuple[PenDigit, ...]
    kept: tuple[PenDigit, ...]
    held_out: tuple[PenDigit, ...]


def load_pens(root: Path | None = None) -> Pens:
    """Read the official pen digits under `root`, split by writer.

    DatasetError if they are missing or others.
    """
    folder = data_root(root) / PEN_DIGITS.folder
    path = next((folder / file for file in FILES if (folder / file).exists()), None)
    if path is None:
        raise DatasetMissingError(
            f"The pen digits are not in {folder}; download them, or set {ROOT_VARIABLE} to the "
            "folder that has them."
        )
    digits = load_pen_digits(path)
    if sum_of(digits) != OFFICIAL_SHA256:
        raise DatasetError(
            f"The strokes in {path} are not the official ones; put UCI's {FILES[0]} there."
        )
    return by_writer(digits)


def by_writer(digits: Sequence[PenDigit]) -> Pens:
    """Split digits by who wrote them."""
    return Pens(
        tuple(digit for digit in digits if digit.writer not in HELD_OUT | KEPT),
        tuple(digit for digit in digits if digit.writer in KEPT),
        tuple(digit for digit in digits if digit.writer in HELD_OUT),
    )


def sum_of(digits: Sequence[PenDigit]) -> str:
    """Return the SHA-256 sum of what digits are: label, writer, and the points of each line."""
    digest = hashlib.sha256()
    for digit in digits:
        digest.update(f"{digit.label} {digit.writer} {len(digit.lines)}\n".encode())
        for line in digit.lines:
            digest.update(np.rint(line).astype("<i4").tobytes())
    return digest.hexdigest()


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
