"""The proof by damage: one bit of the ciphertext flipped on its way, and what comes back."""

import secrets
from collections import Counter

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSlider, QSpinBox, QVBoxLayout, QWidget

from app.actions.window import Actions
from app.kit.basics import label, text_button
from app.kit.following import Following
from app.kit.theme import Theme
from app.kit.wording import noise_text, score_text
from app.prove.keys import show_scores
from app.prove.page import ProofPage, captioned
from app.prove.texts import FLIP
from app.prove.value_bars import ValueBars
from app.state.everything import AppState
from engine.session.tampering import Consequence, FlippedBit

VERDICTS: dict[Consequence, str] = {
    "refused": "Refused",
    "noise": "Noise",
    "unchanged": "Unchanged",
}
LEGEND = "\u25a1 refused   | noise   \u25cf unchanged"
SMALL = 100.0
"""Scores up to here are written with decimals."""


class FlipMap(QWidget):
    """The ciphertext from its first to its last byte, a mark wherever a bit was flipped.

    A refusal is a hollow mark above the line, noise a full one on it, no change a dot below.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._flips: tuple[FlippedBit, ...] = ()
        self.setAccessibleName("Where bits were flipped")
        theme.fix(self, None, 8)
        theme.changed.connect(self.update)

    def show_flips(self, flips: tuple[FlippedBit, ...]) -> None:
        """Show other marks."""
        self._flips = flips
        self.setAccessibleDescription(tally_text(flips))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        bar = QRectF(self.rect()).adjusted(0.5, self._theme.px(2), -0.5, -self._theme.px(2))
        size = self._theme.px(1.5)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._theme.color("encrypted_edge"), 1))
            painter.setBrush(self._theme.color("encrypted_tint"))
            painter.drawRect(bar)
            for flip in self._flips:
                left = bar.left() + bar.width() * flip.bit / (8 * flip.byte_count)
                self._paint_mark(painter, flip.consequence, left, bar, size)

    def _paint_mark(
        self, painter: QPainter, consequence: Consequence, left: float, bar: QRectF, size: float
    ) -> None:
        color = self._theme.color("danger" if consequence == "refused" else "encrypted")
        painter.setPen(QPen(color, self._theme.px(0.375)))
        painter.setBrush(Qt.BrushStyle.NoBrush if consequence == "refused" else color)
        if consequence == "refused":
            painter.drawRect(QRectF(left - size / 2, bar.top() - size, size, size))
        elif consequence == "noise":
            painter.drawLine(int(left), int(bar.top()), int(left), int(bar.bottom()))
        else:
            painter.drawEllipse(QRectF(left - size / 2, bar.bottom(), size, size))


class FlipPage(ProofPage):
    """Lets a person or chance choose a bit: `slider` has its byte, `spin` its place in it."""

    def __init__(self, state: AppState, theme: Theme, actions: Actions) -> None:
        super().__init__(theme, FLIP)
        self._state = state
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Byte of the ciphertext")
        self.slider.setToolTip("Which byte of the ciphertext has its bit flipped")
        self.spin = QSpinBox()
        self.spin.setRange(0, 7)
        self.spin.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.spin.setAccessibleName("Bit of that byte")
        self.spin.setToolTip("Which of the byte's eight bits is flipped; 0 is the lowest")
        self._place = label("", "mono")
        self._map = FlipMap(theme)
        self.verdict = label("", "lane")
        self.sentence = label("", "body", wrap=True)
        self.tally = label("", "body", "muted", wrap=True)
        self._true = ValueBars(theme, "clear", "Scores before")
        self._back = ValueBars(theme, "encrypted", "Scores that came back")
        self.buttons.addWidget(text_button(actions.flip_bit, theme))
        self.buttons.addWidget(text_button(actions.flip_random_bit, theme))
        self._arrange(theme)
        self.slider.valueChanged.connect(self._show_place)
        Following(self, self._show_evidence, state.proved.changed)

    def _arrange(self, theme: Theme) -> None:
        column = QVBoxLayout(self.content)
        theme.space(column, gap=2)
        chooser = QGridLayout()
        theme.space(chooser, gap=2)
        theme.fix(self.spin, 14, None)
        theme.fix(self._place, 38, None)
        self._place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for place, each in enumerate(
            (
                label("Byte", "body", "muted"),
                self.slider,
                self._place,
                label("Bit", "body", "muted"),
                self.spin,
            )
        ):
            chooser.addWidget(each, 0, place)
        chooser.addWidget(self._map, 1, 1)
        chooser.addWidget(label(LEGEND, "caption", "muted"), 1, 2, 1, 3)
        chooser.setColumnStretch(1, 1)
        column.addLayout(chooser)
        row = QHBoxLayout()
        theme.space(row, gap=6)
        words = QVBoxLayout()
        theme.space(words, gap=2)
        theme.fix(self.sentence, None, 24)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        words.addWidget(self.verdict)
        words.addWidget(self.sentence)
        words.addStretch(1)
        words.addWidget(self.tally)
        row.addLayout(words, 4)
        for view, title, tone in (
            (self._true, "Scores before", "clear"),
            (self._back, "Scores that came back", "encrypted"),
        ):
            row.addLayout(captioned(theme, view, title, tone), 4)
        column.addLayout(row, 1)

    def chosen_bit(self) -> int:
        """Return the bit that was chosen, counted from the lowest of the first byte."""
        return 8 * self.slider.value() + self.spin.value()

    def choose_any_bit(self) -> int:
        """Let chance choose; return the bit."""
        self.slider.setValue(secrets.randbelow(self.slider.maximum() + 1))
        self.spin.setValue(secrets.randbelow(8))
        return self.chosen_bit()

    def _show_place(self) -> None:
        self._place.setText(f"{self.slider.value():,} of {self.slider.maximum() + 1:,}")

    def _show_evidence(self) -> None:
        sent, result = self._state.proved.evidence.ciphertext, self._state.run.result
        self.show_content(sent is not None)
        if sent is None or result is None:
            return
        self.slider.setRange(0, len(sent.data) - 1)
        self.slider.setPageStep(max(1, len(sent.data) // 20))
        self._show_place()
        flips = self._state.proved.evidence.flips
        show_scores(self._true, result)
        self._map.show_flips(flips)
        self.tally.setText(tally_text(flips))
        scores = flips[-1].scores if flips else ()
        self._back.show_values(result.classes, scores, _texts(scores))
        self.verdict.setText(VERDICTS[flips[-1].consequence] if flips else "Nothing flipped yet")
        self.sentence.setText(
            sentence_about(flips[-1]) if flips else "Choose a place, or let chance."
        )


def sentence_about(flip: FlippedBit) -> str:
    """Return what happened to one flipped bit, and where it was."""
    place = f"Byte {flip.bit // 8:,}, bit {flip.bit % 8}."
    if flip.consequence == "refused":
        return f"{place} {flip.refusal}"
    if flip.consequence == "unchanged":
        return f"{place} Nobody reads this bit: the scores came back as they were."
    off = noise_text(flip.largest_difference)
    return f"{place} The cloud noticed nothing; the scores are off by up to {off}."


def tally_text(flips: tuple[FlippedBit, ...]) -> str:
    """Return how often each thing happened so far."""
    if not flips:
        return ""
    counts = Counter(flip.consequence for flip in flips)
    parts = [f"{counts[each]} {title.lower()}" for each, title in VERDICTS.items()]
    return f"{len(flips)} tried: {', '.join(parts)}"


def _texts(scores: tuple[float, ...]) -> tuple[str, ...]:
    is_noise = max(map(abs, scores), default=0.0) >= SMALL
    return tuple(map(noise_text if is_noise else score_text, scores))
