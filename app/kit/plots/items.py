"""The drawn parts of a plot: points, intervals, joining lines, reference lines, rings.

They are made once and given new data, since pyqtgraph is slow to add and to remove them. `x` and
`y` here are what is drawn, so y is already a logarithm where the axis is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from app.kit.plots.data import Series
from app.kit.theme import Theme

SYMBOLS = {
    "circle": "o",
    "square": "s",
    "triangle": "t1",
    "diamond": "d",
    "star": "star",
    "cross": "x",
    "pentagon": "p",
    "hexagon": "h",
    "arrow": "t",
}
"""pyqtgraph's letters for the symbols of `app.kit.plots.data`."""

POINT_SIZE = 2.5
RING_SIZE = 4
LINE_WIDTH = 0.35
NOWHERE = np.zeros(0)


@dataclass(frozen=True)
class Drawn:
    """A point where it is drawn, with the ends of its interval (y itself where there is none)."""

    x: float
    y: float
    low: float
    high: float


class PlotItems:
    """Everything inside the axes of one plot."""

    def __init__(self, plot: pg.PlotWidget, theme: Theme) -> None:
        self._plot = plot
        self._theme = theme
        self._curves: list[pg.PlotCurveItem] = []
        self._bars: list[pg.ErrorBarItem] = []
        self._rules: list[pg.InfiniteLine] = []
        # Drawn as shapes, not from a cache of pixels, so that an SVG has shapes.
        self._points = pg.ScatterPlotItem(useCache=False)
        self._rings = pg.ScatterPlotItem(useCache=False)
        for item, depth in ((self._points, 10), (self._rings, 11)):
            item.setZValue(depth)
            plot.addItem(item)

    def show_lines(self, lines: Sequence[tuple[float, str]]) -> None:
        """Show dashed lines at these heights, with their names."""
        while len(self._rules) < len(lines):
            options = {"position": 0.03, "anchors": [(0, 1), (0, 1)], "movable": False}
            self._rules.append(pg.InfiniteLine(0, 0, label="", labelOpts=options))
            self._plot.addItem(self._rules[-1])
        pen = pg.mkPen(self._theme.color("muted"), style=Qt.PenStyle.DashLine)
        for place, rule in enumerate(self._rules):
            rule.setVisible(place < len(lines))
            if place < len(lines):
                height, name = lines[place]
                rule.setPen(pen)
                rule.setValue(height)
                rule.label.setFormat(name)
                rule.label.setColor(self._theme.color("muted"))
                rule.label.setFont(self._theme.font("caption"))

    def show_series(self, drawn: Sequence[tuple[Series, Sequence[Drawn]]]) -> None:
        """Show these points, each series with its lines and intervals."""
        while len(self._curves) < len(drawn):
            self._curves.append(pg.PlotCurveItem())
            self._bars.append(pg.ErrorBarItem(x=NOWHERE, y=NOWHERE))
            self._plot.addItem(self._curves[-1])
            self._plot.addItem(self._bars[-1])
        for place in range(len(self._curves)):
            series, points = drawn[place] if place < len(drawn) else (Series("", ()), ())
            self._show_curve(self._curves[place], series, points)
            self._show_bars(self._bars[place], series, points)
        marks = [mark for series, points in drawn for mark in [self._mark(series)] * len(points)]
        every = [point for _, points in drawn for point in points]
        self._points.setData(
            [point.x for point in every],
            [point.y for point in every],
            symbol=[symbol for symbol, _, _ in marks],
            pen=[pen for _, pen, _ in marks],
            brush=[brush for _, _, brush in marks],
            size=self._theme.px(POINT_SIZE),
        )

    def show_rings(self, points: Sequence[Drawn]) -> None:
        """Put rings around these points."""
        pen = pg.mkPen(self._theme.color("text"), width=self._theme.px(LINE_WIDTH))
        self._rings.setData(
            [point.x for point in points],
            [point.y for point in points],
            symbol="o",
            size=self._theme.px(RING_SIZE),
            pen=pen,
            brush=pg.mkBrush(None),
        )

    def _mark(self, series: Series) -> tuple[str, object, object]:
        """Return the symbol, pen and brush of a series."""
        color = self._theme.color(series.color)
        pen = pg.mkPen(color, width=self._theme.px(LINE_WIDTH))
        return SYMBOLS[series.symbol], pen, pg.mkBrush(None if series.hollow else color)

    def _show_curve(self, curve: pg.PlotCurveItem, series: Series, points: Sequence[Drawn]) -> None:
        style = Qt.PenStyle.DashLine if series.hollow else Qt.PenStyle.SolidLine
        color, width = self._theme.color(series.color), self._theme.px(LINE_WIDTH)
        joined = points if series.joined else ()
        curve.setData(
            np.array([point.x for point in joined]),
            np.array([point.y for point in joined]),
            pen=pg.mkPen(color, width=width, style=style),
        )

    def _show_bars(self, bars: pg.ErrorBarItem, series: Series, points: Sequence[Drawn]) -> None:
        known = [point for point in points if point.high > point.low]
        color, width = self._theme.color(series.color), self._theme.px(LINE_WIDTH)
        bars.setData(
            x=np.array([point.x for point in known]),
            y=np.array([point.y for point in known]),
            top=np.array([point.high - point.y for point in known]),
            bottom=np.array([point.y - point.low for point in known]),
            pen=pg.mkPen(color, width=width),
        )
