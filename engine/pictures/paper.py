"""Tells ink from paper on a grey picture: uneven light, shadows, frames and grain taken out.

What counts is how far the ink stands out from the paper around it, dark on light or light on
dark; no level is white or black by itself.
"""

import math

import numpy as np
import numpy.typing as npt

from engine.errors import ImageError
from engine.pictures.frames import without_frame
from engine.pictures.marks import without_dust, without_rim
from engine.pictures.resampling import (
    Grey,
    Ink,
    border,
    closed,
    extent,
    graininess,
    reduced,
    smoothed,
    widened,
)

WORK_SIDE = 320  # larger pictures are averaged down to this first
LEAST_SIDE = 64  # grainy pictures are averaged further, but not below this
GRAINY = 1 / 14  # grain as a share of the contrast that has to be averaged
UNEVEN = 0.08  # share of the contrast between the dark and the light parts of even paper's border
LEVELS_APART = 0.16  # share of the contrast between two levels that are not the same
BROADEST = 0.42  # of the longer side: ink that is broader both ways is a shadow
HALF = 0.5  # share of the border that ink covers at most
LEAST_SHARE = 0.004  # of the picture that a third level has
CLEARLY = 0.08  # share of the contrast by which ink is beyond all levels of the border
WIDEST = 0.26  # of the shorter side: what is dark and wider is a shadow or a table, not a stroke
BLACK = 16.0  # grey levels added to both of a ratio, so that noise in black shadows stays small
LEAST_CONTRAST = 5.0  # grey levels between ink and paper
LEAST_RIVAL = 0.4  # share of the other's strength at which light marks may be gaps between dark
FARTHER = 1.1  # times as far out as the gaps between them that strokes reach

NOTHING_DRAWN = "Nothing is drawn on the picture; draw or load one dark digit on light paper."


def find_ink(picture: Grey) -> Ink:
    """Return how much ink (height, width) each part of the picture has, 0 to 1.

    Large pictures come back smaller. Raises ImageError if nothing stands out from the paper.
    """
    factor = math.ceil(max(picture.shape) / WORK_SIDE)
    levels = reduced(picture.astype(np.float32), factor)
    inside = without_frame(levels)
    if inside is not levels and inside.shape != levels.shape:
        try:
            return _ink_of(inside)
        except ImageError:
            pass  # what looked like a frame was the drawing
    return _ink_of(levels)


def _ink_of(levels: Ink) -> Ink:
    contrast = float(np.ptp(smoothed(levels)))
    while max(levels.shape) >= 2 * LEAST_SIDE and graininess(levels) > GRAINY * contrast:
        levels = reduced(levels, 2)
    try:
        return without_dust(without_rim(_standing_out(levels, contrast)))
    except ImageError:  # black and white dots that are grey only from afar
        if max(levels.shape) < 2 * LEAST_SIDE:
            raise
    return _ink_of(reduced(levels, 2))


def _standing_out(levels: Ink, contrast: float) -> Ink:
    dark, light = np.percentile(border(levels), (10, 90))
    even = light - dark <= max(UNEVEN * contrast, 3.5 * graininess(levels))
    flat = levels if even else _two_levels(levels)
    if flat is None:
        above = _evenly_lit(levels)
        grain = 1.15 * graininess(above)
    else:
        above = flat - np.median(border(flat))
        above = -above if -above.min() > above.max() else above
        grain = float(np.percentile(np.abs(border(above)), 75 if even else 25))
    full = np.median(above[above >= above.max() / 2])
    if full < max(LEAST_CONTRAST, 4 * grain):
        raise ImageError(NOTHING_DRAWN)
    floor = max(3 * grain, full / 10)
    ink: Ink = ((above - floor) / (full - floor)).clip(0, 1)
    return ink


