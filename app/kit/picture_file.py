"""A widget as it is shown, as a picture file: PNG twice as sharp, or SVG with shapes."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QSize
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

PNG_SHARPNESS = 2


def png_bytes(widget: QWidget) -> bytes:
    """Return the widget as the bytes of a PNG file."""
    pixmap = QPixmap(widget.size() * PNG_SHARPNESS)
    pixmap.setDevicePixelRatio(PNG_SHARPNESS)
    widget.render(pixmap)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    pixmap.save(buffer, "PNG")
    return bytes(data.data())


def svg_bytes(widget: QWidget) -> bytes:
    """Return the widget as the bytes of an SVG file."""
    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setTitle(widget.accessibleName())
    generator.setSize(QSize(widget.size()))
    generator.setViewBox(QRect(QPoint(0, 0), widget.size()))
    with QPainter(generator) as painter:
        widget.render(painter, QPoint(0, 0))
    return bytes(buffer.data().data())
