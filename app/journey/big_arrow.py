"""A large arrow between two exhibits, with a line of text above and one below it."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.kit.theme import Theme


class BigArrow(QWidget):
    """Paints itself in the colour of what is encrypted."""

    def __init__(self, theme: Theme, to_right: bool) -> None:
        super().__init__()
        self._theme = theme
        self._to_right = to_right
        self._above = self._below = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_texts(self, above: str, below: str) -> None:
        """Show what goes along the arrow, and how long that took."""
        self._above, self._below = above, below
        self.setAccessibleName(f"Arrow: {above}, {below}")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: D102 - Qt's
        return QSize(self._theme.px(36), self._theme.px(20))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            px, y = self._theme.px, self.height() / 2
            head, pad = px(3), px(1.5)
            left, right = float(pad), float(self.width() - pad)
            ink = self._theme.color("encrypted")
            pen = QPen(ink, px(0.6), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            tip, back = (right, -head) if self._to_right else (left, head)
            painter.drawLine(QPointF(left, y), QPointF(right, y))
            corners = (y - head, y, y + head)
            points = [QPointF(tip + (0 if each == y else back), each) for each in corners]
            painter.drawPolyline(QPolygonF(points))
            self._write(painter, self._above, QRectF(0, y - px(19), self.width(), px(15)), "strong")
            self._write(painter, self._below, QRectF(0, y + px(3.5), self.width(), px(8)), "lane")

    def _write(self, painter: QPainter, text: str, place: QRectF, role: str) -> None:
        above = place.bottom() < self.height() / 2
        flags = Qt.AlignmentFlag.AlignHCenter | (
            Qt.AlignmentFlag.AlignBottom if above else Qt.AlignmentFlag.AlignTop
        )
        painter.setFont(self._theme.font(role))
        painter.setPen(self._theme.color("text" if above else "encrypted"))
        painter.drawText(place, int(flags) | int(Qt.TextFlag.TextWordWrap), text)
