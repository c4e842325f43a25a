"""Drawings as pixels: the smooth path of a stroke, and what is handed to the engine."""

import itertools
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPixmap

from app.state.drawing import Drawing, Grey, Picture, as_shown
from engine.pictures.images import Photo
from engine.pictures.strokes import Stroke

RENDER_SIDE = 280
"""Ten pixels for each pixel of the network's input."""


def stroke_path(stroke: Stroke, side: float) -> QPainterPath:
    """Return the stroke on a canvas of `side` pixels, rounded through the points' middles."""
    points = [QPointF(x * side, y * side) for x, y in stroke.points]
    path = QPainterPath(points[0])
    for here, after in itertools.pairwise(points[1:]):
        path.quadTo(here, (here + after) / 2)
    path.lineTo(points[-1] + QPointF(0.01, 0) if len(points) == 1 else points[-1])
    return path


def paint_strokes(
    painter: QPainter, strokes: tuple[Stroke, ...], side: float, color: QColor
) -> None:
    """Paint strokes with round ends and joins, in `color` where they have none of their own."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for stroke in strokes:
        own = color if stroke.colour is None else QColor(*stroke.colour)
        pen = QPen(own, stroke.width * side)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(stroke_path(stroke, side))


def drawn_pixmap(strokes: tuple[Stroke, ...], color: QColor, side: int) -> QPixmap:
    """Return strokes in one colour on nothing, `side` pixels each way."""
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_strokes(painter, strokes, side, color)
    return pixmap


def backdrop_place(picture: Grey | Photo, side: float) -> QRectF:
    """Return where a picture (height, width, ...) lies when fitted into a square of `side`."""
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    size = QRectF(0, 0, width * scale, height * scale)
    size.moveCenter(QPointF(side / 2, side / 2))
    return size


def middle_square(place: QRectF) -> QRectF:
    """Return the largest square in the middle of a place."""
    side = min(place.width(), place.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(place.center())
    return square


def image_of(picture: Grey | Photo) -> QImage:
    """Return grey levels (height, width), or colours (..., 3), as a QImage with its own pixels."""
    height, width = picture.shape[:2]
    data = np.ascontiguousarray(picture).tobytes()
    if picture.ndim == 3:
        return QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    return QImage(data, width, height, width, QImage.Format.Format_Grayscale8).copy()


def seen_image(picture: Picture) -> QImage:
    """Return what a network sees, grey or colour, as it is."""
    return image_of(as_shown(picture))


def render_photo(drawing: Drawing) -> Photo:
    """Return a photo with strokes on it (side, side, 3): its middle square, else white paper."""
    backdrop = drawing.backdrop
    image = QImage(RENDER_SIDE, RENDER_SIDE, QImage.Format.Format_RGB888)
    image.fill(QColor("white"))
    place = QRectF(image.rect())
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if backdrop is not None:
            place = backdrop_place(backdrop.photo, RENDER_SIDE)
            painter.drawImage(place, image_of(backdrop.photo))
        ink = QColor(drawing.ink, drawing.ink, drawing.ink)
        paint_strokes(painter, drawing.strokes, RENDER_SIDE, ink)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(RENDER_SIDE, image.bytesPerLine())
    whole = rows[:, : 3 * RENDER_SIDE].reshape(RENDER_SIDE, RENDER_SIDE, 3)
    seen = middle_square(place).toRect()
    return whole[seen.top() : seen.bottom() + 1, seen.left() : seen.right() + 1].copy()


def render_picture(drawing: Drawing) -> Grey:
    """Return the loaded picture on its paper as grey levels (RENDER_SIDE, RENDER_SIDE)."""

    def paint(painter: QPainter) -> None:
        if drawing.backdrop is not None:
            grey = drawing.backdrop.grey
            painter.drawImage(backdrop_place(grey, RENDER_SIDE), image_of(grey))

    return _rendered(drawing.paper, paint)


def render_strokes(drawing: Drawing) -> Grey:
    """Return the strokes alone, 255 on 0, (RENDER_SIDE, RENDER_SIDE)."""
    white = QColor(255, 255, 255)
    return _rendered(0, lambda each: paint_strokes(each, drawing.strokes, RENDER_SIDE, white))


def _rendered(paper: int, paint: Callable[[QPainter], None]) -> Grey:
    image = QImage(RENDER_SIDE, RENDER_SIDE, QImage.Format.Format_Grayscale8)
    image.fill(QColor(paper, paper, paper))
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        paint(painter)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(RENDER_SIDE, image.bytesPerLine())
    return rows[:, :RENDER_SIDE].copy()
