"""The moments of a run as they are painted for an animated picture."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen, QPolygonF

from app.draw.picture.rendering import seen_image
from app.kit.palette import LIGHT
from app.kit.wording import share_text, size_text, time_text
from app.state.stored_run import StoredRun
from engine.planning.journey import StageInfo
from engine.session.events import StageFinished

SIZE = QSize(960, 540)
LEFT = QRectF(24, 70, 300, 446)
RIGHT = QRectF(486, 70, 450, 446)
UP_AT, DOWN_AT = LEFT.top() + 60, LEFT.bottom() - 60
HIGHEST_CARD = 74.0
NOISE_CELLS = 6
Align = Qt.AlignmentFlag


@dataclass(frozen=True)
class Moment:
    """A moment to show for `milliseconds`: steps `done`, and where the ciphertext is, 0 to 1."""

    done: int
    tile: float | None
    milliseconds: int


class Scene:
    """Paints the moments of one run, its steps lasting `slower` times as long at most."""

    def __init__(self, run: StoredRun, stages: Sequence[StageInfo], slower: int) -> None:
        self._slower = slower
        self._run = run
        self._infos = {stage.key: stage for stage in stages}
        self._picture = seen_image(run.pixels)
        self._noise = np.random.default_rng(7).random((NOISE_CELLS, NOISE_CELLS))

    def paint(self, moment: Moment) -> QImage:
        """Return one moment."""
        image = QImage(SIZE, QImage.Format.Format_RGB888)
        image.fill(QColor(LIGHT.window))
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_head(painter)
            self._paint_side(painter, LEFT, "You have the key", "clear")
            self._paint_side(painter, RIGHT, "The cloud has none", "encrypted")
            self._paint_picture(painter, moment)
            self._paint_cards(painter, moment)
            self._paint_wire(painter, moment)
        return image

    def _paint_head(self, painter: QPainter) -> None:
        title = "An encrypted picture, read by a cloud without a key"
        _write(painter, QRectF(24, 12, 912, 30), title, 15, "text", bold=True)
        note = f"Steps are shown up to {self._slower} times as long as they took"
        _write(painter, QRectF(24, 40, 912, 20), note, 9.5, "muted")

    def _paint_side(self, painter: QPainter, box: QRectF, title: str, colour: str) -> None:
        painter.setPen(QPen(QColor(getattr(LIGHT, f"{colour}_edge")), 1))
        painter.setBrush(QColor(getattr(LIGHT, f"{colour}_tint")))
        painter.drawRoundedRect(box, 10, 10)
        _write(painter, box.adjusted(14, 8, -14, 0), title, 11, colour, bold=True, top=True)

    def _paint_picture(self, painter: QPainter, moment: Moment) -> None:
        run, side = self._run, 150.0
        place = QRectF(LEFT.left() + 14, LEFT.top() + 40, side, side)
        painter.drawImage(place, self._picture)
        is_over = moment.done == len(run.stages)
        beside = QRectF(place.right() + 6, place.top(), LEFT.right() - place.right() - 12, side)
        answer = run.answer if is_over else "?"
        size = 60 if len(answer) <= 2 else 15
        _write(painter, beside, answer, size, "clear", bold=True, centred=True)
        if is_over:
            same = "as without encryption" if run.agrees else f"in the clear: {run.clear_answer}"
            error = f"scores off by {share_text(run.relative_error)}"
            if not run.clear:
                same, error = "with a model that is", "the cloud's secret"
            total = f"{time_text(run.total_seconds)} with everything"
            line = QRectF(LEFT.left() + 14, LEFT.bottom() - 92, LEFT.width() - 28, 26)
            for text in (same, error, total):
                _write(painter, line, text, 11.5, "text")
                line.translate(0, 27)

    def _cards(self) -> Iterator[tuple[int, QRectF]]:
        """Yield the place of every step that is no crossing, and its card."""
        for side, box, top, below in (
            ("client", LEFT, LEFT.top() + 206, 100),
            ("cloud", RIGHT, RIGHT.top() + 40, 10),
        ):
            places = [k for k, stage in enumerate(self._run.stages) if self._side(stage) == side]
            step = min(HIGHEST_CARD, (box.bottom() - top - below) / max(1, len(places)))
            for row, place in enumerate(places):
                corner = QPointF(box.left() + 14, top + row * step)
                yield place, QRectF(corner, QSizeF(box.width() - 28, step - min(10, step / 6)))

    def _paint_cards(self, painter: QPainter, moment: Moment) -> None:
        """Show the steps of either side; those that are done have their times."""
        for place, card in self._cards():
            stage, is_now = self._run.stages[place], place == moment.done
            colour = "clear" if self._side(stage) == "client" else "encrypted"
            edge = QColor(getattr(LIGHT, colour if is_now else "border"))
            painter.setPen(QPen(edge, 2 if is_now else 1))
            painter.setBrush(QColor(LIGHT.surface))
            painter.drawRoundedRect(card, 6, 6)
            inner = card.adjusted(14, 0, -14, 0)
            info = self._infos.get(stage.key)
            ink = "text" if place <= moment.done else "muted"
            _write(painter, inner, info.title if info else stage.key, 11.5, ink, bold=is_now)
            if place < moment.done:
                _write(painter, inner, time_text(stage.seconds), 11.5, colour, right=True)

    def _paint_wire(self, painter: QPainter, moment: Moment) -> None:
        run = self._run
        sent = any(stage.key.startswith("send") for stage in run.stages[: moment.done])
        back = any(stage.key == "receive" for stage in run.stages[: moment.done])
        for y, to_cloud, has, size in (
            (UP_AT, True, sent, run.ciphertext_bytes),
            (DOWN_AT, False, back, run.result_bytes),
        ):
            ink = QColor(LIGHT.encrypted if has else LIGHT.control)
            painter.setPen(QPen(ink, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            left, right = QPointF(LEFT.right() + 12, y), QPointF(RIGHT.left() - 12, y)
            painter.drawLine(left, right)
            tip, step = (right, -8) if to_cloud else (left, 8)
            painter.drawPolyline(QPolygonF([tip + QPointF(step, -6), tip, tip + QPointF(step, 6)]))
            if has:
                below = QRectF(left.x(), y + 6, right.x() - left.x(), 20)
                _write(painter, below, size_text(size), 10, "encrypted", centred=True)
        if moment.tile is not None:
            self._paint_tile(painter, moment, moment.tile)

    def _paint_tile(self, painter: QPainter, moment: Moment, tile: float) -> None:
        stage = self._run.stages[moment.done]
        y = UP_AT if stage.key.startswith("send") else DOWN_AT
        for place, card in self._cards():
            if place == moment.done:
                y = card.center().y()
        left, right = LEFT.right() + 32, RIGHT.left() - 32
        box = QRectF(0, 0, 40, 40)
        box.moveCenter(QPointF(left + (right - left) * tile, y))
        painter.setPen(QPen(QColor(LIGHT.encrypted), 1.6))
        painter.setBrush(QColor(LIGHT.encrypted_tint))
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        cell = (box.width() - 8) / NOISE_CELLS
        for (row, column), level in np.ndenumerate(self._noise):
            ink = QColor(LIGHT.encrypted)
            ink.setAlphaF(float(level))
            painter.setBrush(ink)
            corner = box.topLeft() + QPointF(4 + column * cell, 4 + row * cell)
            painter.drawRect(QRectF(corner, corner + QPointF(cell, cell)))

    def _side(self, stage: StageFinished) -> str:
        info = self._infos.get(stage.key)
        return info.side if info else "cloud"


def _write(
    painter: QPainter,
    box: QRectF,
    text: str,
    points: float,
    colour: str,
    *,
    bold: bool = False,
    centred: bool = False,
    right: bool = False,
    top: bool = False,
) -> None:
    font = QFont(painter.font())
    font.setPointSizeF(points)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    painter.setFont(font)
    painter.setPen(QColor(getattr(LIGHT, colour)))
    across = Align.AlignHCenter if centred else Align.AlignRight if right else Align.AlignLeft
    down = Align.AlignTop if top else Align.AlignVCenter
    painter.drawText(box, across | down | Qt.TextFlag.TextWordWrap, text)
