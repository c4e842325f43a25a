"""Models that only the cloud has: asked for their outline once it is connected, then on the list.

Their files never come here; what a client must know of them does, checked by the engine.
"""

from PySide6.QtCore import QObject, Slot

from app.journey.runs import Runs
from app.link.requests import Describe
from app.settings.choices import Choices
from app.state.everything import AppState
from engine.ckks.parameters import Settings
from engine.planning.outline import Outline
from engine.resources import imported_names, model_names

MOST = 32
"""More models than these of one cloud are not asked for."""


class SecretModels(QObject):
    """Keeps `state.chosen.outlines` those of the cloud in use."""

    def __init__(self, state: AppState, runs: Runs, choices: Choices) -> None:
        super().__init__(state)
        self._state = state
        self._runs = runs
        self._choices = choices
        state.cloud.used.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        chosen, connection = self._state.chosen, self._state.cloud.connection
        if chosen.is_secret:
            self._choices.change(Settings())  # its model stays behind with the cloud before
        chosen.set_outlines({})
        here = {*model_names(), *imported_names()}
        offered = () if connection is None else connection.models
        for name in [name for name, _ in offered if name not in here][:MOST]:
            self._runs.link.submit(Describe(name), self._take, self._runs.fail)

    def _take(self, outline: Outline) -> None:
        chosen = self._state.chosen
        chosen.set_outlines({**chosen.outlines, outline.settings.model: outline})
