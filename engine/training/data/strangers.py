"""Pictures that are no digit, for a network that learns to tell: letters, signs, scribbles.

All are drawn as a pen draws digits; none is from a set of characters, so that KMNIST can say how
well strange writing is told from digits.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from engine.data_sets.unipen import PenDigit
from engine.pictures.fitting import Centre
from engine.pictures.resampling import Grey
from engine.pictures.strokes import Stroke, strokes_to_input

Path = tuple[tuple[float, float], ...]
WIDTHS = (0.04, 0.12)
FILLING = 0.35
"""So many fill the picture as KMNIST's do; the others are fitted as a drawing is."""

SIGNS: dict[str, tuple[str, ...]] = {
    "A": ("0,9 4,0 8,9", "2,6 6,6"),
    "E": ("6,0 0,0 0,9 6,9", "0,4 5,4"),
    "F": ("6,0 0,0 0,9", "0,4 5,4"),
    "H": ("0,0 0,9", "6,0 6,9", "0,4 6,4"),
    "K": ("0,0 0,9", "6,0 0,5 6,9"),
    "L": ("0,0 0,9 5,9",),
    "M": ("0,9 0,0 4,6 8,0 8,9",),
    "N": ("0,9 0,0 6,9 6,0",),
    "P": ("0,9 0,0 4,0 6,2 4,4 0,4",),
    "R": ("0,9 0,0 4,0 6,2 4,4 0,4", "2,4 6,9"),
    "T": ("0,0 8,0", "4,0 4,9"),
    "U": ("0,0 0,6 3,9 6,6 6,0",),
    "V": ("0,0 4,9 8,0",),
    "W": ("0,0 2,9 4,3 6,9 8,0",),
    "X": ("0,0 6,9", "6,0 0,9"),
    "Y": ("0,0 3,4 6,0", "3,4 3,9"),
    "a": ("5,3 2,2 0,5 1,8 3,9 5,6 5,2 5,9 6,9",),
    "e": ("0,5 6,5 5,2 2,1 0,4 1,8 4,9 6,7",),
    "k": ("0,0 0,9", "4,4 0,6 5,9"),
    "m": ("0,9 0,4 2,3 3,9 3,4 5,3 6,4 6,9",),
    "n": ("0,9 0,3 0,5 3,3 5,5 5,9",),
    "r": ("0,9 0,3 0,5 2,3 4,3",),
    "heart": ("4,9 0,4 0,1 2,0 4,2 6,0 8,1 8,4 4,9",),
    "heart in two": ("4,2 2,0 0,1 0,4 4,9", "4,2 6,0 8,1 8,4 4,9"),
    "star": ("1,9 4,0 7,9 0,3 8,3 1,9",),
    "triangle": ("4,0 0,8 8,8 4,0",),
    "square": ("0,0 8,0 8,8 0,8 0,0",),
    "house": ("0,9 0,4 4,0 8,4 8,9 0,9",),
    "arrow": ("0,4 9,4", "6,1 9,4 6,7"),
    "plus": ("4,0 4,8", "0,4 8,4"),
    "hash": ("2,0 2,9", "6,0 6,9", "0,3 8,3", "0,6 8,6"),
    "flash": ("5,0 0,5 5,5 1,9",),
    "face": ("4,0 1,1 0,4 1,7 4,8 7,7 8,4 7,1 4,0", "3,3 3,3", "5,3 5,3", "2,5 4,6 6,5"),
    "flower": ("4,4 4,0 6,1 4,4 8,4 7,6 4,4 4,8 2,7 4,4 0,4 1,2 4,4",),
    "wave": ("0,4 1,2 2,4 3,6 4,4 5,2 6,4 7,6 8,4",),
    "zigzag": ("0,6 1,2 2,6 3,2 4,6 5,2 6,6",),
    "cup": ("0,0 1,9 5,9 6,0", "6,2 8,3 7,6 5,7"),
    "fish": ("8,1 5,5 2,6 0,4 2,2 5,3 8,7 8,1",),
    "tick": ("0,5 3,9 9,0",),
    "percent": ("6,0 0,9", "1,0 0,2 1,3 2,2 1,0", "5,6 4,8 5,9 6,8 5,6"),
}
"""Paths of a pen on a grid, from point to point."""


