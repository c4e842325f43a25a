"""What the audience sees, small, for the speaker: who points or draws on it does so over there."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.kit.theme import Theme
from app.present.story import Step
from app.present.telling import Presentation
from app.present.window import PresentationWindow

TICK_MS = 250
"""How often the picture is made again: pages move by themselves while the engine is at work."""


class Mirror(QWidget):
    """Shows `story` in its proportions; the mouse over it is the pointer, and a pen on its canvas.

    Attribute: `area`, where the picture is, in pixels of this widget.
    """

    def __init__(self, presentation: Presentation, story: PresentationWindow, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._told, self._story = presentation, story
        self._pixmap = QPixmap()
        self._draws = False
        self.setAccessibleName("What the audience sees")
        self.setToolTip("Point here, and a dot shows on the projector; draw here, and it is drawn.")
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self.renew)
        presentation.changed.connect(self.update)

    @property
    def area(self) -> QRectF:
        """Return the largest rectangle of the story's proportions in the middle of this widget."""
        size = self._story.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        corner = QPointF(self.width() - size.width(), self.height() - size.height()) / 2
        return QRectF(corner, size.toSizeF())

    def renew(self) -> None:
        """Take the picture again, unless the story is held still to change its looks."""
        if not self._story.updatesEnabled():
            return
        area, ratio = self.area, self.devicePixelRatioF()
        pixmap = QPixmap((area.size() * ratio).toSize().expandedTo(QSize(1, 1)))
        scale = pixmap.width() / max(1, self._story.width())
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.scale(scale, scale)
            self._story.render(painter, QPoint())
        pixmap.setDevicePixelRatio(ratio)
        self._pixmap = pixmap
        self.update()

    def heightForWidth(self, width: int) -> int:  # noqa: D102 - Qt's
        return width * self._story.height() // max(1, self._story.width())

    def hasHeightForWidth(self) -> bool:  # noqa: D102 - Qt's
        return True

    def sizeHint(self) -> QSize:  # noqa: D102 - Qt's
        return QSize(self._story.width() // 2, self._story.height() // 2)

    # --- events

    def event(self, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if event.type() is QEvent.Type.Show:
            self._tick.start()
            self.renew()
        elif event.type() is QEvent.Type.Hide:
            self._tick.stop()
            self._told.point_at(None)
        elif event.type() is QEvent.Type.Leave:
            self._told.point_at(None)
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            painter.drawPixmap(self.area.topLeft(), self._pixmap)
            painter.setPen(self._theme.color("border"))
            painter.drawRect(self.area.adjusted(0, 0, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: D102 - Qt's
        point = self._on_canvas(event.position())
        inside = 0 <= point.x() <= 1 and 0 <= point.y() <= 1
        self._draws = self._told.step is Step.DRAW and inside
        if self._draws:
            canvas = self._story.draw.canvas
            canvas.put_down(point.toTuple(), canvas.brush_width)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: D102 - Qt's
        if self._draws:
            self._story.draw.canvas.move_to(self._on_canvas(event.position()).toTuple())
            self.renew()
        self._point(event.position())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: D102 - Qt's
        if self._draws:
            self._draws = False
            self._story.draw.canvas.lift()
            self.renew()

    def _point(self, position: QPointF) -> None:
        area = self.area
        x = (position.x() - area.x()) / max(1.0, area.width())
        y = (position.y() - area.y()) / max(1.0, area.height())
        self._told.point_at((x, y) if 0 <= x <= 1 and 0 <= y <= 1 else None)

    def _on_canvas(self, position: QPointF) -> QPointF:
        """Return where a point of this widget lies on the story's canvas, 0 to 1 on it."""
        canvas, scale = self._story.draw.canvas, self._story.width() / max(1.0, self.area.width())
        there = (position - self.area.topLeft()) * scale
        here = there - canvas.mapTo(self._story, QPoint()).toPointF()
        return QPointF(here.x() / max(1, canvas.width()), here.y() / max(1, canvas.height()))
