"""A small picture of grey levels, magnified with crisp pixels, in one colour of the palette."""

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.draw.picture.preview import tinted_image
from app.kit.theme import Theme
from app.state.drawing import Picture


class PixelsView(QWidget):
    """Shows a picture (height, width), or nothing; `color` says whether it can be read.

    `name` is what the picture is, for those who cannot see it; `empty` stands in its place.
    """

    def __init__(self, theme: Theme, color: str, name: str, empty: str = "not tried\nyet") -> None:
        super().__init__()
        self._theme = theme
        self._color = color
        self._name = name
        self._empty = empty
        self._pixels: Picture | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        self.show_pixels(None)

    def show_pixels(self, pixels: Picture | None) -> None:
        """Show another picture; None for none."""
        self._pixels = pixels
        self.setAccessibleName(self._name + (": empty" if pixels is None else ""))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        paper, ink = self._theme.color(f"{self._color}_tint"), self._theme.color(self._color)
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), paper)
            if self._pixels is not None:
                painter.drawImage(QRectF(self.rect()), tinted_image(self._pixels, paper, ink))
            else:
                painter.setPen(self._theme.color("muted"))
                painter.setFont(self._theme.font("caption"))
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._empty)
            painter.setPen(QPen(self._theme.color(f"{self._color}_edge"), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))


def levels_of(values: tuple[float, ...], like: Picture) -> Picture:
    """Return numbers of any size as the pixels of a picture like `like`, from least to largest.

    Decrypted noise has 40 digits and more; a true picture comes out as it was.
    """
    numbers = np.asarray(values).reshape(like.shape)
    low, high = numbers.min(), numbers.max()
    shares = (numbers - low) / ((high - low) or 1.0)
    return np.asarray(np.rint(shares * 255), dtype=np.uint8)
