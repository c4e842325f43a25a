"""All slots of one ciphertext, or of a mask, as a picture that can be seen near enough to read."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPaintEngine,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.inside.slots.shades import STEPS, Levels, cells_image, levels_of, veil_image
from app.inside.slots.shown import Shown, number_text
from app.inside.viewing import Viewing
from app.kit.theme import Theme
from engine.circuits.diagonals import IntArray

ARROWS = {
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
}
SHARPNESS = 2
"""In a file the cells are so many times as large as they are seen."""
FAINT_NUMBER = 0.75
"""Numbers on shades stronger than this share are written in the paper's colour."""


class SlotView(QWidget):
    """Shows `Shown` slots as far as they are in sight: of each slot value `part`, 0 or 1."""

    def __init__(self, viewing: Viewing, theme: Theme, part: int = 0) -> None:
        super().__init__()
        self._part = part
        self._viewing = viewing
        self._theme = theme
        self._shown: Shown | None = None
        self._levels: Levels = np.zeros(0, dtype=np.uint8)
        self._dragged: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        viewing.pointed.connect(self.update)
        viewing.moved.connect(self.update)
        theme.changed.connect(self.update)

    def show_slots(self, shown: Shown, name: str) -> None:
        """Show other slots."""
        self._shown = shown
        self._levels = levels_of(shown.values, shown.largest)
        self.setAccessibleName(name)
        self.update()

    @property
    def shown(self) -> Shown | None:
        """Return the slots that are shown."""
        return self._shown

    def _shift(self) -> int:
        """Return by how many slots the cells are off: the whole grid always begins at slot 0."""
        near = self._viewing.sight.distance > 0
        return self._shown.shift if near and self._shown is not None else 0

    def _cell(self) -> tuple[float, float]:
        sight = self._viewing.sight
        return self.width() / sight.across, self.height() / sight.down

    def slot_at(self, place: QPointF) -> int:
        """Return the slot of the whole step that a place in this widget belongs to."""
        sight, (width, height) = self._viewing.sight, self._cell()
        column = min(max(0, int(place.x() / width)), sight.across - 1)
        row = min(max(0, int(place.y() / height)), sight.down - 1)
        cell = int(sight.cells(self._shift())[row, column])
        shift = self._shown.shift if self._shown is not None else 0
        return (cell - shift) % sight.slots

    # --- painting

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            self.paint(painter)

    def paint(self, painter: QPainter) -> None:
        """Paint it as it is, on any device."""
        painter.fillRect(self.rect(), self._theme.color("sunken"))
        if self._shown is not None:
            cells = self._viewing.sight.cells(self._shift())
            self._paint_cells(painter, self._shown, cells)
            if self._viewing.sight.distance:
                self._paint_grid(painter)
            if self._viewing.sight.shows_numbers:
                self._paint_numbers(painter, self._shown, cells)
            self._paint_marks(painter, self._shown, cells)
        painter.setPen(QPen(self._theme.color("border"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_cells(self, painter: QPainter, shown: Shown, cells: IntArray) -> None:
        image = cells_image(self._levels[cells], shown.is_held[cells], self._theme, shown.kind)
        if painter.paintEngine().type() is QPaintEngine.Type.SVG:
            image = image.scaled(self.size() * SHARPNESS)  # readers would blur the few pixels
        painter.drawImage(QRectF(self.rect()), image)
        if shown.fresh is not None:
            hidden = ~np.isin(cells, shown.fresh)
            painter.drawImage(QRectF(self.rect()), veil_image(hidden, self._theme))

    def _paint_grid(self, painter: QPainter) -> None:
        sight, (width, height) = self._viewing.sight, self._cell()
        painter.setPen(QPen(self._theme.color("border"), 1))
        for column in range(1, sight.across):
            painter.drawLine(QPointF(column * width, 0), QPointF(column * width, self.height()))
        for row in range(1, sight.down):
            painter.drawLine(QPointF(0, row * height), QPointF(self.width(), row * height))

    def _paint_numbers(self, painter: QPainter, shown: Shown, cells: IntArray) -> None:
        width, height = self._cell()
        painter.setFont(self._theme.font("caption"))
        paper, ink = self._theme.color("sunken"), self._theme.color("text")
        quiet = self._theme.color("muted")
        is_strong = np.abs(self._levels[cells].astype(np.int64) - STEPS) > STEPS * FAINT_NUMBER
        is_held = shown.is_held[cells]
        for color, places in (
            (paper, is_held & is_strong),
            (ink, is_held & ~is_strong),
            (quiet, ~is_held),
        ):
            painter.setPen(color)  # three times in all: each change costs
            for row, column in np.argwhere(places).tolist():
                box = QRectF(column * width, row * height, width, height)
                text = number_text(shown, int(cells[row, column]))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_marks(self, painter: QPainter, shown: Shown, cells: IntArray) -> None:
        slot = self._viewing.slot
        if slot is None:
            return
        width, height = self._cell()
        for row, column in np.argwhere(cells == (slot + shown.shift) % len(shown.values)):
            box = QRectF(column * width, row * height, width, height)
            self._mark(painter, box)

    def _mark(self, painter: QPainter, cell: QRectF) -> None:
        """Draw a frame around a cell that is seen on any ground."""
        away = max(1.0, self._theme.px(0.5))
        for color, grown, width in (
            (QColor(self._theme.color("surface")), away, away * 2),
            (QColor(self._theme.color("text")), away, away),
        ):
            painter.setPen(QPen(color, width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(cell.adjusted(-grown, -grown, grown, grown))

    # --- what a person does

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: D102 - Qt's
        place = event.position()
        if self._dragged is not None and event.buttons() & Qt.MouseButton.LeftButton:
            width, height = self._cell()
            rows, columns = (
                round((self._dragged.y() - place.y()) / height),
                round((self._dragged.x() - place.x()) / width),
            )
            if rows or columns:
                self._dragged = place
                self._viewing.set_sight(self._viewing.sight.moved(rows, columns))
            return
        self._viewing.point(self.slot_at(place), self._part)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: D102 - Qt's
        self._dragged = event.position()
        self._viewing.point(self.slot_at(event.position()), self._part)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: D102 - Qt's
        self._dragged = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: D102 - Qt's
        self._viewing.zoom(1, self.slot_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: D102 - Qt's
        super().leaveEvent(event)
        if not self.hasFocus():
            self._viewing.point(None)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: D102 - Qt's
        turned = event.angleDelta().y()
        if turned:
            self._viewing.zoom(1 if turned > 0 else -1, self.slot_at(event.position()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        arrow = ARROWS.get(Qt.Key(event.key()))
        if arrow is not None and not event.modifiers():
            self._viewing.move_slot(*arrow)
        else:
            super().keyPressEvent(event)
