"""Drawings as pixels: the smooth path of a stroke, and what is handed to the engine."""

import itertools
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from app.state.drawing import Drawing, Grey
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
    """Paint strokes with round ends and joins."""
    for stroke in strokes:
        pen = QPen(color, stroke.width * side)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(stroke_path(stroke, side))


def backdrop_place(grey: Grey, side: float) -> QRectF:
    """Return where a picture (height, width) lies when fitted into a square of `side` pixels."""
    height, width = grey.shape
    scale = side / max(height, width)
    size = QRectF(0, 0, width * scale, height * scale)
    size.moveCenter(QPointF(side / 2, side / 2))
    return size


def grey_image(grey: Grey) -> QImage:
    """Return a grey picture (height, width) as a QImage that owns its pixels."""
    height, width = grey.shape
    data = np.ascontiguousarray(grey).tobytes()
    return QImage(data, width, height, width, QImage.Format.Format_Grayscale8).copy()


def render_picture(drawing: Drawing) -> Grey:
    """Return the loaded picture on its paper as grey levels (RENDER_SIDE, RENDER_SIDE)."""

    def paint(painter: QPainter) -> None:
        if drawing.backdrop is not None:
            grey = drawing.backdrop.grey
            painter.drawImage(backdrop_place(grey, RENDER_SIDE), grey_image(grey))

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
