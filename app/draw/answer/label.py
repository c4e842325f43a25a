"""The answer in a box of its own, as large as fits: a digit, a kana with its sound, or a name."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent

from app.draw.answer.kana import kana_of, paint_kana
from app.kit.fitted_label import FittedLabel
from app.kit.theme import Theme
from engine.pictures.strokes import Stroke
from engine.session.events import Classification

WEIGHT = 700
KANA_SHARE = 0.6
"""So much of the box's width is the kana's; its sound has the rest."""


class AnswerLabel(FittedLabel):
    """Shows what a run answered in type of at most `largest` points, or `nothing` without one."""

    def __init__(self, theme: Theme, zoom: float = 1.0, nothing: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._zoom = zoom
        self._nothing = nothing
        self._kana: tuple[Stroke, ...] = ()
        self._ink = QColor()

    def show_answer(self, result: Classification | None, ink: str, paper: str) -> None:
        """Show the answer of `result` in colours of the palette, by their names."""
        theme = self._theme
        name = result.classes[result.prediction] if result else self._nothing
        self.setAccessibleName(f"The answer is {name}" if result else "No answer yet")
        self._kana = kana_of(result.classes, name) if result else ()
        self._ink = theme.color(ink)
        left = round(self.minimumWidth() * KANA_SHARE) if self._kana else 0
        self.setContentsMargins(left, 0, 0, 0)
        points = self.show_name(name, WEIGHT, theme.points("digit") * self._zoom, theme.px(2))
        style = (
            f"font-size: {points:.2f}pt; font-weight: {WEIGHT};"
            f"color: {self._ink.name()}; background: {theme.color(paper).name()};"
            f"border: 1px solid {theme.palette.border}; border-radius: {theme.px(1.5)}px;"
        )
        if style != self.styleSheet():
            self.setStyleSheet(style)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        super().paintEvent(event)
        if self._kana:
            inset = self._theme.px(2)
            place = QRectF(
                inset, inset, self.width() * KANA_SHARE - inset, self.height() - 2 * inset
            )
            with QPainter(self) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                paint_kana(painter, self._kana, place, self._ink)
