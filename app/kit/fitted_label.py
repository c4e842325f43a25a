"""A label whose text is as large as its box allows: a digit, or the name of a class."""

import re

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QLabel

LEAST_POINTS = 6.0
STEP = 0.94


class FittedLabel(QLabel):
    """Breaks long names between words and after a slash, and shrinks them until they fit."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def show_name(self, name: str, weight: int, largest: float, padding: float) -> float:
        """Show `name` inside the label's fixed size; return the size of its type, in points."""
        size = self.minimumSize()  # set by the theme before the layout follows
        size = size.shrunkBy(self.contentsMargins())
        room = QRectF(0, 0, size.width() - 2 * padding, size.height() - 2 * padding)
        font = QFont(self.font())
        font.setWeight(QFont.Weight(weight))
        lines, points = fitted(name, font, largest, room)
        self.setText(lines)
        return points


def fitted(name: str, font: QFont, largest: float, room: QRectF) -> tuple[str, float]:
    """Return `name` in lines, and the points at most `largest` at which all of it is in `room`.

    A name that is too long even in the smallest type ends with an ellipsis.
    """
    words = re.findall(r"[^\s/]+/?", name)
    whole = "\n".join(words)
    points = largest
    while points > LEAST_POINTS:
        font.setPointSizeF(points)
        metrics = QFontMetricsF(font)
        widest = max((metrics.horizontalAdvance(word) for word in words), default=0.0)
        if widest <= room.width() and metrics.height() * len(words) <= room.height():
            return whole, points
        points *= STEP
    font.setPointSizeF(LEAST_POINTS)
    elided = QFontMetricsF(font).elidedText(name, Qt.TextElideMode.ElideRight, room.width())
    return elided, LEAST_POINTS
