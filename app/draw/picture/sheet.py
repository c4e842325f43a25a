"""What lies under the pen: paper, guide or picture, and the strokes that are finished.

It is painted once for as long as it stays, so that while the pen moves only its stroke is new.
"""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from app.draw.picture.rendering import backdrop_place, image_of, middle_square, paint_strokes
from app.kit.theme import Theme
from app.kit.wording import drawing_hint
from app.state.drawing import Backdrop, Drawing
from app.state.everything import AppState
from engine.pictures.fitting import INK_SIDE, SIDE


class Sheet:
    """Paints drawings as the chosen network's pictures ask, and keeps the last one."""

    def __init__(self, state: AppState, theme: Theme) -> None:
        self._state = state
        self._theme = theme
        self._kept: QPixmap | None = None
        self._drawing: Drawing | None = None
        self._has_hint = False

    def shows(self, drawing: Drawing) -> bool:
        """Tell whether this very drawing is the one that is kept."""
        return self._drawing is drawing

    def forget(self) -> None:
        """Paint anew, since colours or what the network reads have changed."""
        self._kept = None

    def pixmap(self, drawing: Drawing, side: int, ratio: float, *, hint: bool) -> QPixmap:
        """Return a drawing on `side` pixels of a screen's ratio, empty ones with a hint or not."""
        size = (QSizeF(side, side) * ratio).toSize()
        kept = self._kept
        if (
            kept is None
            or kept.size() != size
            or (self._drawing, self._has_hint) != (drawing, hint)
        ):
            kept = QPixmap(size)
            kept.setDevicePixelRatio(ratio)
            kept.fill(Qt.GlobalColor.transparent)
            with QPainter(kept) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                self._paint(painter, drawing, side, hint)
            self._kept, self._drawing, self._has_hint = kept, drawing, hint
        return kept

    def ink(self, drawing: Drawing) -> QColor:
        """Return the colour of strokes that have none of their own."""
        if drawing.backdrop is None:
            return self._theme.color("clear")
        return QColor(drawing.ink, drawing.ink, drawing.ink)

    def _paint(self, painter: QPainter, drawing: Drawing, side: int, hint: bool) -> None:
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.setBrush(self._theme.color("sunken"))
        radius = self._theme.px(1.25)
        painter.drawRoundedRect(QRectF(0.5, 0.5, side - 1, side - 1), radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if drawing.backdrop is None:
            self._paint_guide(painter, side, hint)
        else:
            self._paint_backdrop(painter, drawing.backdrop, side)
        paint_strokes(painter, drawing.strokes, side, self.ink(drawing))

    def _paint_backdrop(self, painter: QPainter, backdrop: Backdrop, side: int) -> None:
        """Paint a loaded picture; of a photo, fade what lies outside the square that is seen."""
        is_photo = self._state.chosen.fitting == "photo"
        shown = backdrop.photo if is_photo else backdrop.grey
        place = backdrop_place(shown, side - 2).translated(1, 1)
        painter.drawImage(place, image_of(shown))
        seen = middle_square(place)
        if is_photo and place != seen:
            outside = QPainterPath()
            outside.addRect(place)
            outside.addRect(seen)
            veil = self._theme.color("sunken")
            veil.setAlphaF(0.7)
            painter.fillPath(outside, veil)

    def _paint_guide(self, painter: QPainter, width: int, hint: bool) -> None:
        """Paint the box that the data set's pictures are fitted into."""
        model, fitting = self._state.chosen.settings.model, self._state.chosen.fitting
        share = 1.0 if fitting == "photo" else INK_SIDE[fitting] / SIDE
        side = min(width * share, width - self._theme.px(3))
        box = QRectF(0, 0, side, side)
        box.moveCenter(QPointF(width / 2, width / 2))
        pen = QPen(self._theme.color("border"), 1.2, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 5])
        painter.setPen(pen)
        painter.drawRect(box)
        if hint:
            painter.setPen(self._theme.color("muted"))
            painter.setFont(self._theme.font("body"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, drawing_hint(model, fitting))
