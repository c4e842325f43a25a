"""The step in words: what it does, its formula, and what it leaves."""

from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout

from app.inside.reveal_page import WARNING
from app.inside.time_line import stage_title
from app.inside.viewing import Viewing
from app.kit.basics import label
from app.kit.following import Following
from app.kit.theme import Theme
from app.kit.wording import TERMS
from engine.inside.words import Telling, power_text, tell

NOTHING_YET = "\u2013"
FORMULA = "error[s] = decrypted[s] \u2212 x[s]"
FACTS = (
    ("Primes left", TERMS["level"]),
    ("Scale", TERMS["scale"]),
    ("Polynomials", TERMS["ciphertext"]),
    ("Bits expected", "How many bits of the largest number will be right in every slot, foretold"),
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
        heading = QHBoxLayout()
        theme.space(heading, gap=4)
        heading.addWidget(self.title)
        heading.addWidget(self.formula)
        heading.addStretch()
        words.addWidget(self.where)
        words.addLayout(heading)
        words.addWidget(self.sentence)
        words.addStretch()
        row.addLayout(words, 0, 0)
        facts = QGridLayout()
        theme.space(facts, gap=1)
        theme.apply(facts, lambda: facts.setHorizontalSpacing(theme.px(3)))
        for place, ((name, tip), value) in enumerate(zip(FACTS, self.values, strict=True)):
            name_label = label(name, "body", "muted")
            for column, widget in enumerate((name_label, value)):
                widget.setToolTip(tip)
                facts.addWidget(widget, place, column)
            theme.fix(value, 24, None)
        facts.setRowStretch(len(FACTS), 1)
        row.addLayout(facts, 0, 1)
        row.setColumnStretch(0, 1)
        signals = viewing.traced, viewing.stepped, viewing.foretold, viewing.turned
        Following(self, self._show, *signals)

    def _bits(self, number: int) -> str:
        """Return how many bits are foretold to be right, once that is known."""
        bits = self._viewing.bits[number] if self._viewing.bits else None
        return NOTHING_YET if bits is None else f"{bits:.1f}"

    def _show(self) -> None:
        trace = self._viewing.trace
        if trace is None:
            return
        number = self._viewing.span.end - 1 if self._viewing.is_decrypted else self._viewing.number
        step, telling = trace.steps[number], tell(trace, number)
        self.where.setText(
            f"{stage_title(self._viewing.span)}  \u00b7  step {step.number + 1} of "
            f"{len(trace.steps)}"
        )
        if self._viewing.is_decrypted:
            telling = Telling(f"After {stage_title(self._viewing.span)}", WARNING, FORMULA)
        self.title.setText(telling.title)
        self.sentence.setText(telling.sentence)
        self.formula.setText(telling.formula)
        top = trace.circuit.parameters.chain.top_level
        texts = (
            (f"{step.level} of {top}", power_text(step.scale), str(step.size), self._bits(number))
            if step.size
            else (NOTHING_YET,) * len(FACTS)
        )
        for value, text in zip(self.values, texts, strict=True):
            value.setText(text)
