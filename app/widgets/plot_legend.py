"""The symbols of a plot's series with their names, in as many lines as the width needs."""

from collections.abc import Sequence

import pyqtgraph as pg
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.plot_data import Series
from app.theme import Theme
from app.widgets.plot_items import SYMBOLS

LINE = 4.5
LINES = 2
GAP = 4


class PlotLegend(QWidget):
    """Names what `show_series` is given; of what does not fit, it says how many there are."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._series: tuple[Series, ...] = ()
        self.setAccessibleName("Legend")
        theme.fix(self, None, LINE * LINES)
        theme.changed.connect(self.update)

    def show_series(self, series: Sequence[Series]) -> None:
        """Name these series."""
        self._series = tuple(series)
        self.setAccessibleDescription(", ".join(each.label for each in self._series))
        self.setToolTip("\n".join(each.label for each in self._series))
        self.update()

    def places(self) -> list[QPointF]:
        """Return the left middle of each series' entry that fits."""
        metrics = QFontMetricsF(self._theme.font("caption"))
        line, gap = self._theme.px(LINE), self._theme.px(GAP)
        places, x, row = [], 0.0, 0
        for each in self._series:
            width = metrics.horizontalAdvance(each.label) + line
            if x > 0 and x + width > self.width():
                x, row = 0.0, row + 1
            if row >= LINES:
                break
            places.append(QPointF(x, (row + 0.5) * line))
            x += width + gap
        return places

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(self._theme.font("caption"))
            for each, place in zip(self._series, self.places(), strict=False):
                self._paint(painter, each, place)

    def _paint(self, painter: QPainter, series: Series, place: QPointF) -> None:
        color, size = self._theme.color(series.color), self._theme.px(2.25)
        painter.save()
        painter.translate(place + QPointF(size, 0))
        painter.scale(size, size)
        painter.setPen(QPen(color, 0.15))
        painter.setBrush(pg.mkBrush(None if series.hollow else color))
        painter.drawPath(Symbols[SYMBOLS[series.symbol]])
        painter.restore()
        line = self._theme.px(LINE)
        box = QRectF(place.x() + line, place.y() - line / 2, self.width(), line)
        painter.setPen(self._theme.color("text"))
        painter.drawText(
            box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, series.label
        )
