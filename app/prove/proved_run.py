"""Which run the proofs are about, and what to do when there is none."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.draw.picture.pixels_view import PixelsView
from app.kit.basics import label, push_button, set_tone
from app.kit.elided_label import ElidedLabel
from app.kit.following import Following
from app.kit.theme import Theme
from app.kit.wording import model_text, place_text
from app.state.everything import AppState
from app.state.records import Phase, Tone


class ProvedRun(QFrame):
    """Shows the last run; `classify` makes the next without leaving, `message` says what is on."""

    def __init__(self, state: AppState, theme: Theme, classify: QAction) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("The last run")
        self._state = state
        self._picture = PixelsView(
            theme, "clear", "The picture of the last run", "nothing\nsent yet"
        )
        self._answer = label("", "title")
        self._setting = label("", "caption", "muted")
        self._place = ElidedLabel("caption", "muted")
        self.message = label("", "body", "muted", wrap=True)
        self.classify = push_button(classify.iconText(), "suggest")
        self.classify.setToolTip(classify.toolTip())
        self.classify.clicked.connect(classify.trigger)
        self._arrange(theme)
        Following(
            self,
            self._show,
            state.proved.changed,
            state.run.phase_changed,
            state.run.message_changed,
            state.run.result_changed,
            state.drawn.changed,
            state.chosen.forecast_changed,
        )

    def _arrange(self, theme: Theme) -> None:
        column = QVBoxLayout(self)
        theme.space(column, margin=3, gap=2)
        row = QHBoxLayout()
        theme.space(row, gap=3)
        theme.fix(self._picture, 18, 18)
        row.addWidget(self._picture)
        words = QVBoxLayout()
        theme.space(words, gap=1)
        words.addStretch(1)
        words.addWidget(self._answer)
        words.addWidget(self._setting)
        words.addWidget(self._place)
        words.addStretch(1)
        row.addLayout(words, 1)
        column.addLayout(row)
        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)
        theme.fix(self.message, None, 14)
        column.addWidget(self.message)
        column.addWidget(self.classify)

    def _show(self) -> None:
        state, result = self._state, self._state.run.result
        self.classify.setEnabled(state.can_classify)
        self._picture.show_pixels(state.run.classified)
        self._answer.setText("No run yet")
        self._setting.setText("")
        self._place.show_text("")
        if result is not None:
            self._answer.setText(f"Read as {result.classes[result.prediction]}")
            self._setting.setText(
                f"{model_text(result.settings.model)}\nN = {result.settings.poly_modulus_degree}, "
                f"bit scale {result.settings.scale_bits}"
            )
            self._place.show_text(f"cloud {place_text(state.run.where)}")
        text, tone = self._sentence()
        self.message.setText(text)
        set_tone(self.message, tone.value)

    def _sentence(self) -> tuple[str, Tone]:
        state, result = self._state, self._state.run.result
        if state.run.message.text:
            return state.run.message.text, state.run.message.tone
        if state.run.phase in (Phase.CLASSIFYING, Phase.CANCELLING):
            return "A run is on its way\u2026", Tone.PLAIN
        if state.drawn.picture is None and result is None:
            return "Draw a picture first (F2), then classify it.", Tone.PLAIN
        if result is None:
            return "Classify the picture; its proofs are here then.", Tone.PLAIN
        if result.settings != state.chosen.settings:
            return "The settings have changed since: classify again to try more.", Tone.PLAIN
        if state.run.is_left:
            return "The cloud is another since: classify again to try more.", Tone.PLAIN
        if state.run.phase is Phase.MAKING_KEYS:
            return "Making the keys\u2026", Tone.PLAIN
        return "All proofs are about this run.", Tone.PLAIN
