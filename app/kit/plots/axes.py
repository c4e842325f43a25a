"""The axes of a plot: their texts, as the rest of the window writes values, and their style."""

from math import ceil, floor, log10

import pyqtgraph as pg
from PySide6.QtGui import QFontMetrics

from app.kit.plots.data import Axes
from app.kit.theme import Theme

LOG_STEPS = ((1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 5), (1, 3), (1,))
TICK_ROOM = 28
"""Pixels for each tick's text on a logarithm, where type has its usual size."""
LEFT_WIDTH = 15
"""Spacing units for the texts of y, so that plots below each other have one line."""
BELOW = 1.5
"""Spacing units between the line of x and what is written below it."""


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """The axis of y; `axes` says how its values are written, `zoom` how large the type is."""

    def __init__(self, axes: Axes) -> None:
        super().__init__("left")
        self.axes = axes
        self.zoom = 1.0

    def tickValues(self, least: float, most: float, size: float) -> list[tuple[float, list[float]]]:
        """Return the places of ticks; on a logarithm as many of a decade as there is room for."""
        size /= self.zoom
        if not self.axes.log_y:
            ticks: list[tuple[float, list[float]]] = super().tickValues(least, most, size)
            if self.axes.from_zero and least < 0 < most:  # the margin below zero has no meaning
                ticks = [(step, [each for each in places if each >= 0]) for step, places in ticks]
            return ticks
        for step in LOG_STEPS:
            decades = range(floor(least), ceil(most) + 1)
            places = [decade + log10(each) for decade in decades for each in step]
            shown = [place for place in places if least <= place <= most]
            if len(shown) * TICK_ROOM <= size:
                break
        return [(1.0, shown if len(shown) > 1 else _even_ticks(least, most, size))]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """Return the texts of ticks."""
        return [self.axes.y_text(10**value if self.axes.log_y else value) for value in values]


class WholeAxis(pg.AxisItem):  # type: ignore[misc]
    """The axis of x where no ticks are given: only whole numbers, for there is no half a bit."""

    def __init__(self) -> None:
        super().__init__("bottom")

    def tickSpacing(self, least: float, most: float, size: float) -> list[tuple[float, float]]:
        """Return the distances of ticks."""
        spacing: list[tuple[float, float]] = super().tickSpacing(least, most, size)
        return [(step, offset) for step, offset in spacing if step >= 1] or [(1.0, 0.0)]


def _even_ticks(least: float, most: float, size: float) -> list[float]:
    """Return ticks for a range of a logarithm that is too small for those of decades."""
    low, high = 10**least, 10**most
    distance = (high - low) / max(2, size / TICK_ROOM)
    decade = 10 ** floor(log10(distance))
    step = next(decade * each for each in (1, 2, 5, 10) if decade * each >= distance)
    return [log10(step * count) for count in range(ceil(low / step), floor(high / step) + 1)]


def style_axes(surface: pg.PlotWidget, axes: Axes, theme: Theme) -> None:
    """Give the axes and the background of a plot the theme's colours and type."""
    surface.setBackground(theme.color("surface"))
    for name in ("left", "bottom"):
        axis = surface.getAxis(name)
        axis.setPen(pg.mkPen(theme.color("control")))
        axis.setTextPen(pg.mkPen(theme.color("muted")))
        axis.setTickPen(pg.mkPen(theme.color("border")))
        axis.setStyle(tickFont=theme.font("caption"), tickLength=-theme.px(1))
        axis.enableAutoSIPrefix(False)
        axis.setZValue(-1)  # its grid lies below the points
    surface.showGrid(y=True, alpha=0.5)
    left, bottom = surface.getAxis("left"), surface.getAxis("bottom")
    left.zoom = theme.scale
    left.setWidth(theme.px(LEFT_WIDTH))
    lines = 2 if axes.x_title else 1
    bottom.setHeight(lines * QFontMetrics(theme.font("caption")).height() + theme.px(BELOW))
    style = {"color": theme.color("muted").name(), "font-size": f"{theme.points('caption'):.2f}pt"}
    bottom.setLabel(axes.x_title, **style)
