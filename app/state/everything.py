"""What the window shows, feature by feature, and what follows from several of them."""

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.state.chosen import Chosen
from app.state.cloud import Cloud
from app.state.drawing import Picture
from app.state.drawn import Drawn
from app.state.live import Live
from app.state.past import Past
from app.state.proved import Proved
from app.state.records import Evidence, Phase
from app.state.run import Run
from app.state.stored_run import stored_run
from app.state.wire import Wire
from engine.ckks.parameters import Settings
from engine.planning.forecast import Forecast
from engine.session.events import Classification

RECENT_RUNS = 100
"""So many past runs say how long the next one will take."""


class AppState(QObject):
    """What is `drawn`, `chosen`, `proved`, `past`, the `cloud`, its `wire`, the `run` and `live`.

    Each with its signals. `is_recorded` tells that a recorded run stands in for the engine; signal
    `recorded_changed(bool)`.
    """

    recorded_changed = Signal(bool)

    def __init__(self, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self.is_recorded = False
        self.drawn = Drawn(self)
        self.chosen = Chosen(settings, self)
        self.cloud = Cloud(self)
        self.wire = Wire(self)
        self.run = Run(self)
        self.proved = Proved(self)
        self.live = Live(self)
        self.past = Past(self)
        self.chosen.journey_changed.connect(self.run.lay_out)
        self.cloud.used.connect(self.run.leave)

    @property
    def has_keys(self) -> bool:
        """Tell whether the keys for the current settings exist."""
        return self.run.keys is not None and self.run.keys.settings == self.chosen.settings

    @property
    def can_classify(self) -> bool:
        """Tell whether pressing the button would start a run."""
        busy = self.run.phase in (Phase.CLASSIFYING, Phase.CANCELLING)
        return self.drawn.picture is not None and not self.chosen.is_refused and not busy

    @property
    def can_prove(self) -> bool:
        """Tell whether the last ciphertext can be encrypted again and decrypted wrongly."""
        idle, result = self.run.phase is Phase.IDLE and self.has_keys, self.run.result
        if self.run.is_left or self.cloud.is_away:
            return False
        return idle and result is not None and result.settings == self.chosen.settings

    @property
    def is_answered(self) -> bool:
        """Tell whether the answer belongs to the picture and the settings that are chosen.

        Live, the picture of a moment ago is near enough.
        """
        picture, classified, result = self.drawn.picture, self.run.classified, self.run.result
        if picture is None or classified is None or result is None:
            return False
        if self.run.phase is Phase.CLASSIFYING or result.settings != self.chosen.settings:
            return False
        return self.live.is_on or np.array_equal(picture, classified)

    @property
    def is_stale(self) -> bool:
        """Tell whether what is shown is of a run with other settings than those that are chosen."""
        result, idle = self.run.result, self.run.phase is not Phase.CLASSIFYING
        return idle and result is not None and result.settings != self.chosen.settings

    @property
    def expected_seconds(self) -> float | None:
        """Return how long a run should take: the last one at these settings, or the forecast."""
        forecast = self.chosen.forecast
        if not isinstance(forecast, Forecast):
            return None
        seconds = forecast.server_seconds
        for run in reversed(self.past.runs[-RECENT_RUNS:]):
            if run.settings == self.chosen.settings:
                seconds = run.total_seconds
                break
        if seconds is None or self.has_keys:
            return seconds
        return seconds + (forecast.key_seconds or 0.0)

    def set_recorded(self, is_recorded: bool) -> None:
        """Say whether a recorded run stands in for the engine; what the other one gave is gone."""
        self.is_recorded = is_recorded
        self.proved.set_evidence(Evidence())
        self.run.forget()
        self.recorded_changed.emit(is_recorded)

    def set_result(self, result: Classification, picture: Picture) -> None:
        """Show the answer to a picture and remember the run."""
        run = stored_run(result, picture, self.run.keys, self.past.clock())
        self.past.runs.append(run)
        self.show_result(result, picture)
        self.past.changed.emit()
        self.past.run_finished.emit(run)

    def show_result(self, result: Classification, picture: Picture) -> None:
        """Show the answer to a picture; what was tried with the one before is gone."""
        self.proved.evidence = Evidence(result.ciphertext)
        self.run.show(result, picture, self.cloud.where)
        self.proved.changed.emit()

    def show_frame(self, result: Classification, picture: Picture) -> None:
        """Show a live answer and its journey; nothing is remembered."""
        self.run.finish_stages(result.stages)
        self.show_result(result, picture)
