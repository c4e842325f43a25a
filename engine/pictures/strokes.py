"""From the strokes of a pen straight to the 28x28 that a network reads, without pixels in between.

A stroke is a smooth path through the points of the pen. Where a set was made like MNIST, its
place, its size and its brush change nothing: the path is fitted into 20x20, drawn with a pen as
wide as the training pictures', and its centre of mass put at the centre. For sets that fill the
picture what was painted counts, the brush included.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.errors import ImageError
from engine.pictures.fitting import GOOD_STROKE, INK_SIDE, SIDE, THIN_STROKE, Centre
from engine.pictures.levels import FULL
from engine.pictures.paper import NOTHING_DRAWN
from engine.pictures.resampling import Grey

Point = tuple[float, float]
Points = npt.NDArray[np.float32]

PEN = 2.3
"""Width in pixels of the 28x28: the median of MNIST's strokes (measured, 2.2 to 2.4)."""
DOT = 0.01
"""A path shorter than this share of the canvas, each way, is a point of the pen."""
SPACING = 0.25
"""Pixels from disc to disc along a path: the outline is then within 0.01 pixels of the true one."""
MOST_DISCS = 4096
"""Longer paths are drawn with discs farther apart; so long a path has covered all there is."""
HALF = np.float32(0.5)


@dataclass(frozen=True)
class Stroke:
    """One line of the pen: its points (x, y) and its width, all in shares of the canvas.

    The canvas goes from 0 to 1 each way, y downwards. Only networks for colour see a `colour`, red,
    green and blue from 0 to 255; None is ink.
    """

    points: tuple[Point, ...]
    width: float
    colour: tuple[int, int, int] | None = None


def strokes_to_input(strokes: Sequence[Stroke], centre: Centre = "mass") -> Grey:
    """Return the (28, 28) that a network reads of `strokes`: ink 255 on 0.

    What left the canvas is not seen. Raises ImageError if nothing is left.
    """
    pens = [(_seen(_path(stroke), stroke.width), stroke.width) for stroke in strokes]
    pens = [(path, width) for path, width in pens if len(path)]
    if not pens:
        raise ImageError(NOTHING_DRAWN)
    points = np.concatenate([path for path, _ in pens])
    if centre == "box":
        return _fill(pens, points)
    low, high = points.min(axis=0), points.max(axis=0)
    extent = float((high - low).max())
    scale = (INK_SIDE[centre] - PEN) / extent if extent > DOT else 0.0
    path = (points - low) * scale + PEN / 2  # the ink begins at the first pixel
    path += _to_centre_of_mass(_cover([(path, PEN)]), path)
    return _grey(_cover([(path, PEN)]))


def _fill(pens: list[tuple[Points, float]], points: Points) -> Grey:
    """Return what was painted, as large as the picture."""
    radii = np.concatenate([np.full((len(path), 1), width / 2) for path, width in pens])
    low, high = (points - radii).min(axis=0), (points + radii).max(axis=0)
    scale = INK_SIDE["box"] / float((high - low).max())
    middle = (low + high) / 2
    return _grey(
        _cover(
            [
                ((path - middle) * scale + SIDE / 2, _wide_enough(width * scale))
                for path, width in pens
            ]
        )
    )


def _wide_enough(width: float) -> float:
    return width if width >= THIN_STROKE else GOOD_STROKE


def _path(stroke: Stroke) -> Points:
    """Return points along the stroke's smooth path (n, 2), no farther apart than is seen.

    Between the middles of its lines the path is a parabola towards the point between them.
    """
    points = np.asarray(stroke.points, np.float32).reshape(-1, 2)
    if len(points) < 3:
        starts, controls, ends = points[:1], points[:1], points[-1:]
        controls = (starts + ends) * HALF
    else:
        middles = (points[1:-1] + points[2:]) * HALF
        starts = np.concatenate((points[:1], middles))
        controls = np.concatenate((points[1:-1], (middles[-1:] + points[-1:]) * HALF))
        ends = np.concatenate((middles, points[-1:]))
    extent = float(np.ptp(points, axis=0).max(initial=0)) or 1.0
    lengths = np.hypot(*(controls - starts).T) + np.hypot(*(ends - controls).T)
    step = max(SPACING * extent / SIDE, float(lengths.sum()) / MOST_DISCS)
    counts = np.ceil(lengths / step).astype(int) + 1
    which = np.repeat(np.arange(len(counts)), counts)
    along = np.arange(len(which)) - np.repeat(counts.cumsum() - counts, counts)
    t = (along / np.maximum(counts - 1, 1)[which])[:, None].astype(np.float32)
    path = (1 - t) ** 2 * starts[which] + 2 * t * (1 - t) * controls[which] + t**2 * ends[which]
    drawn: Points = path.astype(np.float32)
    return drawn


def _seen(path: Points, width: float) -> Points:
    """Return those points whose ink reaches the canvas."""
    reach = width / 2
    return path[((path > -reach) & (path < 1 + reach)).all(axis=1)]


def _cover(pens: list[tuple[Points, float]]) -> npt.NDArray[np.float32]:
    """Return the share (28, 28) of each pixel that discs along the paths cover, edges smooth."""
    centres = np.arange(SIDE, dtype=np.float32) + 0.5
    inside = np.full((SIDE, SIDE), -1.0, np.float32)
    for path, width in pens:
        across = (centres[:, None] - path[:, 0]) ** 2
        down = (centres[:, None] - path[:, 1]) ** 2
        nearest = np.array([(across + row).min(axis=1) for row in down])
        inside = np.maximum(inside, width / 2 + 0.5 - np.sqrt(nearest))
    return inside.clip(0, 1)


def _to_centre_of_mass(ink: npt.NDArray[np.float32], path: Points) -> Points:
    """Return by how many pixels to move the path, so that its ink's centre is the picture's.

    By MNIST's habit the mean of the pixels' numbers becomes half the side.
    """
    mass = ink.sum()
    numbers = np.arange(SIDE, dtype=np.float32)
    mean = np.array([ink.sum(axis=0) @ numbers, ink.sum(axis=1) @ numbers]) / mass
    room = np.floor(SIDE - PEN / 2 - path.max(axis=0))
    moved: Points = np.rint(SIDE / 2 - mean).clip(0, room).astype(np.float32)
    return moved


def _grey(ink: npt.NDArray[np.float32]) -> Grey:
    grey: Grey = np.rint(ink * (FULL / ink.max())).astype(np.uint8)
    return grey
