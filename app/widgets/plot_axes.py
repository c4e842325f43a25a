"""The axes of a plot: their texts, as the rest of the window writes values, and their style."""

import pyqtgraph as pg

from app.plot_data import Axes
from app.theme import Theme

LEFT_WIDTH = 15
"""Spacing units for the texts of y, so that plots below each other have one line."""


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """The axis of y; `axes` says how its values are written."""

    def __init__(self, axes: Axes) -> None:
        super().__init__("left")
        self.axes = axes

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """Return the texts of ticks."""
        return [self.axes.y_text(10**value if self.axes.log_y else value) for value in values]


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
    surface.getAxis("left").setWidth(theme.px(LEFT_WIDTH))
    style = {"color": theme.color("muted").name(), "font-size": f"{theme.points('caption'):.2f}pt"}
    surface.getAxis("bottom").setLabel(axes.x_title, **style)
