"""What the symbols of a row of plots mean: painted, so that it is part of a saved picture."""

from collections.abc import Sequence

from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.kit.plots.data import Series
from app.kit.plots.items import LINE_WIDTH, POINT_SIZE, SYMBOLS
from app.kit.theme import Theme

LINE = 5
SYMBOL_GAP = 1.5
GAP = 3.5
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class PlotLegend(QWidget):
    """A symbol and a name for each series, in up to `lines` lines; the tooltip has them all."""

    def __init__(self, theme: Theme, lines: int = 1) -> None:
        super().__init__()
        self._theme = theme
        self._lines = lines
        self._series: tuple[Series, ...] = ()
        self.setAccessibleName("Legend")
        theme.fix(self, None, LINE * lines)
        theme.changed.connect(self.update)

    def show_series(self, series: Sequence[Series]) -> None:
        """Name these series."""
        self._series = tuple(series)
        self.setAccessibleDescription(
            ", ".join(f"{each.label}: {each.symbol}" for each in self._series)
        )
        self.setToolTip("\n".join(each.label for each in self._series))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(self._theme.font("caption"))
            for series, place in zip(self._series, self._places(), strict=False):
                self._paint_one(painter, series, place)

    def _places(self) -> list[QPointF]:
        """Return where each entry that has room begins, at the middle of its line."""
        metrics = QFontMetricsF(self._theme.font("caption"))
        margin, gap, line = (self._theme.px(each) for each in (SYMBOL_GAP, GAP, LINE))
        places, left, row = [], float(margin), 0
        for series in self._series:
            width = self._theme.px(POINT_SIZE) + margin + metrics.horizontalAdvance(series.label)
            if left > margin and left + width > self.width():
                left, row = float(margin), row + 1
            if row == self._lines:
                break
            places.append(QPointF(left, (row + 0.5) * line))
            left += width + gap
        return places

    def _paint_one(self, painter: QPainter, series: Series, place: QPointF) -> None:
        size, color = self._theme.px(POINT_SIZE), self._theme.color(series.color)
        painter.save()
        painter.translate(place + QPointF(size / 2, 0))
        painter.scale(size, size)
        painter.setPen(QPen(color, self._theme.px(LINE_WIDTH) / size))
        painter.setBrush(Qt.BrushStyle.NoBrush if series.hollow else color)
        painter.drawPath(Symbols[SYMBOLS[series.symbol]])
        painter.restore()
        painter.setPen(self._theme.color("text"))
        left, line = place.x() + size + self._theme.px(SYMBOL_GAP), self._theme.px(LINE)
        width = painter.fontMetrics().horizontalAdvance(series.label) + 2
        painter.drawText(QRectF(left, place.y() - line / 2, width, line), _LEFT, series.label)
