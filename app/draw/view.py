"""The first view: draw and choose on the left, the journey in the middle, the answer right."""

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.actions.window import Actions
from app.draw.answer.card import AnswerCard
from app.draw.ciphertext_card import CiphertextCard
from app.draw.picture.card import PictureCard
from app.journey.lanes import Journey
from app.journey.run_bar import RunBar
from app.kit.theme import Theme
from app.settings.card import SettingsCard
from app.settings.forecast_card import ForecastCard
from app.state.everything import AppState

LEFT_WIDTH = 90
RIGHT_WIDTH = 84


class DrawView(QWidget):
    """Its parts are attributes: `picture_card`, `settings_card`, `journey`, `answer_card`, …."""

    def __init__(self, state: AppState, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.picture_card = PictureCard(state, theme, actions)
        self.settings_card = SettingsCard(state, theme, actions)
        self.forecast_card = ForecastCard(state, theme, actions)
        self.run_bar = RunBar(state, theme, actions)
        self.journey = Journey(state, theme)
        self.answer_card = AnswerCard(state, theme)
        self.ciphertext_card = CiphertextCard(state, theme, actions)
        self._arrange(theme)

    def _arrange(self, theme: Theme) -> None:
        grid = QGridLayout(self)
        theme.space(grid, gap=3)
        left, middle, right = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        for place, column in enumerate((left, middle, right)):
            theme.space(column, gap=3)
            grid.addLayout(column, 0, place)
        left.addWidget(self.picture_card)
        left.addWidget(self.settings_card)
        left.addWidget(self.forecast_card, 1)
        middle.addWidget(self.run_bar)
        middle.addWidget(self.journey, 1)
        right.addWidget(self.answer_card, 1)
        right.addWidget(self.ciphertext_card)
        grid.setColumnStretch(1, 1)
        widths: dict[QWidget, int] = {
            self.picture_card: LEFT_WIDTH,
            self.settings_card: LEFT_WIDTH,
            self.forecast_card: LEFT_WIDTH,
            self.answer_card: RIGHT_WIDTH,
            self.ciphertext_card: RIGHT_WIDTH,
        }
        for card, width in widths.items():
            theme.fix(card, width, None)
