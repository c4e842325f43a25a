"""The colours of slots: how large and of which sign a number is, and whether anything reads it."""

from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from app.kit.theme import Theme
from engine.arrays import Array
from engine.inside.trace import Slots

STEPS = 64
"""Shades of each sign."""
CURVE = 0.6
"""Small numbers are shown darker than in proportion, or one would see the largest only."""
VEIL = 0.6
FAINT = 0.28
"""How much of their colour slots keep that nothing reads."""

Levels = npt.NDArray[np.uint8]
Kind = Literal["value", "mask", "error"]
ENDS: dict[Kind, tuple[str, str]] = {
    "value": ("clear", "series_1"),
    "mask": ("series_2", "series_3"),
    "error": ("danger", "text"),
}
"""The colours of the palette for the largest and the least number of each kind."""


def levels_of(values: Slots, largest: float) -> Levels:
    """Return the shade of each number: 0 to 2 STEPS, STEPS for zero."""
    if not largest:
        return np.full(values.shape, STEPS, dtype=np.uint8)
    shares = np.clip(np.abs(values) / largest, 0, 1) ** CURVE
    found: Levels = np.rint(STEPS + np.sign(values) * shares * STEPS).astype(np.uint8)
    return found


def cells_image(levels: Levels, is_held: npt.NDArray[np.bool_], theme: Theme, kind: Kind) -> QImage:
    """Return cells (rows, columns) as an image, a pixel each."""
    colors = [theme.color(name).rgb() for name in ENDS[kind]]
    paper = theme.color("sunken").rgb(), theme.color("border").rgb()
    table = _table(colors[0], colors[1], *paper)
    pixels = table[is_held.astype(np.int64), levels]
    rows, columns = levels.shape
    data = np.ascontiguousarray(pixels).tobytes()
    return QImage(data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()


def veil_image(hidden: npt.NDArray[np.bool_], theme: Theme) -> QImage:
    """Return an image that lets only a little be seen of what is hidden, a pixel a value."""
    color = theme.color("surface")
    color.setAlphaF(VEIL)
    pixels = np.where(hidden, color.rgba(), 0).astype(np.uint32)
    rows, columns = hidden.shape
    return QImage(pixels.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_ARGB32).copy()


@lru_cache(maxsize=16)
def _table(high: int, low: int, paper: int, quiet: int) -> npt.NDArray[np.uint32]:
    """Return the colours of unread and of read slots, (2, 2 STEPS + 1), as 0xffRRGGBB."""
    ends = [_channels(low), _channels(high)]
    ground, hushed = _channels(paper), _channels(quiet)
    share = np.linspace(1, 0, STEPS + 1)[:, None]
    negative = ground + share * (ends[0] - ground)
    positive = ground + share[::-1] * (ends[1] - ground)
    read = np.concatenate([negative, positive[1:]])
    unread = hushed + FAINT * (read - hushed)
    both = np.rint(np.stack([unread, read])).astype(np.uint32)
    packed: npt.NDArray[np.uint32] = (
        0xFF000000 | (both[..., 0] << 16) | (both[..., 1] << 8) | both[..., 2]
    ).astype(np.uint32)
    return packed


def _channels(color: int) -> Array:
    """Return red, green and blue of 0xffRRGGBB."""
    return np.array([color >> 16 & 255, color >> 8 & 255, color & 255], dtype=np.float64)
