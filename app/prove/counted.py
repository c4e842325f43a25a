"""The proof by counting: the picture's values beside those of its ciphertext."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from app.kit.basics import WhenSeen, label
from app.kit.following import Following
from app.kit.theme import Theme
from app.prove.histogram_view import HistogramView
from app.prove.page import ProofPage, captioned
from app.prove.proofs import Proofs
from app.prove.texts import COUNTED
from app.state.everything import AppState
from engine.session.inspection import Counts, coefficient_histogram, pixel_histogram, uniformity


class CountedPage(ProofPage):
    """Asks the cloud for the numbers when it is looked at; they are counted here."""

    def __init__(self, state: AppState, theme: Theme, proofs: Proofs) -> None:
        super().__init__(theme, COUNTED)
        self._state = state
        self._proofs = proofs
        self._views = (
            HistogramView(theme, "clear", "Values of the pixels", "0, least", "255, most"),
            HistogramView(theme, "encrypted", "Values of the coefficients", "0", "the prime"),
        )
        self.sentences = tuple(label("", "body", wrap=True) for _ in self._views)
        row = QHBoxLayout(self.content)
        theme.space(row, gap=6)
        titles = (("Your picture's pixels", "clear"), ("The ciphertext's numbers", "encrypted"))
        for view, below, (title, tone) in zip(self._views, self.sentences, titles, strict=True):
            theme.fix(below, None, 9)
            below.setAlignment(Qt.AlignmentFlag.AlignTop)
            row.addLayout(captioned(theme, view, title, tone, below), 1)
        signals = state.proved.changed, state.run.phase_changed
        following = Following(self, self._show_evidence, *signals)
        WhenSeen(self, following.take)  # a count that failed is asked for again

    def _show_evidence(self) -> None:
        evidence, picture = self._state.proved.evidence, self._state.run.classified
        self.show_content(evidence.ciphertext is not None)
        if picture is None or evidence.ciphertext is None:
            return
        pixels, clear, encrypted = pixel_histogram(picture), *self._views
        clear.show_counts(pixels)
        black = int((picture == 0).sum())
        self.sentences[0].setText(
            f"{black} of {picture.size} values are zero. {_chance_text(pixels)}"
        )
        if evidence.coefficients is None:
            encrypted.show_counts(None)
            self.sentences[1].setText("The cloud has not unpacked this ciphertext yet.")
            self._proofs.unpack()
            return
        counts = coefficient_histogram(evidence.coefficients)
        encrypted.show_counts(counts)
        self.sentences[1].setText(f"{counts.sum():,} numbers. {_chance_text(counts)}")


def _chance_text(counts: Counts) -> str:
    found = uniformity(counts)
    verdict = "as chance has it" if found.is_like_chance else "not by chance"
    return (
        f"Chi-square {found.chi_square:,.0f}, where equally likely values give "
        f"{found.freedom} \u00b1 {found.spread:.0f}: {verdict}."
    )
