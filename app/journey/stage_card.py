"""One stage of the journey as a card: what it is, how long it took, what is left after it."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.kit.theme import Theme
from app.state.records import Progress

WORDS = {Progress.WAITING: "waiting", Progress.RUNNING: "running", Progress.DONE: "done"}


@dataclass(frozen=True)
class CardView:
    """What a card shows. `share` of the bar is filled; `level` of `top_level` primes are left."""

    title: str
    explanation: str
    progress: Progress = Progress.WAITING
    value: str = ""
    caption: str = ""
    share: float = 0.0
    level: int = 0
    top_level: int = 0


FADED = 0.45
"""How opaque the figures of other settings are."""


class StageCard(QWidget):
    """Paints a `CardView` in the colour of its lane."""

    def __init__(self, theme: Theme, tone: Literal["clear", "encrypted"]) -> None:
        super().__init__()
        self._theme = theme
        self._tone = tone
        self._view = CardView("", "")
        self._is_lit = False
        self._is_stale = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def view(self) -> CardView:
        """Return what is shown."""
        return self._view

    def show_view(self, view: CardView) -> None:
        """Show another state of the stage."""
        if view == self._view:
            return
        self._view = view
        details = " ".join(filter(None, (view.value, view.caption)))
        self.setAccessibleName(f"{view.title}: {WORDS[view.progress]} {details}".strip())
        self.setToolTip(view.explanation)
        self.update()

    def set_lit(self, lit: bool) -> None:
        """Mark the card while the ciphertext passes it."""
        if lit != self._is_lit:
            self._is_lit = lit
            self.update()

    def set_stale(self, stale: bool) -> None:
        """Fade the card, since what it shows is of other settings."""
        if stale != self._is_stale:
            self._is_stale = stale
            self.update()

    def sizeHint(self) -> QSize:  # noqa: D102 - Qt's
        return QSize(self._theme.px(40), self._theme.px(15))

    def minimumSizeHint(self) -> QSize:  # noqa: D102 - Qt's
        return QSize(self._theme.px(30), self._theme.px(13))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setOpacity(FADED if self._is_stale else 1.0)
            ink = self._theme.color(self._tone)
            self._paint_box(painter, ink)
            pad = self._theme.px(2.5)
            inner = QRectF(self.rect()).adjusted(pad, pad * 0.8, -pad, -pad * 0.8)
            line = inner.height() / 3
            self._paint_heading(
                painter, QRectF(inner.left(), inner.top(), inner.width(), line), ink
            )
            self._paint_bar(painter, inner, inner.top() + 1.5 * line, ink)
            foot = QRectF(inner.left(), inner.top() + 2 * line, inner.width(), line)
            self._paint_foot(painter, foot, ink)

    def _paint_box(self, painter: QPainter, ink: QColor) -> None:
        box = QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75)
        running = self._is_lit or self._view.progress is Progress.RUNNING
        painter.setPen(QPen(ink, 2) if running else QPen(self._theme.color(f"{self._tone}_edge")))
        painter.setBrush(self._theme.color("surface"))
        painter.drawRoundedRect(box, self._theme.px(1.5), self._theme.px(1.5))

    def _paint_heading(self, painter: QPainter, place: QRectF, ink: QColor) -> None:
        dot = self._theme.px(2.5)
        mark = QRectF(place.left(), place.center().y() - dot / 2, dot, dot)
        self._paint_mark(painter, mark, ink)
        waiting = self._view.progress is Progress.WAITING
        painter.setFont(self._theme.font("body" if waiting else "strong"))
        painter.setPen(self._theme.color("muted") if waiting else ink)
        painter.drawText(place, _RIGHT, self._view.value)
        room = painter.fontMetrics().horizontalAdvance(self._view.value) + dot * 0.6
        text = place.adjusted(dot * 1.7, 0, -room, 0)
        painter.setPen(self._theme.color("text"))
        painter.setFont(self._theme.font("strong"))
        elided = painter.fontMetrics().elidedText(
            self._view.title, Qt.TextElideMode.ElideRight, int(text.width())
        )
        painter.drawText(text, _LEFT, elided)

    def _paint_mark(self, painter: QPainter, mark: QRectF, ink: QColor) -> None:
        """Paint a ring while waiting, a disc while running, a disc with a tick when done."""
        waiting = self._view.progress is Progress.WAITING
        painter.setPen(QPen(self._theme.color("control") if waiting else ink, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush if waiting else ink)
        painter.drawEllipse(mark.adjusted(0.75, 0.75, -0.75, -0.75))
        if self._view.progress is Progress.DONE:
            painter.setPen(QPen(self._theme.color("surface"), 1.6))
            w, h, x, y = mark.width(), mark.height(), mark.left(), mark.top()
            corner = QPointF(x + 0.44 * w, y + 0.68 * h)
            painter.drawLine(QPointF(x + 0.27 * w, y + 0.51 * h), corner)
            painter.drawLine(corner, QPointF(x + 0.74 * w, y + 0.34 * h))

    def _paint_bar(self, painter: QPainter, inner: QRectF, y: float, ink: QColor) -> None:
        height = self._theme.px(1)
        track = QRectF(inner.left(), y - height / 2, inner.width(), height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("border"))
        painter.drawRoundedRect(track, height / 2, height / 2)
        if self._view.share > 0:
            track.setWidth(max(height, track.width() * min(1.0, self._view.share)))
            painter.setBrush(ink)
            painter.drawRoundedRect(track, height / 2, height / 2)

    def _paint_foot(self, painter: QPainter, place: QRectF, ink: QColor) -> None:
        side, gap = self._theme.px(1.75), self._theme.px(0.75)
        pips = self._view.top_level * (side + gap)
        painter.setFont(self._theme.font("caption"))
        painter.setPen(self._theme.color("muted"))
        room = int(place.width() - pips)
        text = painter.fontMetrics().elidedText(
            self._view.caption, Qt.TextElideMode.ElideRight, room
        )
        painter.drawText(place, _LEFT, text)
        for place_in_chain in range(self._view.top_level):
            left = place.right() - pips + gap + place_in_chain * (side + gap)
            painter.setPen(QPen(ink, 1))
            is_left = place_in_chain < self._view.level
            painter.setBrush(ink if is_left else Qt.BrushStyle.NoBrush)
            box = QRectF(left, place.center().y() - side / 2, side, side)
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))


# A deep network has many cards: their lines may be a little lower than the letters.
_CENTRED = int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextDontClip)
_LEFT = int(Qt.AlignmentFlag.AlignLeft) | _CENTRED
_RIGHT = int(Qt.AlignmentFlag.AlignRight) | _CENTRED
