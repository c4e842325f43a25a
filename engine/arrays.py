"""The array types that every package shares, of 64-bit floats, and pictures made such."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]
Weights = npt.NDArray[np.inexact[Any]]
"""Real numbers or, where a slot has two values (`engine.ckks.pairs`), complex ones."""


def planes(pictures: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return pictures, grey (n, h, w) or colour (n, 3, h, w), as (n, channels, h, w)."""
    return pictures if pictures.ndim == 4 else pictures[:, None]


def as_input(pictures: npt.NDArray[np.uint8]) -> Array:
    """Return pictures, grey or colour, as a network reads them: (n, channels, h, w) in [0, 1]."""
    return planes(pictures) / 255.0
