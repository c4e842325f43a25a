"""Grey pictures as arrays: their types, their border and extent, and filters over windows.

Everything that looks for ink stands on these; numpy and Pillow's resampling are all they need.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Grey = npt.NDArray[np.uint8]
Ink = npt.NDArray[np.float32]


def resized(picture: Ink, shape: tuple[int, ...]) -> Ink:
    """Resample to (height, width); every pixel of the picture counts when it gets smaller."""
    size = (shape[1], shape[0])
    return np.array(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR))


def reduced(picture: Ink, factor: int) -> Ink:
    """Average blocks of `factor` x `factor` pixels."""
    return np.array(Image.fromarray(picture).reduce(factor))


def border(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the pixels of a narrow band along the four edges, flat."""
    width = max(1, min(picture.shape) // 16)
    inside = np.zeros(picture.shape, dtype=bool)
    inside[width:-width, width:-width] = True
    return picture[~inside]


def extent(inked: npt.NDArray[np.bool_]) -> tuple[slice, slice]:
    """Return the rows and columns of the box around what is True; something must be."""
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def smoothed(picture: Ink) -> Ink:
    """Average each pixel with its eight neighbours."""
    padded = np.pad(picture, 1, mode="edge")
    tall = padded[:-2] + padded[1:-1] + padded[2:]
    mean: Ink = (tall[:, :-2] + tall[:, 1:-1] + tall[:, 2:]) / np.float32(9)
    return mean


def graininess(picture: Ink) -> float:
    """Return the standard deviation of the grain, whatever is drawn: lines cover few pixels."""
    return 1.57 * float(np.median(np.abs(picture - smoothed(picture))))


def closed(picture: Ink, side: int) -> Ink:
    """Fill with the light around it whatever is dark and narrower than `side` pixels (closing).

    What is dark at an edge is taken to go on beyond it: a shadow or a frame stays, a stroke does
    not. J. Serra, "Image Analysis and Mathematical Morphology" (1982).
    """
    padded = np.pad(picture, side, mode="edge")
    filled = -_greatest(-_greatest(padded, side), side)
    return filled[side:-side, side:-side]


def _greatest(picture: npt.NDArray[Any], side: int) -> npt.NDArray[Any]:
    """Return the maximum of the window of `side` x `side` pixels around each pixel, side odd."""
    for axis in (0, 1):
        widths = [(side // 2, side // 2) if axis == this else (0, 0) for this in (0, 1)]
        lines = np.moveaxis(np.pad(picture, widths, mode="edge"), axis, 0)
        reach = 1
        while 2 * reach <= side:
            lines = np.maximum(lines[:-reach], lines[reach:])
            reach *= 2
        if reach < side:
            lines = np.maximum(lines[: reach - side], lines[side - reach :])
        picture = np.moveaxis(lines, 0, axis)
    return np.ascontiguousarray(picture)


def widened(mask: npt.NDArray[np.bool_], pixels: int) -> npt.NDArray[np.bool_]:
    """Return the mask grown by so many pixels each way."""
    grown: npt.NDArray[np.bool_] = _greatest(mask, 2 * pixels + 1)
    return grown