def strange_pictures(
    count: int, digits: Sequence[PenDigit], seed: int, filling: float = FILLING
) -> npt.NDArray[np.uint8]:
    """Return (count, 28, 28) drawn pictures of no digit; a share of `filling` fill the picture."""
    random = np.random.default_rng(seed)
    kinds: tuple[Callable[[], list[Path]], ...] = (
        lambda: _sign(random),
        lambda: _sign(random),
        lambda: _scribble(random),
        lambda: _crossed(random, digits),
        lambda: _spiral(random),
    )
    pictures: list[Grey] = []
    while len(pictures) < count:
        paths = _distorted(kinds[random.choice(5, p=(0.3, 0.25, 0.25, 0.15, 0.05))](), random)
        width = random.uniform(*WIDTHS)
        centre: Centre = "box" if random.random() < filling else "mass"
        pictures.append(strokes_to_input([Stroke(path, width) for path in paths], centre))
    return np.array(pictures)


def _sign(random: np.random.Generator) -> list[Path]:
    lines = SIGNS[list(SIGNS)[random.integers(len(SIGNS))]]
    wobble = random.uniform(0, 0.45)
    paths = []
    for line in lines:
        points = np.array([point.split(",") for point in line.split()], float)
        points += random.normal(0, wobble, points.shape)
        if random.random() < 0.5:  # straight lines stay straight: more points on them
            middles = (points[1:] + points[:-1]) / 2
            points = np.insert(points, range(1, len(points)), middles, axis=0)
            points += random.normal(0, wobble / 3, points.shape)
        paths.append(tuple(map(tuple, points.tolist())))
    return paths


def _scribble(random: np.random.Generator) -> list[Path]:
    paths = []
    for _ in range(random.integers(1, 5)):
        count = random.integers(4, 13)
        if random.random() < 0.5:
            points = random.random((count, 2))
        else:
            points = np.cumsum(random.normal(0, 1, (count, 2)), axis=0)
            points = (points - points.min(axis=0)) / (np.ptp(points, axis=0).max() + 1e-9)
        paths.append(tuple(map(tuple, points.tolist())))
    return paths


def _crossed(random: np.random.Generator, digits: Sequence[PenDigit]) -> list[Path]:
    """Two digits on or beside each other."""
    paths = []
    shift = random.uniform(-1, 1, 2) * (random.random() < 0.7)
    if np.abs(shift).max() < 0.15:
        shift = np.array([0.9, 0.0])
    for place in range(2):
        digit = digits[int(random.integers(len(digits)))]
        every = np.concatenate(digit.lines)
        low, size = every.min(axis=0), float(np.ptp(every, axis=0).max()) or 1.0
        for line in digit.lines:
            points = (line - low) / size + place * shift
            paths.append(tuple(map(tuple, points.tolist())))
    return paths


def _spiral(random: np.random.Generator) -> list[Path]:
    turns = random.uniform(1.6, 4)
    t = np.linspace(0.05, 1, 60)
    angle = 2 * math.pi * turns * t * random.choice((-1, 1)) + random.uniform(0, 2 * math.pi)
    points = np.stack((t * np.cos(angle), t * np.sin(angle)), axis=1)
    return [tuple(map(tuple, points.tolist()))]


def _distorted(paths: list[Path], random: np.random.Generator) -> list[Path]:
    angle, lean = random.normal(0, (0.2, 0.25))
    wide = math.exp(random.normal(0, 0.2))
    change = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    change = change @ np.array([[wide, lean], [0, 1]])
    moved = [np.array(path) @ change.T for path in paths]
    every = np.concatenate(moved)
    low, size = every.min(axis=0), float(np.ptp(every, axis=0).max()) or 1.0
    return [tuple(map(tuple, ((line - low) / size * 0.8 + 0.1).tolist())) for line in moved]
