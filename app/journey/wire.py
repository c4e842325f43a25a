"""The wire between the two sides: what travels, how large it is, and the ciphertext on its way."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.journey.stage_card import FADED
from app.kit.theme import Theme

LEG = 1.25
"""How far the tile travels in a leg of the journey, with the way to the next one."""

JOURNEY_MS = 400
TILE_CELLS = 6
FRAME_MS = 16


@dataclass(frozen=True)
class Parcel:
    """Something that crosses the wire: its name and size, its direction, and whether it has."""

    text: str
    size: str
    to_cloud: bool
    has_crossed: bool


class Wire(QWidget):
    """Paints an arrow for each parcel, and the ciphertext as a tile that follows the journey.

    `heights` tells where each parcel crosses: the keys, then what goes up and comes down in every
    leg. The tile's place is 0 to 1 in the first leg: across, down along the cloud's stages, and
    back; `LEG` more in the next one. Signal `tile_moved(place)`, -1 where there is none.
    """

    tile_moved = Signal(float)

    def __init__(self, theme: Theme, heights: Callable[[], tuple[float, ...]]) -> None:
        super().__init__()
        self._faded_from: int | None = None
        self._heights = heights
        self.reduce_motion = False
        self._theme = theme
        self._parcels: tuple[Parcel, ...] = ()
        self._tile: float | None = None
        self._noise = np.random.default_rng(7).random((TILE_CELLS, TILE_CELLS))
        self._target: float | None = None
        self._is_landing = False
        self._moved_at = 0.0
        self._clock = QTimer(self, interval=FRAME_MS)
        self._clock.timeout.connect(self._move_tile)
        self.setAccessibleName("The wire between you and the cloud")
        theme.changed.connect(self.update)

    def show_parcels(self, parcels: tuple[Parcel, ...]) -> None:
        """Show what travels: the keys, the ciphertext, the result."""
        if parcels != self._parcels:
            self._parcels = parcels
            sent = [f"{each.text} {each.size}" for each in parcels if each.has_crossed]
            self.setAccessibleDescription(", ".join(sent) or "Nothing has been sent")
            self.update()

    def place_tile(self, share: float | None) -> None:
        """Let the tile travel to a place; None takes it away."""
        self._is_landing = False
        self._target = share
        if share is None or self._tile is None or self.reduce_motion:
            self._show_tile(share)
        elif not self._clock.isActive():
            self._moved_at = time.perf_counter()
            self._clock.start()

    def land_tile(self) -> None:
        """Take the tile away once it has arrived."""
        self._is_landing = True
        if not self._clock.isActive():
            self.place_tile(None)

    def _move_tile(self) -> None:
        """Bring the tile nearer to where it should be; more legs take it no longer."""
        now, legs = time.perf_counter(), max(1, len(self._parcels) // 2)
        step, self._moved_at = (now - self._moved_at) * 1000 * legs / JOURNEY_MS, now
        assert self._tile is not None
        assert self._target is not None
        gap = self._target - self._tile
        if abs(gap) > step:
            self._show_tile(self._tile + (step if gap > 0 else -step))
            return
        self._clock.stop()
        self._show_tile(None if self._is_landing else self._target)

    def _show_tile(self, share: float | None) -> None:
        self._tile = share
        if share is None:
            self._clock.stop()
        self.tile_moved.emit(-1.0 if share is None else share)
        self.update()

    def fade_from(self, place: int | None) -> None:
        """Fade parcels from a place on, since they were of other settings; None fades none."""
        if place != self._faded_from:
            self._faded_from = place
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if not self._parcels:
                return
            heights = self._heights()
            for place, (parcel, y) in enumerate(zip(self._parcels, heights, strict=True)):
                is_faded = self._faded_from is not None and place >= self._faded_from
                painter.setOpacity(FADED if is_faded else 1.0)
                self._paint_parcel(painter, parcel, y)
            if self._tile is not None:
                self._paint_tile(painter, self._tile_centre(self._tile, heights[1:]))

    def _paint_parcel(self, painter: QPainter, parcel: Parcel, y: float) -> None:
        ink = self._theme.color("encrypted" if parcel.has_crossed else "control")
        left, right = float(self._theme.px(1)), float(self.width() - self._theme.px(1))
        head = self._theme.px(1.5)
        painter.setPen(QPen(ink, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        tip, tail = (right, left) if parcel.to_cloud else (left, right)
        back = -head if parcel.to_cloud else head
        painter.drawLine(QPointF(tail, y), QPointF(tip, y))
        arrow = [QPointF(tip + back, y - head), QPointF(tip, y)]
        painter.drawPolyline(QPolygonF([*arrow, QPointF(tip + back, y + head)]))
        line = self._theme.px(4.5)
        above = QRectF(0, y - line - self._theme.px(1), self.width(), line)
        below = QRectF(0, y + self._theme.px(1), self.width(), line)
        painter.setPen(self._theme.color("muted"))
        painter.setFont(self._theme.font("caption"))
        painter.drawText(above, Qt.AlignmentFlag.AlignCenter, parcel.text)
        if parcel.has_crossed:
            painter.setPen(ink)
            painter.setFont(self._theme.font("strong"))
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, parcel.size)

    def _tile_centre(self, place: float, crossings: tuple[float, ...]) -> QPointF:
        half = self._theme.px(3.5)
        left, right = float(half), float(self.width() - half)
        leg, share = divmod(place, LEG)
        top, bottom = crossings[2 * int(leg) : 2 * int(leg) + 2]
        if share < 0.25:
            return QPointF(left + (right - left) * share * 4, top)
        if share < 0.75:
            return QPointF(right, top + (bottom - top) * (share - 0.25) * 2)
        if share <= 1:
            return QPointF(right - (right - left) * (share - 0.75) * 4, bottom)
        down = crossings[2 * int(leg) + 2] - bottom
        return QPointF(left, bottom + down * (share - 1) / (LEG - 1))

    def _paint_tile(self, painter: QPainter, centre: QPointF) -> None:
        side = self._theme.px(7)
        box = QRectF(0, 0, side, side)
        box.moveCenter(centre)
        ink, paper = self._theme.color("encrypted"), self._theme.color("encrypted_tint")
        painter.setPen(QPen(ink, 1.6))
        painter.setBrush(paper)
        painter.drawRoundedRect(box, self._theme.px(1), self._theme.px(1))
        painter.setPen(Qt.PenStyle.NoPen)
        inner = box.adjusted(3, 3, -3, -3)
        cell = inner.width() / TILE_CELLS
        for (row, column), level in np.ndenumerate(self._noise):
            ink.setAlphaF(float(level))
            painter.setBrush(ink)
            painter.drawRect(
                QRectF(inner.left() + column * cell, inner.top() + row * cell, cell, cell)
            )
