"""What a person does with the settings: change them and see at once what follows."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.link.background import Background
from app.link.crash import is_expected, sentence_of
from app.state.everything import AppState
from engine.ckks.parameters import Settings
from engine.planning.forecast import Forecast, Refusal
from engine.planning.outline import outlined_forecast

SETTLE_MS = 350

Forecaster = Callable[[Settings], Forecast | Refusal]


class Choices(QObject):
    """Changes the state's settings and keeps `state.chosen.forecast` in step with them.

    Signal `settled` fires when settings that work have stayed the same for a moment.
    """

    settled = Signal()

    def __init__(
        self,
        state: AppState,
        background: Background,
        forecaster: Forecaster,
        report: Callable[[Exception], None],
    ) -> None:
        super().__init__(state)
        self._state = state
        self._background = background
        self._forecaster = forecaster
        self._report = report
        self._timer = QTimer(self, singleShot=True)
        self._delay = 0
        self._timer.timeout.connect(self.settled)

    def start(self) -> None:
        """Work out the first forecast; its settings count as settled at once."""
        self.refresh()

    def change(self, settings: Settings) -> None:
        """Choose settings."""
        self._timer.stop()
        self._delay = SETTLE_MS
        self._state.run.say("")
        self._state.chosen.set_settings(settings)
        self.refresh()

    def use_suggestion(self) -> None:
        """Take the nearest setting that works."""
        forecast = self._state.chosen.forecast
        if isinstance(forecast, Refusal) and forecast.suggestion is not None:
            self.change(forecast.suggestion)

    @Slot()
    def refresh(self) -> None:
        """Work the forecast out again."""
        settings = self._state.chosen.settings
        outline = self._state.chosen.outlines.get(settings.model)

        def work() -> Forecast | Refusal:
            if outline is None:
                return self._forecaster(settings)
            return outlined_forecast(outline, settings)

        self._background.run("forecast", work, self._show, self._failed)

    def _show(self, forecast: Forecast | Refusal) -> None:
        self._state.chosen.set_forecast(forecast)
        if isinstance(forecast, Forecast):
            self._timer.start(self._delay)

    def _failed(self, error: Exception) -> None:
        if not is_expected(error):
            self._report(error)
        reason = sentence_of(error)
        self._state.chosen.set_forecast(Refusal(self._state.chosen.settings, reason, None))
