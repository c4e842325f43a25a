"""The picture that the network will see, magnified with crisp pixels."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.draw.picture.rendering import seen_image
from app.kit.theme import Theme
from app.state.drawing import Picture
from app.state.everything import AppState

PREPARED = {
    "mass": "made as its training pictures were",
    "box": "made as its training pictures were",
    "photo": "the middle of the picture, made smaller",
}


class Preview(QWidget):
    """Shows `state.drawn.picture`, grey levels in shades of the colour that means clear."""

    def __init__(self, state: AppState, theme: Theme) -> None:
        super().__init__()
        self._state = state
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        state.drawn.changed.connect(self._refresh)
        state.chosen.changed.connect(self._refresh)
        theme.changed.connect(self.update)
        self._refresh()

    def _refresh(self) -> None:
        _, height, width = self._state.chosen.shape
        content = "empty" if self._state.drawn.picture is None else "a drawing"
        self.setAccessibleName(f"What the network sees, {width} by {height} pixels: {content}")
        self.setToolTip(
            f"What the network sees: {width} x {height} pixels, "
            f"{PREPARED[self._state.chosen.fitting]}"
        )
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


def tinted_image(picture: Picture, low: QColor, high: QColor) -> QImage:
    """Return grey levels as an image whose shades run from `low` to `high`, colours as they are."""
    if picture.ndim == 3:
        return seen_image(picture)
    height, width = picture.shape
    pixels = _shades(low.rgb(), high.rgb())[picture]
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
