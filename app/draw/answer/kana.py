"""The kana of KMNIST's classes, drawn: many computers have no font that has them."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from app.draw.picture.rendering import paint_strokes
from app.draw.picture.samples import sample_drawing
from engine.data_sets.registry import CLASSES
from engine.pictures.strokes import Stroke

KANA = "KMNIST"


def kana_of(classes: tuple[str, ...], name: str) -> tuple[Stroke, ...]:
    """Return the strokes of the kana that the class `name` of `classes` is; none of other sets."""
    if classes != CLASSES[KANA]:
        return ()
    return sample_drawing(name, KANA).strokes


def paint_kana(
    painter: QPainter, strokes: tuple[Stroke, ...], place: QRectF, color: QColor
) -> None:
    """Paint a kana as large as fits into the middle of a place."""
    side = min(place.width(), place.height())
    painter.save()
    painter.translate(place.center().x() - side / 2, place.center().y() - side / 2)
    paint_strokes(painter, strokes, side, color)
    painter.restore()
