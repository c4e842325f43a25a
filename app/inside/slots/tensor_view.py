"""The values of a layer, channel by channel, with some of them marked."""

import math

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.inside.slots.shades import Kind, cells_image, levels_of, veil_image
from app.kit.theme import Theme
from engine.arrays import Array
from engine.inside.provenance import Marks

GAP = 1


class TensorView(QWidget):
    """Shows `values` (channels, height, width) side by side; outlines what is marked."""

    def __init__(self, theme: Theme, name: str, *, centred: bool = False) -> None:
        super().__init__()
        self._centred = centred
        self._theme = theme
        self._name = name
        self._values: Array | None = None
        self._marks: Marks | None = None
        self._kind: Kind = "value"
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_values(self, values: Array | None, marks: Marks | None, kind: Kind = "value") -> None:
        """Show other values; None for none."""
        self._values, self._marks, self._kind = values, marks, kind
        count = 0 if marks is None else int(marks.sum())
        self.setAccessibleDescription(f"{count} marked")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            if self._values is None:
                return
            channels, height, width = self._values.shape
            columns = _columns(channels, height, width, self.width() / max(1, self.height()))
            rows = math.ceil(channels / columns)
            gap = self._theme.px(GAP)
            side = min(
                (self.width() - 1 - gap * (columns - 1)) / (columns * width),
                (self.height() - 1 - gap * (rows - 1)) / (rows * height),
            )
            spare = self.width() - columns * side * width - gap * (columns - 1)
            left = spare / 2 if self._centred else 0.5
            largest = float(np.abs(self._values).max())
            for channel, plane in enumerate(self._values):
                row, column = divmod(channel, columns)
                box = QRectF(
                    left + column * (side * width + gap),
                    0.5 + row * (side * height + gap),
                    side * width,
                    side * height,
                )
                held = np.ones(plane.shape, dtype=bool)
                image = cells_image(levels_of(plane, largest), held, self._theme, self._kind)
                painter.drawImage(box, image)
                if self._marks is not None:
                    self._paint_marks(painter, self._marks[channel], box, side)
                painter.setPen(QPen(self._theme.color("border"), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(box)

    def _paint_marks(self, painter: QPainter, marks: Marks, box: QRectF, side: float) -> None:
        """Dim what is not marked, and outline what is, unless that is everything."""
        if not marks.any() or marks.all():
            return
        rows, columns = np.flatnonzero(marks.any(axis=1)), np.flatnonzero(marks.any(axis=0))
        inside = QRectF(
            box.left() + columns[0] * side,
            box.top() + rows[0] * side,
            (columns[-1] - columns[0] + 1) * side,
            (rows[-1] - rows[0] + 1) * side,
        )
        painter.drawImage(box, veil_image(~marks, self._theme))
        painter.setPen(QPen(self._theme.color("text"), self._theme.px(0.5)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(inside)


def _columns(channels: int, height: int, width: int, aspect: float) -> int:
    """Return in how many columns so many channels fill a room of `aspect` best."""

    def side(columns: int) -> float:
        rows = math.ceil(channels / columns)
        return min(aspect / (columns * width), 1 / (rows * height))

    return max(range(1, channels + 1), key=side)
