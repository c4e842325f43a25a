"""The step in words: what it does, its formula, and what it leaves."""

from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout

from app.inside.time_line import stage_title
from app.inside.viewing import Viewing
from app.kit.basics import label
from app.kit.theme import Theme
from app.kit.wording import TERMS
from engine.inside.words import power_text, tell

NOTHING_YET = "\u2013"
FACTS = (
    ("Primes left", TERMS["level"]),
    ("Scale", "Scale: by how much numbers are multiplied before they are rounded to integers."),
    ("Polynomials", TERMS["ciphertext"]),
)


class StepCard(QFrame):
    """Shows `viewing.step` in words. Attributes: `title`, `sentence`, `formula`, `values`."""

    def __init__(self, viewing: Viewing, theme: Theme) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("The step")
        self._viewing = viewing
        self.where = label("", "caption", "muted")
        self.title = label("", "lane")
        self.sentence = label("", "body", wrap=True)
        self.formula = label("", "mono")
        self.values = [label(NOTHING_YET, "strong") for _ in FACTS]
        row = QGridLayout(self)
        theme.space(row, margin=3, gap=3)
        words = QVBoxLayout()
        theme.space(words, gap=1)
        for each in (self.where, self.title, self.sentence, self.formula):
            words.addWidget(each)
        words.addStretch()
        row.addLayout(words, 0, 0)
        facts = QGridLayout()
        theme.space(facts, gap=1)
        for place, ((name, tip), value) in enumerate(zip(FACTS, self.values, strict=True)):
            heading = label(name, "body", "muted")
            for column, widget in enumerate((heading, value)):
                widget.setToolTip(tip)
                facts.addWidget(widget, place, column)
            theme.fix(value, 26, None)
        facts.setRowStretch(len(FACTS), 1)
        row.addLayout(facts, 0, 1)
        row.setColumnStretch(0, 1)
        viewing.traced.connect(self._show)
        viewing.stepped.connect(self._show)
        self._show()

    def _show(self) -> None:
        trace = self._viewing.trace
        if trace is None:
            return
        step, telling = self._viewing.step, tell(trace, self._viewing.number)
        self.where.setText(
            f"{stage_title(self._viewing.span)}  \u00b7  step {step.number + 1} of "
            f"{len(trace.steps)}"
        )
        self.title.setText(telling.title)
        self.sentence.setText(telling.sentence)
        self.formula.setText(telling.formula)
        top = trace.circuit.parameters.chain.top_level
        texts = (
            (f"{step.level} of {top}", power_text(step.scale), str(step.size))
            if step.size
            else (NOTHING_YET,) * len(FACTS)
        )
        for value, text in zip(self.values, texts, strict=True):
            value.setText(text)
