"""Three more pages of the presentation: drawing, the cloud at work, and the answer."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.draw.answer.label import AnswerLabel
from app.draw.answer.score_bars import ScoreBars
from app.draw.noise_view import NoiseView
from app.draw.picture.canvas import Canvas
from app.draw.picture.preview import Preview
from app.inside.big_steps import BigSteps
from app.journey.stage_card import StageCard
from app.journey.stage_views import JourneyView
from app.kit.basics import frame, label, push_button, set_tone
from app.kit.pages import Pages
from app.kit.theme import Theme
from app.kit.wording import difference_text, place_text, share_text, sure_text
from app.present.story import Step, stages_of
from app.present.story_pages import NOTHING_YET, Exhibit, StoryPage
from app.present.telling import Presentation
from app.state.everything import AppState
from engine.planning.journey import StageInfo

ANSWER_ZOOM = 1.6


class DrawPage(StoryPage):
    """A large canvas, and what the network will see. Attribute: `canvas`."""

    def __init__(self, state: AppState, theme: Theme, presentation: Presentation) -> None:
        super().__init__(state, theme, presentation)
        self.canvas = Canvas(state, theme)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.fix(self.canvas, 62, 62)
        seen = Exhibit(theme, Preview(state, theme), "The network sees", "clear", 38)
        self._seen = seen
        row = QHBoxLayout(self)
        theme.space(row, gap=8)
        row.addStretch()
        row.addWidget(self.canvas)
        row.addWidget(seen)
        row.addStretch()

    def refresh(self) -> None:  # noqa: D102 - the page's
        _, height, width = self.state.chosen.shape
        self._seen.line.setText(f"{width} \u00d7 {height} pixels")


class ComputePage(StoryPage):
    """What the cloud sees, and a card for each stage that it runs; or its `steps`, one by one."""

    def __init__(
        self, state: AppState, theme: Theme, presentation: Presentation, steps: BigSteps
    ) -> None:
        super().__init__(state, theme, presentation)
        self.steps = steps
        self.cards: dict[str, StageCard] = {}
        self._infos: tuple[StageInfo, ...] = ()
        self.noise = NoiseView(theme)
        self._seen = Exhibit(theme, self.noise, "All that the cloud sees", "encrypted", 38)
        panel = frame("encrypted", "The cloud's stages")
        self._grid = QGridLayout(panel)
        theme.space(self._grid, margin=3, gap=2)
        self.look = push_button("Look inside (I)", "suggest")
        self.look.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.look.clicked.connect(lambda: presentation.look_inside(is_inside=True))
        steps.close_button.clicked.connect(lambda: presentation.look_inside(is_inside=False))
        whole = QWidget()
        row, left = QHBoxLayout(whole), QVBoxLayout()
        for layout in (row, left):
            theme.space(layout, gap=4)
        left.addWidget(self._seen, 1)
        left.addWidget(self.look)
        row.addLayout(left)
        row.addWidget(panel, 1)
        self._pages = Pages()
        self._pages.addWidget(whole)
        self._pages.addWidget(steps)
        outer = QVBoxLayout(self)
        theme.space(outer)
        outer.addWidget(self._pages)

    def _place_cards(self) -> None:
        for card in self.cards.values():
            card.deleteLater()
        columns = 2 if len(self._infos) <= 8 else 3
        self.cards = {}
        for place, info in enumerate(self._infos):
            self.cards[info.key] = card = StageCard(self.theme, "encrypted")
            self._grid.addWidget(card, place // columns, place % columns)

    def refresh(self) -> None:  # noqa: D102 - the page's
        self._pages.setCurrentIndex(int(self.presentation.is_inside))
        forecast = self.state.chosen.last_forecast
        if forecast is None:
            return
        infos = stages_of(Step.COMPUTE, forecast.stages)
        if [each.key for each in infos] != [each.key for each in self._infos]:
            self._infos = infos
            self._place_cards()
        view = JourneyView(forecast, dict(self.presentation.states), self.state.run.keys)
        for info in infos:
            self.cards[info.key].show_view(view.card(info))
        result = self.presentation.result
        self.noise.show_data(b"" if result is None else result.ciphertext.data)
        place = place_text(self.state.cloud.where)
        self._seen.line.setText(f"computed blind {place}\nin {self.time_of(Step.COMPUTE)}")


class DecryptPage(StoryPage):
    """The answer, and every score encrypted beside clear. Attributes: `digit`, `sentence`."""

    def __init__(self, state: AppState, theme: Theme, presentation: Presentation) -> None:
        super().__init__(state, theme, presentation)
        self.digit = AnswerLabel(theme, ANSWER_ZOOM, NOTHING_YET)
        theme.fix(self.digit, 44, 40)
        self.sentence = label("", "body", wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sure = label("", "lane", wrap=True)
        self._sure.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._difference = label("", "body", "muted", wrap=True)
        self._difference.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.bars = ScoreBars(state, theme)
        left = QVBoxLayout()
        theme.space(left, gap=2)
        left.addStretch()
        for each in (self.digit, self._sure, self.sentence, self._difference):
            left.addWidget(each)
        left.addStretch()
        panel = frame("card", "The scores")
        inner = QVBoxLayout(panel)
        theme.space(inner, margin=3)
        inner.addWidget(self.bars)
        row = QHBoxLayout(self)
        theme.space(row, gap=4)
        row.addLayout(left)
        row.addWidget(panel, 1)
        theme.apply(self, self._restyle)

    def _restyle(self) -> None:
        self.digit.show_answer(self.presentation.result, "text", "surface")

    def refresh(self) -> None:  # noqa: D102 - the page's
        result = self.presentation.result
        self.bars.setVisible(result is not None)
        self._restyle()
        if result is None:
            for each in (self._sure, self.sentence, self._difference):
                each.setText("")
            return
        self._sure.setText(sure_text(result))
        if result.why_not_clear:
            set_tone(self.sentence, "")
            self.sentence.setText(result.why_not_clear)
            self._difference.setText("")
            return
        clear = result.classes[result.clear_prediction]
        agrees = result.prediction == result.clear_prediction
        set_tone(self.sentence, "" if agrees else "danger")
        self.sentence.setText("Encrypted and clear agree" if agrees else f"Clear says {clear}")
        self._difference.setText(
            f"Largest difference {difference_text(result.largest_difference)}\n"
            f"Relative error {share_text(result.relative_error)}"
        )
