"""Pen digits as training pictures: each drawn several times, turned and slanted as hands do."""

from collections.abc import Sequence

import numpy as np

from engine.data_sets.pen_digits import Pose, drawn
from engine.data_sets.splits import Split
from engine.data_sets.unipen import PenDigit
from engine.pictures.fitting import Centre
from engine.pictures.strokes import strokes_to_input

TURN, SLANT = 12.0, 16.0
"""Standard deviations in degrees of how a training digit is turned and slanted."""


def renderings(digits: Sequence[PenDigit], each: int, seed: int, centre: Centre = "mass") -> Split:
    """Return `each` pictures (28, 28) of every digit, its pose by chance, the first as written."""
    random = np.random.default_rng(seed)
    pictures = []
    for digit in digits:
        for place in range(each):
            turn, slant = random.normal(0, (TURN, SLANT)) * (place > 0)
            pose = Pose(turn=float(turn), slant=float(slant))
            pictures.append(strokes_to_input(drawn(digit, pose), centre))
    labels = np.repeat(np.array([digit.label for digit in digits], np.uint8), each)
    return Split(np.array(pictures), labels)
