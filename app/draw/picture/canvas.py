"""The canvas: a pen on paper. Mouse, pen and touch draw; so do the arrow keys with Space.

Pen and touch arrive as the mouse events that Qt makes of them.
"""

import math
from enum import Enum

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.draw.picture.rendering import paint_strokes
from app.draw.picture.sheet import Sheet
from app.kit.theme import Theme
from app.state.drawing import Drawing
from app.state.everything import AppState
from engine.pictures.strokes import Point, Stroke

LEAST_STEP = 0.004
KEY_STEP = 1 / 28

ARROWS: dict[int, Point] = {
    Qt.Key.Key_Left.value: (-KEY_STEP, 0.0),
    Qt.Key.Key_Right.value: (KEY_STEP, 0.0),
    Qt.Key.Key_Up.value: (0.0, -KEY_STEP),
    Qt.Key.Key_Down.value: (0.0, KEY_STEP),
}


Colour = tuple[int, int, int]


class Pen(Enum):
    """What holds the pen down."""

    UP = "up"
    POINTER = "pointer"
    KEYBOARD = "keyboard"


class Canvas(QWidget):
    """Shows the state's drawing and adds strokes to it.

    Signals: `changing(Drawing)` while a stroke is drawn, `drawn(Drawing)` when it is finished.
    """

    changing = Signal(object)
    drawn = Signal(object)

    def __init__(self, state: AppState, theme: Theme) -> None:
        super().__init__()
        self.brush_width = self._width = 0.085
        self.colour: Colour | None = None
        self._state = state
        self._theme = theme
        self._points: list[Point] = []
        self._sheet = Sheet(state, theme)
        self._pen = Pen.UP
        self._keyboard_draws = False
        self._keyboard_focus = False
        self._cursor: Point = (0.5, 0.5)
        self.setAccessibleName("Canvas")
        self.setAccessibleDescription(
            "Draw here. With the keyboard: arrow keys move, Space puts the pen down or up."
        )
        self.setToolTip(self.accessibleDescription())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        state.drawn.changed.connect(self._follow_drawing)
        state.chosen.changed.connect(self._paint_anew)
        theme.changed.connect(self._paint_anew)

    # --- drawing

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: D102 - Qt's
        if event.button() is Qt.MouseButton.LeftButton:
            self._keyboard_draws = False
            self.put_down(self._position(event), self.brush_width)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: D102 - Qt's
        if self._pen is Pen.POINTER:
            self.move_to(self._position(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: D102 - Qt's
        if event.button() is Qt.MouseButton.LeftButton and self._pen is Pen.POINTER:
            self.lift()

    def put_down(self, point: Point, width: float) -> None:
        """Begin a stroke at a point, as a pressed mouse button does, with a pen so wide."""
        self._end_stroke()
        self._begin_stroke(_inside(*point), Pen.POINTER, width)

    def move_to(self, point: Point) -> None:
        """Go on with the stroke."""
        if self._pen is not Pen.UP:
            self._extend_stroke(_inside(*point))

    def lift(self) -> None:
        """End the stroke, if there is one."""
        self._end_stroke()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        if event.key() in ARROWS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._keyboard_draws = True
            dx, dy = ARROWS[event.key()]
            x, y = self._cursor
            self._cursor = _inside(x + dx, y + dy)
            if self._pen is Pen.KEYBOARD:
                self._extend_stroke(self._cursor)
            self.update()
        elif event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._keyboard_draws = True
            if self._pen is Pen.KEYBOARD:
                self._end_stroke()
            else:
                self._begin_stroke(self._cursor, Pen.KEYBOARD, self.brush_width)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: D102 - Qt's
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._keyboard_focus = True
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: D102 - Qt's
        if event.reason() is not Qt.FocusReason.ActiveWindowFocusReason:
            self._keyboard_focus = self._keyboard_draws = False
        super().focusOutEvent(event)

    def _position(self, event: QMouseEvent) -> Point:
        point = event.position()
        return _inside(point.x() / self.width(), point.y() / self.height())

    def _begin_stroke(self, point: Point, pen: Pen, width: float) -> None:
        self._pen, self._width = pen, width
        self._points = [point]
        self._show_stroke()

    def _extend_stroke(self, point: Point) -> None:
        if math.dist(self._points[-1], point) >= LEAST_STEP:
            self._points.append(point)
            self._show_stroke()

    def _end_stroke(self) -> None:
        if self._pen is not Pen.UP:
            drawing = self._unfinished()
            self._pen, self._points = Pen.UP, []
            self.drawn.emit(drawing)
            self.update()

    def _show_stroke(self) -> None:
        if len(self._points) == 1 or self._pen is Pen.KEYBOARD:
            self.update()
        else:
            self.update(self._newest_part())
        self.changing.emit(self._unfinished())

    def _unfinished(self) -> Drawing:
        return self._state.drawn.history.current.with_stroke(
            Stroke(tuple(self._points), self._width, self.colour)
        )

    # --- painting

    def _newest_part(self) -> QRect:
        """Return where the stroke changed: its end is rounded through the last points' middles."""
        side = self.width()
        end = QPolygonF([QPointF(x * side, y * side) for x, y in self._points[-4:]])
        reach = self._width * side / 2 + 2
        return end.boundingRect().adjusted(-reach, -reach, reach, reach).toAlignedRect()

    def _follow_drawing(self) -> None:
        if not self._sheet.shows(self._state.drawn.history.current):
            self.update()

    def _paint_anew(self) -> None:
        self._sheet.forget()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            drawing, side = self._state.drawn.history.current, self.width()
            hint = drawing.is_empty and not self._points
            sheet = self._sheet.pixmap(drawing, side, self.devicePixelRatio(), hint=hint)
            painter.drawPixmap(0, 0, sheet)
            if self._points:
                stroke = Stroke(tuple(self._points), self._width, self.colour)
                paint_strokes(painter, (stroke,), side, self._sheet.ink(drawing))
            if self._keyboard_focus or self._keyboard_draws:
                self._paint_focus(painter)

    def _paint_focus(self, painter: QPainter) -> None:
        painter.setPen(QPen(self._theme.color("encrypted"), 2))
        radius = self._theme.px(1.25)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        if self._keyboard_draws:
            x, y = self._cursor[0] * self.width(), self._cursor[1] * self.height()
            arm = self._theme.px(1.5)
            painter.drawLine(QPointF(x - arm, y), QPointF(x + arm, y))
            painter.drawLine(QPointF(x, y - arm), QPointF(x, y + arm))


def _inside(x: float, y: float) -> Point:
    return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)
