"""From a grey picture of any size to the 28x28 that a network reads, as its training set was made.

The ink is found by `engine.pictures.paper`; here it is cropped, thin strokes are widened to a
pen's, and it is scaled and put in its place.
"""

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from engine.errors import ImageError
from engine.pictures.levels import FULL
from engine.pictures.paper import find_ink
from engine.pictures.resampling import Grey, Ink, border, extent, reduced, resized

Centre = Literal["mass", "box"]

SIDE = 28
# The ink's longer side: MNIST fits digits into 20x20; KMNIST and Fashion-MNIST fill the picture.
INK_SIDE: dict[Centre, int] = {"mass": 20, "box": 28}

FINE = 4  # strokes are measured and thickened at this multiple of the final size
THIN_STROKE, GOOD_STROKE = 1.5, 2.2  # pixels of the final picture; MNIST's median is 2.3
FAINT = 0.5  # share of the strongest ink that the edge of the digit's box must have


def to_network_input(picture: Grey, centre: Centre = "mass", strokes: Grey | None = None) -> Grey:
    """Make of a grey picture (height, width) the (28, 28) that a network reads: ink 255 on 0.

    The ink may be dark on light or light on dark. With `centre` "mass" it is fitted into 20x20 and
    its centre of mass put at the centre, as MNIST was made; with "box" it fills the 28x28. A 28x28
    picture that is like that already comes back as it is. `strokes`, of the picture's shape and 0
    to 255, are ink that lies over it and need not be found. Raises ImageError if nothing is drawn.
    """
    if picture.ndim != 2 or picture.size == 0:
        raise ImageError(f"A grey picture is (height, width), not {picture.shape}; convert it.")
    for candidate in (picture, FULL - picture):
        if candidate.shape == (SIDE, SIDE) and _is_prepared(candidate, centre):
            return candidate.copy()
    ink = find_ink(picture) if strokes is None else _under(strokes, picture)
    ink = ink[extent(ink > FAINT * ink.max())]
    return _placed(_thickened(ink, INK_SIDE[centre]), centre)


def _under(strokes: Grey, picture: Grey) -> Ink:
    """Return the ink of a picture together with that of strokes over it."""
    over = strokes.astype(np.float32) / np.float32(FULL)
    try:
        ink = find_ink(picture)
    except ImageError:
        return over  # blank paper
    factor = picture.shape[0] // ink.shape[0]
    over_ink = reduced(over, factor)
    if over_ink.shape == ink.shape:
        return np.maximum(ink, over_ink)
    dark = np.median(border(picture)) >= FULL / 2  # in a frame: what lies over it is cut with it
    return find_ink(np.where(strokes > FULL // 2, np.uint8(0 if dark else FULL), picture))


def _is_prepared(ink: Grey, centre: Centre) -> bool:
    if np.percentile(border(ink), 25) > 0 or ink.max() < FULL / 2:
        return False
    longer = max(span.stop - span.start for span in extent(ink > 0))
    off_centre = np.abs(_centre(ink, centre) - SIDE / 2).max()
    return abs(longer - INK_SIDE[centre]) <= 1 and bool(off_centre < 1)


def _thickened(ink: Ink, side: int) -> Ink:
    """Return the ink at FINE times its final size, its strokes not much thinner than a pen's.

    A thin pen on a large sheet would shrink to a grey hair less than a pixel wide, which no
    training picture has; so thin strokes are widened before they are scaled down.
    """
    fine = resized(ink, _fitting(ink.shape, FINE * side))
    fine /= fine.max()
    width = _stroke_width(fine) / FINE
    if width >= THIN_STROKE:
        return fine
    passes = round((GOOD_STROKE - width) * FINE / 2)
    fine = np.pad(fine, passes)
    for step in range(passes):
        fine = _dilated(fine, diagonally=step % 2 == 1)
    return fine


def _stroke_width(ink: Ink) -> float:
    """Return the mean stroke width in pixels: a long stroke's area over half its outline."""
    padded = np.pad(ink, 1)
    outline = np.hypot(np.diff(padded, axis=0)[:, 1:], np.diff(padded, axis=1)[1:]).sum()
    return float(2 * ink.sum() / outline)


def _dilated(ink: Ink, *, diagonally: bool) -> Ink:
    """Widen by a pixel on every side; alternating with `diagonally` keeps round ends round."""
    padded = np.pad(ink, 1)
    tall = np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])
    beside = tall if diagonally else padded[1:-1]
    wide: Ink = np.maximum(tall[:, 1:-1], np.maximum(beside[:, :-2], beside[:, 2:]))
    return wide


def _placed(ink: Ink, centre: Centre) -> Grey:
    """Scale the ink to its final size and put it on the 28x28 with its centre at the middle."""
    ink = resized(ink, _fitting(ink.shape, INK_SIDE[centre]))
    room = SIDE - np.array(ink.shape)
    top, left = np.rint(SIDE / 2 - _centre(ink, centre)).astype(int).clip(0, room)
    placed = np.zeros((SIDE, SIDE), dtype=np.float32)
    placed[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    grey: Grey = np.rint(placed * (FULL / placed.max())).astype(np.uint8)
    return grey


def _centre(ink: npt.NDArray[Any], centre: Centre) -> npt.NDArray[np.float64]:
    """Return (row, column) of the centre; 14 is the middle of 28, for mass by MNIST's habit."""
    if centre == "box":
        return np.array([(span.start + span.stop) / 2 for span in extent(ink > 0)])
    sums = [ink.sum(axis=axis, dtype=np.float64) for axis in (1, 0)]
    return np.array([np.average(np.arange(len(line)), weights=line) for line in sums])


def _fitting(shape: tuple[int, ...], side: int) -> tuple[int, int]:
    scale = side / max(shape)
    return max(1, round(shape[0] * scale)), max(1, round(shape[1] * scale))
