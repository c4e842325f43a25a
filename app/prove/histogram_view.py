"""A histogram in one colour of the palette, with the line that pure chance would keep to."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.kit.theme import Theme
from engine.session.inspection import Counts

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class HistogramView(QWidget):
    """Shows counts (bins,) from the value `low` to the value `high`, as they are written."""

    def __init__(self, theme: Theme, color: str, name: str, low: str, high: str) -> None:
        super().__init__()
        self._theme = theme
        self._color = color
        self._ends = low, high
        self._counts: Counts | None = None
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_counts(self, counts: Counts | None) -> None:
        """Show other counts; None for none."""
        self._counts = counts
        if counts is not None:
            self.setAccessibleDescription(f"{len(counts)} bars, the highest {counts.max()}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        foot = self._theme.px(5)
        area = QRectF(0, 0, self.width(), self.height() - foot)
        with QPainter(self) as painter:
            painter.fillRect(area, self._theme.color(f"{self._color}_tint"))
            if self._counts is not None:
                self._paint_bars(painter, area, self._counts)
            painter.setPen(QPen(self._theme.color("control"), 1))
            painter.drawLine(area.bottomLeft(), area.bottomRight())
            painter.setFont(self._theme.font("caption"))
            painter.setPen(self._theme.color("muted"))
            line = QRectF(0, area.bottom(), self.width(), foot)
            for text, place in zip(self._ends, (LEFT, RIGHT), strict=True):
                painter.drawText(line, place, text)

    def _paint_bars(self, painter: QPainter, area: QRectF, counts: Counts) -> None:
        room = area.height() - self._theme.px(6)
        per_count = room / max(1, int(counts.max()))
        width = area.width() / len(counts)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(self._color))
        for place, count in enumerate(counts):
            left, right = round(place * width), round((place + 1) * width)
            height = int(count) * per_count
            gap = 1 if right - left > 2 else 0
            painter.drawRect(QRectF(left, area.bottom() - height, right - left - gap, height))
        level = area.bottom() - float(counts.mean()) * per_count
        pen = QPen(self._theme.color("text"), self._theme.px(0.375), Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(QPointF(area.left(), level), QPointF(area.right(), level))
