"""The dot that the audience sees where the speaker points."""

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.kit.theme import Theme
from app.present.telling import Presentation

RADIUS = 2.5


class Pointer(QWidget):
    """Lies over the story; nothing but the dot is painted, and the mouse goes through it."""

    def __init__(self, presentation: Presentation, theme: Theme, story: QWidget) -> None:
        super().__init__(story)
        self._told, self._theme, self._story = presentation, theme, story
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("The speaker's pointer")
        presentation.pointed.connect(self._follow)
        self.hide()

    def _follow(self) -> None:
        at = self._told.pointer
        shown = at is not None and not self._told.is_black
        self.setVisible(shown)
        if at is not None and shown:
            side = 2 * self._theme.px(RADIUS)
            centre = QPoint(round(at[0] * self._story.width()), round(at[1] * self._story.height()))
            self.setGeometry(centre.x() - side // 2, centre.y() - side // 2, side, side)
            self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            edge = self._theme.px(0.5)
            painter.setPen(QPen(self._theme.color("surface"), edge))
            painter.setBrush(self._theme.color("danger"))
            inner = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
            painter.drawEllipse(QPointF(inner.center()), inner.width() / 2, inner.height() / 2)
