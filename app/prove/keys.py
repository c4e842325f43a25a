"""Two proofs about keys: a wrong one gives noise, and the cloud has none that would help."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from app.actions.window import Actions
from app.draw.picture.pixels_view import PixelsView, levels_of
from app.kit.basics import label, text_button
from app.kit.following import Following
from app.kit.theme import Theme
from app.kit.wording import noise_text, score_text
from app.prove.page import ProofPage, captioned
from app.prove.texts import CLOUD_TRY, WRONG_KEY
from app.prove.value_bars import ValueBars
from app.state.everything import AppState
from engine.session.events import Classification

TILE = 84


class WrongKeyPage(ProofPage):
    """The scores under the right key beside those under a wrong one, each on its own scale."""

    def __init__(self, state: AppState, theme: Theme, actions: Actions) -> None:
        super().__init__(theme, WRONG_KEY)
        self._state = state
        self._right = ValueBars(theme, "clear", "Scores under your key")
        self._wrong = ValueBars(theme, "encrypted", "Scores under a wrong key")
        self.sentence = label("", "body")
        self.buttons.addWidget(text_button(actions.wrong_key, theme))
        column = QVBoxLayout(self.content)
        theme.space(column, gap=2)
        row = QHBoxLayout()
        theme.space(row, gap=8)
        for view, title, tone in (
            (self._right, "With your key", "clear"),
            (self._wrong, "With a wrong key", "encrypted"),
        ):
            row.addLayout(captioned(theme, view, title, tone), 1)
        column.addLayout(row, 1)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.sentence)
        Following(self, self._show_evidence, state.proved.changed)

    def _show_evidence(self) -> None:
        result, wrong = self._state.run.result, self._state.proved.evidence.wrong_scores
        self.show_content(result is not None)
        if result is None:
            return
        show_scores(self._right, result)
        self._wrong.show_values(result.classes, wrong, tuple(map(noise_text, wrong)))
        if not wrong:
            self.sentence.setText("Not tried yet.")
            return
        ratio = max(map(abs, wrong)) / max(map(abs, result.encrypted))
        self.sentence.setText(
            f"Each side has its own scale: the largest number on the right is {ratio:,.0f} times "
            "the largest on the left."
        )


class CloudTryPage(ProofPage):
    """The picture and the scores as the cloud reads them with a key that it made itself."""

    def __init__(self, state: AppState, theme: Theme, actions: Actions) -> None:
        super().__init__(theme, CLOUD_TRY)
        self._state = state
        self._picture = PixelsView(theme, "clear", "Your picture")
        self.reading = PixelsView(theme, "encrypted", "The cloud's reading of it")
        self._scores = ValueBars(theme, "encrypted", "The cloud's reading of the scores")
        self.sentence = label("", "title", wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.buttons.addWidget(text_button(actions.cloud_try, theme))
        column = QVBoxLayout(self.content)
        theme.space(column, gap=3)
        theme.fix(self.sentence, None, 6)
        column.addWidget(self.sentence)
        row = QHBoxLayout()
        theme.space(row, gap=6)
        for view, title, tone in (
            (self._picture, "Your picture", "clear"),
            (self.reading, "The cloud's reading", "encrypted"),
        ):
            theme.fix(view, TILE, TILE)
            row.addLayout(captioned(theme, view, title, tone))
        theme.fix(self._scores, None, TILE)
        row.addLayout(captioned(theme, self._scores, "Its reading of the scores", "encrypted"), 1)
        column.addLayout(row)
        column.addStretch(1)
        Following(self, self._show_evidence, state.proved.changed)

    def _show_evidence(self) -> None:
        result, attempt = self._state.run.result, self._state.proved.evidence.attempt
        picture = self._state.run.classified
        self.show_content(result is not None)
        if result is None or picture is None:
            return
        self._picture.show_pixels(picture)
        if attempt is None:
            self.sentence.setText("The cloud has not been asked to decrypt yet.")
            self.reading.show_pixels(None)
            self._scores.show_values(result.classes, (), ())
            return
        self.sentence.setText(attempt.sentence)
        self.reading.show_pixels(levels_of(attempt.pixels, picture))
        texts = tuple(map(noise_text, attempt.scores))
        self._scores.show_values(result.classes, attempt.scores, texts)


def show_scores(bars: ValueBars, result: Classification) -> None:
    """Show the decrypted scores of a result."""
    bars.show_values(result.classes, result.encrypted, tuple(map(score_text, result.encrypted)))
