"""The ciphertext's own bytes as a picture: one pixel a byte, nothing to see but noise."""

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.draw.picture.preview import tinted_image
from app.kit.theme import Theme


class NoiseView(QWidget):
    """Shows as many of the bytes, from the first on, as there are pixels for, or `empty`."""

    def __init__(self, theme: Theme, empty: str = "nothing\nsent yet") -> None:
        super().__init__()
        self._theme = theme
        self._empty = empty
        self._data = b""
        self._image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Picture of the ciphertext: empty")
        theme.changed.connect(self._forget_image)

    def show_data(self, data: bytes) -> None:
        """Show other bytes."""
        if data is self._data:
            return
        self._data = data
        content = "noise" if data else "empty"
        self.setAccessibleName(f"Picture of the ciphertext: {content}")
        self._forget_image()

    def _forget_image(self) -> None:
        self._image = None
        self.update()

    def _make_image(self) -> QImage:
        ratio = self.devicePixelRatioF()
        side = round(self.width() * ratio)
        side = min(side, int(len(self._data) ** 0.5))
        pixels = np.frombuffer(self._data, np.uint8, side * side).reshape(side, side)
        paper, ink = self._theme.color("encrypted_tint"), self._theme.color("encrypted")
        return tinted_image(pixels, paper, ink)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self._theme.color("encrypted_tint"))
            if self._data:
                if self._image is None:
                    self._image = self._make_image()
                painter.drawImage(QRectF(self.rect()), self._image)
            else:
                painter.setPen(self._theme.color("muted"))
                painter.setFont(self._theme.font("caption"))
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._empty)
            painter.setPen(QPen(self._theme.color("encrypted_edge"), 1))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
