"""What the symbols of a row of plots mean: painted, so that it is part of a saved picture."""

from collections.abc import Sequence

from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.plot_data import Series
from app.theme import Theme
from app.widgets.plot_items import LINE_WIDTH, POINT_SIZE, SYMBOLS

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class PlotLegend(QWidget):
    """A symbol and a name for each series, from left to right."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._series: tuple[Series, ...] = ()
        self.setAccessibleName("Legend")
        theme.fix(self, None, 5)
        theme.changed.connect(self.update)

    def show_series(self, series: Sequence[Series]) -> None:
        """Name these series."""
        self._series = tuple(series)
        self.setAccessibleDescription(
            ", ".join(f"{each.label}: {each.symbol}" for each in self._series)
        )
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(self._theme.font("caption"))
            left = float(self._theme.px(1.5))
            for series in self._series:
                left = self._paint_one(painter, series, left)

    def _paint_one(self, painter: QPainter, series: Series, left: float) -> float:
        """Paint one entry at `left` and return where the next begins."""
        size, color = self._theme.px(POINT_SIZE), self._theme.color(series.color)
        painter.save()
        painter.translate(QPointF(left + size / 2, self.height() / 2))
        painter.scale(size, size)
        painter.setPen(QPen(color, self._theme.px(LINE_WIDTH) / size))
        painter.setBrush(Qt.BrushStyle.NoBrush if series.hollow else color)
        painter.drawPath(Symbols[SYMBOLS[series.symbol]])
        painter.restore()
        left += size + self._theme.px(1.5)
        painter.setPen(self._theme.color("text"))
        width = painter.fontMetrics().horizontalAdvance(series.label)
        painter.drawText(QRectF(left, 0, width + 2, self.height()), _LEFT, series.label)
        return left + width + self._theme.px(3.5)
