"""The answer, large; every score encrypted beside clear; how far they differ."""

from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout

from app.draw.answer.label import AnswerLabel
from app.draw.answer.score_bars import ScoreBars
from app.kit.basics import RIGHT, label, set_tone
from app.kit.following import Following
from app.kit.theme import Theme
from app.kit.wording import (
    TERMS,
    difference_text,
    runner_up_text,
    share_text,
    short_model_text,
    sure_text,
)
from app.state.everything import AppState
from engine.planning.forecast import Forecast
from engine.session.events import Classification

NOTHING_YET = "\u2013"
ANSWER_SIZE = (26, 21)


class AnswerCard(QFrame):
    """Shows `state.run.result`. Attributes: `digit`, `sure`, `sentence`."""

    def __init__(self, state: AppState, theme: Theme) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("The answer")
        self._state = state
        self._theme = theme
        self.digit = AnswerLabel(theme)
        self.sure = label("", "title", wrap=True)
        self._next = label("", "body", wrap=True)
        self.sentence = label("", "body", "muted", wrap=True)
        self._bars = ScoreBars(state, theme)
        self._bars.setToolTip(TERMS["scores"])
        self._largest = label(NOTHING_YET, "strong")
        self._relative = label(NOTHING_YET, "strong")
        self._arrange()
        Following(
            self,
            self._show,
            state.run.result_changed,
            state.run.phase_changed,
            state.drawn.changed,
            state.chosen.changed,
            state.chosen.forecast_changed,
        )
        theme.apply(self, self._restyle)

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        self._theme.space(layout, margin=3, gap=2)
        layout.addWidget(label("The answer, decrypted by you", "title", "clear"))
        head = QHBoxLayout()
        self._theme.space(head, gap=3)
        self._theme.fix(self.digit, *ANSWER_SIZE)
        head.addWidget(self.digit)
        words = QVBoxLayout()
        self._theme.space(words, gap=1)
        words.addStretch()
        for each in (self.sure, self._next, self.sentence):
            words.addWidget(each)
        words.addStretch()
        head.addLayout(words, 1)
        layout.addLayout(head)
        layout.addWidget(self._bars, 1)
        facts = QGridLayout()
        self._theme.space(facts, gap=0.5)
        for row, (name, value) in enumerate(
            (("Largest difference", self._largest), ("Relative error", self._relative))
        ):
            value.setAlignment(RIGHT)
            facts.addWidget(label(name, "body", "muted"), row, 0)
            facts.addWidget(value, row, 1)
        self._largest.setToolTip("The largest difference between an encrypted and a clear score")
        self._relative.setToolTip("The largest difference as a share of the largest clear score")
        layout.addLayout(facts)

    def _restyle(self) -> None:
        ink = "text" if self._state.is_answered else "control"
        self.digit.show_answer(self._state.run.result, ink, "sunken")

    def _show(self) -> None:
        self._restyle()
        result = self._state.run.result
        if result is None:
            self.sure.setText("No answer yet")
            self._next.setText("")
            self.sentence.setText("Draw or open a picture, then classify it encrypted.")
            return
        self.sentence.setText(self._sentence_about(result))
        self.sentence.setToolTip(result.why_not_clear)
        set_tone(self.sentence, "danger" if self._is_wrong(result) else "muted")
        for value in (self._largest, self._relative):
            set_tone(value, "muted" if result.settings != self._state.chosen.settings else "")
        self.sure.setText(sure_text(result))
        self._next.setText(runner_up_text(result))
        if result.why_not_clear:
            self._largest.setText(NOTHING_YET)
            self._relative.setText(NOTHING_YET)
        else:
            self._largest.setText(difference_text(result.largest_difference))
            self._relative.setText(share_text(result.relative_error) + self._expected(result))

    def _expected(self, result: Classification) -> str:
        forecast = self._state.chosen.forecast
        if isinstance(forecast, Forecast) and forecast.settings == result.settings:
            return f", expected {share_text(forecast.relative_error)}"
        return ""

    def _is_wrong(self, result: Classification) -> bool:
        """Tell whether encryption changed the answer, or a known label says another."""
        label = self._state.drawn.history.current.label
        differs = result.prediction != result.clear_prediction and not result.why_not_clear
        return self._state.is_answered and (
            differs or label not in ("", result.classes[result.prediction])
        )

    def _sentence_about(self, result: Classification) -> str:
        if not self._state.is_answered:
            settings = result.settings
            if settings == self._state.chosen.settings:
                return "The answer before"
            name = short_model_text(settings.model)
            return f"By {name}, {settings.poly_modulus_degree}, {settings.scale_bits} bits"
        if result.why_not_clear:
            return "No clear answer: the model is the cloud's secret"
        clear = result.classes[result.clear_prediction]
        label = self._state.drawn.history.current.label
        if result.prediction != result.clear_prediction:
            return f"Clear says {clear}" + (f"; the label is {label}" if label else "")
        if label and label != clear:
            return f"Wrong, also without encryption: it is {label}"
        return "Right: the label says so too" if label else "Encrypted and clear agree"
