"""Ten pairs of bars: the decrypted score of each class beside the clear one."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.draw.answer.kana import kana_of, paint_kana
from app.journey.stage_card import FADED
from app.kit.following import Following
from app.kit.theme import Theme
from app.kit.wording import score_text
from app.state.everything import AppState
from engine.data_sets.preparation import dataset_of
from engine.data_sets.registry import CLASSES
from engine.session.events import Classification

WIDEST_NAME = 23
LEAST_NAME = 6
KANA_SIDE = 4
_ELIDE = Qt.TextElideMode.ElideRight
_CENTRE = Qt.AlignmentFlag.AlignCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ScoreBars(QWidget):
    """Paints `state.run.result`, faded where other settings are chosen than it was run with.

    Both bars of a class share one scale and one zero line.
    """

    def __init__(self, state: AppState, theme: Theme) -> None:
        super().__init__()
        self._state = state
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        Following(self, self._describe, state.run.result_changed)
        state.chosen.changed.connect(self.update)
        theme.changed.connect(self.update)

    def _describe(self) -> None:
        result = self._state.run.result
        self.setAccessibleName("Scores of each class, encrypted and clear")
        if result is not None:
            encrypted = zip(result.classes, result.encrypted, strict=True)
            texts = [f"{name}: {score:.3f} encrypted" for name, score in encrypted]
            if result.clear:
                both = zip(texts, result.clear, strict=True)
                texts = [f"{text}, {score:.3f} clear" for text, score in both]
            self.setAccessibleDescription("; ".join(texts))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            result = self._state.run.result
            if result is not None and result.settings != self._state.chosen.settings:
                painter.setOpacity(FADED)
            classes = result.classes if result else self._expected_classes()
            head = self._theme.px(4.5)
            row = (self.height() - head) / len(classes)
            self._paint_legend(painter, head, result)
            tag = self._tag_width(classes)
            for place in range(len(classes)):
                line = QRectF(0, head + place * row, self.width(), row)
                self._paint_class(painter, line, classes, place, result, tag)

    def _expected_classes(self) -> tuple[str, ...]:
        return CLASSES[dataset_of(self._state.chosen.settings.model)]

    def _tag_width(self, classes: tuple[str, ...]) -> float:
        """Return the width of the names' column, as narrow as the longest name lets it be."""
        metrics = QFontMetricsF(self._theme.font("strong"))
        widest = max(metrics.horizontalAdvance(name) for name in classes) + self._theme.px(2)
        widest += self._theme.px(KANA_SIDE) if kana_of(classes, classes[0]) else 0
        return min(max(widest, self._theme.px(LEAST_NAME)), self._theme.px(WIDEST_NAME))

    @property
    def _number_width(self) -> float:
        return self._theme.px(17)

    def _paint_legend(
        self, painter: QPainter, height: float, result: Classification | None
    ) -> None:
        painter.setFont(self._theme.font("caption"))
        width = self._number_width
        names = ["encrypted", "clear"] if result is None else [name for name, _ in _sides(result)]
        for name, column in zip(names, (2, 1), strict=False):
            place = QRectF(self.width() - column * width, 0, width, height)
            square = self._theme.px(1.75)
            text = painter.fontMetrics().horizontalAdvance(name)
            left = place.right() - text - square * 1.6
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(name))
            painter.drawRect(QRectF(left, height / 2 - square / 2, square, square))
            painter.setPen(self._theme.color(name))
            painter.drawText(place, _RIGHT, name)

    def _paint_class(
        self,
        painter: QPainter,
        line: QRectF,
        classes: tuple[str, ...],
        place: int,
        result: Classification | None,
        tag: float,
    ) -> None:
        name = classes[place]
        is_answer = result is not None and place == result.prediction
        if is_answer:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("encrypted_tint"))
            painter.drawRoundedRect(line.adjusted(0, 1, 0, -1), 4, 4)
        painter.setFont(self._theme.font("strong" if is_answer else "body"))
        painter.setPen(self._theme.color("text"))
        named = QRectF(line.left(), line.top(), tag, line.height())
        kana = kana_of(classes, name)
        if kana:
            side = self._theme.px(KANA_SIDE)
            glyph = QRectF(named.left(), named.top(), side, named.height())
            paint_kana(painter, kana, glyph.adjusted(2, 1, 0, -1), self._theme.color("text"))
            named.setLeft(glyph.right())
        shown = painter.fontMetrics().elidedText(name, _ELIDE, int(named.width()))
        painter.drawText(named, _CENTRE, shown)
        numbers = 2 * self._number_width
        gap = self._theme.px(1)
        bars = QRectF(tag, line.top(), line.width() - tag - numbers - gap, line.height())
        if result is None:
            painter.setPen(QPen(self._theme.color("border"), 1))
            painter.drawLine(bars.bottomLeft(), bars.bottomRight())
            return
        self._paint_bars(painter, bars, place, result)
        inset = self._theme.px(1)
        for column, (color, scores) in enumerate(_sides(result)):
            left = line.right() - (2 - column) * self._number_width
            box = QRectF(left, line.top(), self._number_width - inset, line.height())
            painter.setPen(self._theme.color(color))
            painter.drawText(box, _RIGHT, score_text(scores[place]))

    def _paint_bars(
        self, painter: QPainter, place: QRectF, index: int, result: Classification
    ) -> None:
        both = (*result.encrypted, *result.clear, 0.0)
        low, high = min(both), max(both)
        per_unit = place.width() / (high - low or 1.0)
        zero = place.left() - low * per_unit
        thick = min(place.height() * 0.3, self._theme.px(2.25))
        middle = place.center().y()
        painter.setPen(Qt.PenStyle.NoPen)
        sides = _sides(result)
        top = middle - (len(sides) - 1) * (thick / 2 + 0.5) - thick / 2
        for row, (color, scores) in enumerate(sides):
            painter.setBrush(self._theme.color(color))
            end = zero + scores[index] * per_unit
            bar = QRectF(min(zero, end), top + row * (thick + 1), max(1.0, abs(end - zero)), thick)
            painter.drawRect(bar)
        painter.setPen(QPen(self._theme.color("control"), 1))
        painter.drawLine(int(zero), int(place.top()), int(zero), int(place.bottom()))


def _sides(result: Classification) -> list[tuple[str, tuple[float, ...]]]:
    """Return the scores to be shown, by colour: without a clear answer only the encrypted ones."""
    both = [("encrypted", result.encrypted), ("clear", result.clear)]
    return both if result.clear else both[:1]
