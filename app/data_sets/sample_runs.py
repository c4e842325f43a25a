"""Classifies a prepared picture: puts it on the canvas, chooses the settings it needs, runs."""

from PySide6.QtCore import QObject

from app.draw.picture.pictures import Pictures
from app.journey.runs import Runs
from app.settings.choices import Choices
from app.state.drawing import Picture
from app.state.everything import AppState
from app.state.presets import with_model
from app.state.records import Tone
from engine.ckks.parameters import Settings
from engine.data_sets.preparation import model_for
from engine.planning.forecast import Refusal
from engine.resources import model_names


class SampleRuns(QObject):
    """Waits with the run until the forecast of newly chosen settings says that they can work."""

    def __init__(self, state: AppState, pictures: Pictures, choices: Choices, runs: Runs) -> None:
        super().__init__(state)
        self._state = state
        self._pictures = pictures
        self._choices = choices
        self._runs = runs
        self._waits = False
        state.chosen.forecast_changed.connect(self._go_on)

    def classify(self, dataset: str, picture: Picture, label: str) -> None:
        """Classify a picture (28, 28) of a data set with a model that was trained on that set."""
        settings = self._state.chosen.settings
        model = model_for(dataset, settings.model, model_names())
        if model is None:
            self._pictures.show_sample(picture, label)
            self._state.run.say(f"There is no model for {dataset}; add one to models.", Tone.ERROR)
        else:
            self.repeat(picture, with_model(settings, model), label)

    def repeat(self, picture: Picture, settings: Settings, label: str = "") -> None:
        """Classify a picture (28, 28) as it is, with these settings."""
        self._pictures.show_sample(picture, label)
        if settings == self._state.chosen.settings:
            self._runs.classify()
        else:
            self._waits = True
            self._choices.change(settings)

    def _go_on(self) -> None:
        forecast = self._state.chosen.forecast
        if not self._waits or forecast is None or forecast.settings != self._state.chosen.settings:
            return
        self._waits = False
        if not isinstance(forecast, Refusal):
            self._runs.classify()
