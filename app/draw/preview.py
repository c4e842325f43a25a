"""The 28x28 picture that the network will see, magnified with crisp pixels."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.kit.theme import Theme
from app.state.drawing import Grey
from app.state.everything import AppState

SIDE = 28


class Preview(QWidget):
    """Shows `state.drawn.picture` in shades of the colour that means clear."""

    def __init__(self, state: AppState, theme: Theme) -> None:
        super().__init__()
        self._state = state
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip("What the network sees: 28 x 28 pixels, made as its training pictures were")
        state.drawn.changed.connect(self._refresh)
        theme.changed.connect(self.update)
        self._refresh()

    def _refresh(self) -> None:
        content = "empty" if self._state.drawn.picture is None else "a drawing"
        self.setAccessibleName(f"What the network sees, 28 by 28 pixels: {content}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self._theme.color("sunken"))
            picture = self._state.drawn.picture
            if picture is not None:
                paper, ink = self._theme.color("sunken"), self._theme.color("clear")
                painter.drawImage(QRectF(self.rect()), tinted_image(picture, paper, ink))
            painter.setPen(QPen(self._theme.color("border"), 1))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))


def tinted_image(grey: Grey, low: QColor, high: QColor) -> QImage:
    """Return grey levels (height, width) as an image whose shades run from `low` to `high`."""
    height, width = grey.shape
    pixels = _shades(low.rgb(), high.rgb())[grey]
    image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32)
    return image.copy()


@lru_cache(maxsize=8)
def _shades(low: int, high: int) -> npt.NDArray[np.uint32]:
    """Return the 256 colours from one to another, as 0xffRRGGBB."""
    ends = np.array([low, high], dtype="<u4").view(np.uint8).reshape(2, 4).astype(np.float64)
    share = np.linspace(0, 1, 256)[:, None]
    blended = np.rint(ends[0] + share * (ends[1] - ends[0])).astype(np.uint8)
    shades: npt.NDArray[np.uint32] = blended.view("<u4")[:, 0]
    return shades
