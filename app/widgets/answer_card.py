"""The answer: the digit, large; every score encrypted beside clear; how far they differ."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout

from app.records import Phase
from app.state import AppState
from app.theme import Theme
from app.widgets.basics import label, set_tone
from app.widgets.score_bars import ScoreBars
from app.wording import TERMS, difference_text, score_text, share_text

NOTHING_YET = "\u2013"


class AnswerCard(QFrame):
    """Shows `state.result`. Attributes: `digit`, `sentence`."""

    def __init__(self, state: AppState, theme: Theme) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("The answer")
        self._state = state
        self._theme = theme
        self.digit = QLabel()
        self.digit.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence = label("", "title", wrap=True)
        self._clear_sentence = label("", "body", "muted", wrap=True)
        self._bars = ScoreBars(state, theme)
        self._bars.setToolTip(TERMS["scores"])
        self._largest = label(NOTHING_YET, "strong")
        self._relative = label(NOTHING_YET, "strong")
        self._arrange()
        state.result_changed.connect(self._show)
        state.phase_changed.connect(self._show)
        theme.apply(self._restyle)
        self._show()

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        self._theme.space(layout, margin=3, gap=2)
        layout.addWidget(label("The answer, decrypted by you", "title", "clear"))
        head = QHBoxLayout()
        self._theme.space(head, gap=3)
        self._theme.fix(self.digit, 22, 21)
        head.addWidget(self.digit)
        words = QVBoxLayout()
        self._theme.space(words, gap=1)
        words.addStretch()
        words.addWidget(self.sentence)
        words.addWidget(self._clear_sentence)
        words.addStretch()
        head.addLayout(words, 1)
        layout.addLayout(head)
        layout.addWidget(self._bars, 1)
        facts = QGridLayout()
        self._theme.space(facts, gap=0.5)
        for row, (name, value) in enumerate(
            (("Largest difference", self._largest), ("Relative error", self._relative))
        ):
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            facts.addWidget(label(name, "body", "muted"), row, 0)
            facts.addWidget(value, row, 1)
        self._largest.setToolTip("The largest difference between an encrypted and a clear score")
        self._relative.setToolTip("The largest difference as a share of the largest clear score")
        layout.addLayout(facts)

    def _restyle(self) -> None:
        self.digit.setStyleSheet(
            f"font-size: {self._theme.points('digit'):.2f}pt; font-weight: 700;"
            f"color: {self._theme.palette.text}; background: {self._theme.palette.sunken};"
            f"border: 1px solid {self._theme.palette.border};"
            f"border-radius: {self._theme.px(1.5)}px;"
        )

    def _show(self) -> None:
        result = self._state.result
        if result is None:
            self.sentence.setText("No answer yet")
            self._clear_sentence.setText("The same network also runs on the clear picture.")
            self.digit.setAccessibleName("No answer yet")
            return
        running = self._state.phase is Phase.CLASSIFYING
        answer = result.classes[result.prediction]
        clear = result.classes[result.clear_prediction]
        self.digit.setText(answer)
        self.digit.setAccessibleName(f"The answer is {answer}")
        agree = answer == clear
        set_tone(self.sentence, "" if agree else "danger")
        self.sentence.setText(
            ("Encrypted and clear agree" if agree else f"Clear says {clear}")
            if not running
            else "The answer before"
        )
        self._clear_sentence.setText(self._runner_up())
        self._largest.setText(difference_text(result.largest_difference))
        self._relative.setText(share_text(result.relative_error))

    def _runner_up(self) -> str:
        result = self._state.result
        assert result is not None
        order = sorted(range(len(result.encrypted)), key=lambda k: -result.encrypted[k])
        second = order[1]
        margin = result.encrypted[order[0]] - result.encrypted[second]
        return f"Next is {result.classes[second]}, {score_text(margin)} behind"