def _two_levels(levels: Ink) -> Ink | None:
    """Return the picture without slopes of light, if it has one level of ink and one of paper.

    Then nothing has to be guessed, even of a digit that fills the picture and covers its border.
    None if there is a third level, as a shadow is, or ink too broad for a stroke.
    """
    calm = smoothed(levels)
    low, high = (float(level) for level in np.percentile(calm, (0.5, 99.5)))
    dark = calm < (low + high) / 2
    ink = dark if border(dark).mean() < HALF else ~dark
    broad = round(BROADEST * max(levels.shape))
    if ink.all() or not ink.any() or not widened(~ink, broad // 2).all():
        return None
    edge = max(2, max(levels.shape) // 50)
    slope = _slope(calm, ~widened(ink, edge))
    calm, levels = calm * slope, levels * slope
    apart = LEVELS_APART * (high - low)
    for part, outwards in ((dark, -1), (~dark, 1)):
        off = calm - np.median(calm[part])
        beyond = part & (off * outwards > apart)
        within = part & ~widened(~part, edge) & (np.abs(off) > apart)
        if max(beyond.mean(), within.mean()) > LEAST_SHARE:
            return None
    return levels


def _slope(levels: Ink, paper: npt.NDArray[np.bool_]) -> Ink:
    """Return by what to multiply the levels for the paper to be even: a parabola fitted to it."""
    down, across = (np.linspace(-1, 1, side, dtype=np.float32) for side in levels.shape)
    y, x = np.meshgrid(down, across, indexing="ij")
    terms = np.stack((np.ones_like(x), x, y, x * x, x * y, y * y), axis=-1)
    some = np.flatnonzero(paper)[:: max(1, levels.size // 4096)]
    if some.size < 32:
        return np.ones_like(levels)
    fitted = np.linalg.lstsq(terms.reshape(-1, 6)[some], levels.ravel()[some], rcond=None)[0]
    light = (terms @ fitted).clip(BLACK)
    slope: Ink = (np.median(light) / light).clip(0.5, 2).astype(np.float32)
    return slope


def _evenly_lit(levels: Ink) -> Ink:
    """Return how far the ink stands out from its paper, slopes of light and shadows taken out.

    Paper is what remains when everything as narrow as a stroke is filled with what is around it.
    A shadow darkens the ink by the same factor as its paper, so ratios are compared.
    """
    side = max(3, round(WIDEST * min(levels.shape)) | 1)
    calm = smoothed(levels)
    light, dark = closed(calm, side), -closed(-calm, side)
    below = (light - levels) / (light + BLACK)
    above = (levels - dark) / (levels + BLACK)
    ink: Ink = 255 * (below if _is_dark(calm, below, above) else above)
    ink -= np.median(ink)
    return ink


def _is_dark(levels: Ink, below: Ink, above: Ink) -> bool:
    """Tell whether the ink is what is darker than its paper, not what is lighter.

    Ink in a shadow is darker than all that is seen of the paper at the border, and nothing is
    lighter than the lit paper. Where that does not tell: gaps between dark strokes are light and
    narrow too, but strokes reach farther out, and else they are the smaller part.
    """
    low, high = (float(level) for level in np.percentile(levels, (0.3, 99.7)))
    darkest, lightest = (float(level) for level in np.percentile(border(levels), (5, 95)))
    darker, lighter = max(darkest - low, 0.0), max(high - lightest, 0.0)
    if max(darker, lighter) > max(CLEARLY * (high - low), 3 * min(darker, lighter)):
        return darker > lighter
    below, above = smoothed(below), smoothed(above)
    most_below, most_above = float(below.max()), float(above.max())
    if min(most_below, most_above) <= LEAST_RIVAL * max(most_below, most_above):
        return most_below > most_above
    inked = (below > most_below / 2, above > most_above / 2)
    below_reach, above_reach = (sum(s.stop - s.start for s in extent(part)) for part in inked)
    if max(below_reach, above_reach) > FARTHER * min(below_reach, above_reach):
        return bool(below_reach > above_reach)
    return int(inked[0].sum()) <= int(inked[1].sum())
