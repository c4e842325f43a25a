"""The settings that are chosen, and what they imply."""

from PySide6.QtCore import QObject, Signal

from engine.ckks.parameters import Settings
from engine.data_sets.preparation import fitting_of
from engine.data_sets.registry import Fitting
from engine.errors import ModelError
from engine.networks.layers import Shape
from engine.planning.forecast import Forecast, Refusal, network_named
from engine.planning.outline import Outline

DRAWN_SHAPE = (1, 28, 28)


class Chosen(QObject):
    """`settings`, their `forecast`, and the `last_forecast` that was no refusal.

    `outlines` are the models that only the cloud in use has, by name. Signals: `changed`, of the
    settings; `journey_changed(stages)` where runs take other stages now; then `forecast_changed`;
    `outlines_changed`.
    """

    changed = Signal()
    journey_changed = Signal(object)
    forecast_changed = Signal()
    outlines_changed = Signal()

    def __init__(self, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self.settings = settings
        self.forecast: Forecast | Refusal | None = None
        self.last_forecast: Forecast | None = None
        self.outlines: dict[str, Outline] = {}

    @property
    def is_refused(self) -> bool:
        """Tell whether the current settings cannot work."""
        return isinstance(self.forecast, Refusal)

    @property
    def is_foreseen(self) -> bool:
        """Tell whether the forecast is that of the settings, so that the stages are theirs."""
        forecast = self.forecast
        return isinstance(forecast, Forecast) and forecast.settings == self.settings

    @property
    def is_secret(self) -> bool:
        """Tell whether only the cloud in use has the chosen network."""
        return self.settings.model in self.outlines

    @property
    def shape(self) -> Shape:
        """Return what the chosen network reads, (channels, height, width)."""
        outline = self.outlines.get(self.settings.model)
        return shape_of(self.settings.model) if outline is None else outline.input_shape

    @property
    def fitting(self) -> Fitting:
        """Return how a picture is prepared for the chosen network."""
        return fitting_of(self.settings.model, self.shape)

    def set_outlines(self, outlines: dict[str, Outline]) -> None:
        """Replace the models that only the cloud has."""
        self.outlines = outlines
        self.outlines_changed.emit()

    def set_settings(self, settings: Settings) -> None:
        """Replace the settings."""
        self.settings = settings
        self.changed.emit()

    def set_forecast(self, forecast: Forecast | Refusal) -> None:
        """Replace the forecast; a refusal leaves the journey of the last that worked."""
        self.forecast = forecast
        if isinstance(forecast, Forecast):
            last, self.last_forecast = self.last_forecast, forecast
            keys = tuple(stage.key for stage in forecast.stages)
            if last is None or keys != tuple(stage.key for stage in last.stages):
                self.journey_changed.emit(keys)
        self.forecast_changed.emit()


def shape_of(model: str) -> Shape:
    """Return what a network reads; what drawings are made for, if its file cannot be read."""
    try:
        return network_named(model).card.input_shape
    except ModelError:
        return DRAWN_SHAPE
