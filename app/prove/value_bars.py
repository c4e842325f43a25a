"""A bar for each class on a scale of its own, to be put beside another with another scale."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.kit.theme import Theme

_CENTRE = Qt.AlignmentFlag.AlignCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ValueBars(QWidget):
    """Paints ten scores in one colour: `clear` for those that mean something, else `encrypted`."""

    def __init__(self, theme: Theme, color: str, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._color = color
        self._classes: tuple[str, ...] = tuple("0123456789")
        self._values: tuple[float, ...] = ()
        self._texts: tuple[str, ...] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_values(
        self, classes: tuple[str, ...], values: tuple[float, ...], texts: tuple[str, ...]
    ) -> None:
        """Show a value for each class, written as its text; no values: only the classes."""
        self._classes, self._values, self._texts = classes, values, texts
        pairs = zip(classes, texts, strict=False)
        self.setAccessibleDescription("; ".join(f"{name}: {text}" for name, text in pairs))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            row = self.height() / len(self._classes)
            painter.setFont(self._theme.font("body"))
            metrics, number = painter.fontMetrics(), self._theme.px(16)
            widest = max(metrics.horizontalAdvance(name) for name in self._classes)
            tag = max(widest + self._theme.px(3), self._theme.px(8))
            bars = QRectF(tag, 0, self.width() - tag - number, self.height())
            for place, name in enumerate(self._classes):
                top = place * row
                painter.setPen(self._theme.color("text"))
                painter.drawText(QRectF(0, top, tag, row), _CENTRE, name)
                if self._values:
                    self._paint_bar(painter, bars, place, row)
                    painter.setPen(self._theme.color(self._color))
                    box = QRectF(bars.right(), top, number, row)
                    painter.drawText(box, _RIGHT, self._texts[place])
                else:
                    painter.setPen(QPen(self._theme.color("border"), 1))
                    painter.drawLine(int(tag), int(top + row), int(bars.right()), int(top + row))

    def _paint_bar(self, painter: QPainter, area: QRectF, place: int, row: float) -> None:
        low, high = min(*self._values, 0.0), max(*self._values, 0.0)
        per_unit = area.width() / ((high - low) or 1.0)
        zero = area.left() - low * per_unit
        end = zero + self._values[place] * per_unit
        thick = min(row * 0.55, self._theme.px(4))
        top = (place + 0.5) * row - thick / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(self._color))
        painter.drawRect(QRectF(min(zero, end), top, max(1.0, abs(end - zero)), thick))
        painter.setPen(QPen(self._theme.color("control"), 1))
        painter.drawLine(int(zero), int(place * row), int(zero), int((place + 1) * row))
