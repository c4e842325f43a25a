"""The chain of primes, drawn as blocks as wide as their bits."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.kit.theme import Theme
from app.kit.wording import TERMS


class ChainBar(QWidget):
    """Shows `coeff_modulus_bits`: data primes filled, the special prime in outline."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._bits: tuple[int, ...] = ()
        self.setToolTip(f"{TERMS['coeff_modulus']}\n{TERMS['special_prime']}")
        theme.fix(self, None, 6.5)
        theme.changed.connect(self.update)
        self.show_bits(())

    def show_bits(self, bits: tuple[int, ...]) -> None:
        """Show a chain; the last prime is the special one. An empty chain is an empty bar."""
        self._bits = bits
        listed = ", ".join(map(str, bits[:-1]))
        special = f"; special prime {bits[-1]} bits" if bits else "none"
        self.setAccessibleName(f"Coefficient modulus: {listed}{special}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if not self._bits:
                painter.setPen(QPen(self._theme.color("border"), 1, Qt.PenStyle.DashLine))
                self._block(painter, 0, self.width())
                return
            gap = self._theme.px(0.75)
            per_bit = (self.width() - gap * (len(self._bits) - 1)) / sum(self._bits)
            left = 0.0
            painter.setFont(self._theme.font("caption"))
            for place, bits in enumerate(self._bits):
                is_special = place == len(self._bits) - 1
                self._paint_prime(painter, left, bits * per_bit, bits, is_special)
                left += bits * per_bit + gap

    def _paint_prime(
        self, painter: QPainter, left: float, width: float, bits: int, is_special: bool
    ) -> None:
        ink = self._theme.color("encrypted")
        if is_special:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ink, 1.2, Qt.PenStyle.DashLine))
        else:
            painter.setBrush(self._theme.color("encrypted_tint"))
            painter.setPen(QPen(ink, 1.2))
        box = self._block(painter, left, width)
        painter.setPen(ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(bits))

    def _block(self, painter: QPainter, left: float, width: float) -> QRectF:
        box = QRectF(left, 0, width, self.height()).adjusted(0.8, 0.8, -0.8, -0.8)
        painter.drawRoundedRect(box, self._theme.px(0.75), self._theme.px(0.75))
        return box
