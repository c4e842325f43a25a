"""The 28x28 picture that the network will see, magnified with crisp pixels."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.drawing import Grey
from app.state import AppState
from app.theme import Theme

SIDE = 28


class Preview(QWidget):
    """Shows `state.picture` in shades of the colour that means clear."""

    def __init__(self, state: AppState, theme: Theme) -> None:
        super().__init__()
        self._state = state
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip("What the network sees: 28 x 28 pixels, made as its training pictures were")
        state.drawing_changed.connect(self._refresh)
        theme.changed.connect(self.update)
        self._refresh()

    def _refresh(self) -> None:
        content = "empty" if self._state.picture is None else "a drawing"
        self.setAccessibleName(f"What the network sees, 28 by 28 pixels: {content}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self._theme.color("sunken"))
            picture = self._state.picture
            if picture is not None:
                paper, ink = self._theme.color("sunken"), self._theme.color("clear")
                painter.drawImage(QRectF(self.rect()), tinted_image(picture, paper, ink))
            painter.setPen(QPen(self._theme.color("border"), 1))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))


def tinted_image(grey: Grey, low: QColor, high: QColor) -> QImage:
    """Return grey levels (height, width) as an image whose shades run from `low` to `high`."""
    height, width = grey.shape
    image = QImage(grey.tobytes(), width, height, width, QImage.Format.Format_Indexed8).copy()
    image.setColorTable([_blend(low, high, level / 255) for level in range(256)])
    return image.convertToFormat(QImage.Format.Format_RGB32, Qt.ImageConversionFlag.AutoColor)


def _blend(low: QColor, high: QColor, share: float) -> int:
    channels = zip(low.getRgb()[:3], high.getRgb()[:3], strict=True)  # type: ignore[index]
    red, green, blue = (round(a + (b - a) * share) for a, b in channels)
    return QColor(red, green, blue).rgb()
