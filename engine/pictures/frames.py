"""Takes the frame off a scanned or boxed picture, so that what is inside decides what paper is.

A scanner's black rim on one to four sides, a border of any level all around, or a rectangle drawn
around the digit: each has lines along the picture's edges that no paper and no stroke has.
"""

import numpy as np
import numpy.typing as npt

from engine.pictures.marks import components
from engine.pictures.resampling import Ink, border, extent, widened

OUTSIDE = 0.15  # of the side: how far in the lines of a frame all around may be
AT_EDGE = 0.02  # the same of a rim on one side, else the bar of a 7 would be one
DEEPEST = 0.25  # of the side: no frame is wider
UNLIKE = 0.25  # share of the contrast between the frame and the paper inside
EXTREME = 0.25  # share of the contrast from the darkest level that a scanner's rim has at most
WHOLE = 0.97  # share of a line that a rim on one side covers
BOXED = 0.8  # share of a line that a frame all around covers: a drawn box may have margins
AROUND = 0.9  # share of the border that a table or frame all around covers
LEAST_PAPER = 0.4  # share of the picture that the sheet inside must have
GOES_ON = 0.25  # share of a frame and all that hangs on it that may lie inside
LEAST_INSIDE = 0.35  # contrast inside as a share of that with the frame: else it was the drawing


def without_frame(levels: Ink) -> Ink:
    """Return the part (height, width) of the picture inside its frame; all of it if it has none."""
    height, width = levels.shape
    if min(height, width) < 16:
        return levels
    low, high = (float(level) for level in np.percentile(levels, (0.5, 99.5)))
    middle = levels[height // 6 : -(height // 6), width // 6 : -(width // 6)]
    paper = float(np.median(middle))
    unlike = np.abs(levels - paper) > UNLIKE * (high - low)
    if border(unlike).mean() > AROUND and unlike.mean() < 1 - LEAST_PAPER:
        inside = _sheet(levels, unlike, paper)
    else:
        dark_paper = paper - low < high - paper
        edge = high - EXTREME * (high - low) if dark_paper else low + EXTREME * (high - low)
        rim = unlike
        depths = [_depth(mask, BOXED, OUTSIDE) for mask in _from_each_side(rim)]
        if not all(depths):
            rim = unlike & ((levels > edge) if dark_paper else (levels < edge))
            depths = [_depth(mask, WHOLE, AT_EDGE) for mask in _from_each_side(rim)]
        if not any(depths):
            return levels
        top, bottom, left, right = depths
        part = slice(top, height - bottom), slice(left, width - right)
        if _goes_on(rim, part):
            return levels
        inside = levels[part]
    if np.ptp(inside) < LEAST_INSIDE * max(high - paper, paper - low):
        return levels
    return inside


def _sheet(levels: Ink, unlike: npt.NDArray[np.bool_], paper: float) -> Ink:
    """Return the sheet of paper alone, in any turn; what is around it becomes paper."""
    marks = components(unlike)
    edges = np.unique(np.concatenate((marks[0], marks[-1], marks[:, 0], marks[:, -1])))
    around = widened(np.isin(marks, edges[edges > 0]), 3)
    cleared: Ink = np.where(around, np.float32(paper), levels)
    return cleared[extent(~around)] if not around.all() else levels


def _goes_on(rim: npt.NDArray[np.bool_], part: tuple[slice, slice]) -> bool:
    """Tell whether what touches the edges goes on inside: the bar of a 7 that fills the picture."""
    marks = components(rim)
    outside = np.ones(rim.shape, dtype=bool)
    outside[part] = False
    joined = np.isin(marks, np.unique(marks[outside & rim]))
    return bool((joined & rim)[part].sum() > GOES_ON * (joined & rim).sum())


def _from_each_side(mask: npt.NDArray[np.bool_]) -> list[npt.NDArray[np.bool_]]:
    return [mask, mask[::-1], mask.T, mask.T[::-1]]


def _depth(mask: npt.NDArray[np.bool_], covered: float, outside: float) -> int:
    """Return how many lines from the first on belong to a frame, 0 if there is none."""
    shares = mask.mean(axis=1)
    lines = np.flatnonzero(shares[: max(1, round(outside * len(shares)))] >= covered)
    if not lines.size:
        return 0
    deepest = round(DEEPEST * len(shares))
    end = int(lines[-1])
    while end < deepest and shares[end] > 0.5:
        end += 1
    return 0 if end >= deepest else end
