"""Tells the drawing's marks from what lies beside it: dust, and what clings to the picture's edge.

Marks are connected parts of the ink. What is left of a frame, of a table or of a shadow lies along
an edge; a stroke that leaves the picture crosses it.
"""

import numpy as np
import numpy.typing as npt

from engine.pictures.resampling import Ink, extent, resized, widened

CELLS = 40  # the picture is this many cells each way where only its rough shape matters
LEAST_NEARBY = 0.1  # ink around a mark, as a share of the most around any, that dust has not
SOLID = 0.3  # ink that connects
ALONG = 0.5  # share of a clinging mark's length that lies on the edge
ZONE = 0.2  # of the shorter side: how far in from the edge it reaches
LEAST_REST = 0.05  # ink that must remain, as a share of what is taken for clinging to the edge


def without_dust(ink: Ink) -> Ink:
    """Erase ink far from where most ink is, which would otherwise widen the digit's box."""
    coarse = resized(ink, (CELLS, CELLS))
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(coarse, 2), (5, 5))
    nearby = resized(windows.mean(axis=(2, 3)), ink.shape) * (ink > 0)
    clean: Ink = np.where(nearby >= nearby.max() * LEAST_NEARBY, ink, 0)
    return clean


def without_rim(ink: Ink) -> Ink:
    """Erase the marks that lie along the edges of the picture, unless they are all there is."""
    marks = components(ink > SOLID)
    on_edge = np.ones(ink.shape, dtype=bool)
    on_edge[1:-1, 1:-1] = False
    depth = max(2, round(ZONE * min(ink.shape)))
    inside = np.zeros(ink.shape, dtype=bool)
    inside[depth:-depth, depth:-depth] = True
    rim = np.zeros(ink.shape, dtype=bool)
    for label in np.unique(marks[on_edge & (marks > 0)]):
        mark = marks == label
        length = max(span.stop - span.start for span in extent(mark))
        if (mark & on_edge).sum() > ALONG * length > 1 and not (mark & inside).any():
            rim |= mark
    if not rim.any():
        return ink
    rest: Ink = np.where(widened(rim, 2), 0, ink)
    return rest if rest.sum() > LEAST_REST * ink[rim].sum() and rest.max() > SOLID else ink


def components(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Return one number above 0 for each part of the mask that hangs together, corners included."""
    marks = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:
        joined = np.arange(mask.size + 1)
        np.maximum.at(joined, marks[mask], _highest_around(marks)[mask])
        while (further := joined[joined] > joined).any():
            joined[further] = joined[joined[further]]
        renamed = joined[marks]
        if (renamed == marks).all():
            return marks
        marks = renamed


def _highest_around(marks: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    padded = np.pad(marks, 1)
    tall = np.maximum(np.maximum(padded[:-2], padded[1:-1]), padded[2:])
    return np.maximum(np.maximum(tall[:, :-2], tall[:, 1:-1]), tall[:, 2:])
