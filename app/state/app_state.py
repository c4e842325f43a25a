"""What the window shows, in one place; widgets read it and repaint on its signals.

Only `pictures`, `choices`, `runs` and `live` change it. Nothing here knows how the engine or a
widget works.
"""

import time

from PySide6.QtCore import QObject, Signal

from app.state.drawing import Grey, History
from app.state.records import Evidence, LiveFigures, Message, Phase, Progress, StageState, Tone
from app.state.stored_run import StoredRun, stored_run
from engine.ckks.parameters import Settings
from engine.parties.message_log import MessageLog, MessageLogged
from engine.session.events import (
    Classification,
    Event,
    KeysReady,
    StageFinished,
    StageProgress,
    StageStarted,
)
from engine.session.forecast import Forecast, Refusal

RECENT_RUNS = 100
"""So many past runs say how long the next one will take."""


class AppState(QObject):
    """The model of the window.

    Attributes: `history`, `picture` (28, 28) or None, `sampled_at` (when the pen drew what is new
    in it), `settings`, `forecast`, `stages`, `keys`, `phase`, `started_at`, `result`, `evidence`,
    `messages`, `runs`, `live`, `message`, `picture_message`, `clock` (tells the time of a run).
    Signals: one `..._changed` for each group of them; `stage_changed(key)`,
    `run_finished(StoredRun)`.
    """

    drawing_changed = Signal()
    settings_changed = Signal()
    forecast_changed = Signal()
    phase_changed = Signal()
    stage_changed = Signal(str)
    result_changed = Signal()
    evidence_changed = Signal()
    messages_changed = Signal()
    runs_changed = Signal()
    live_changed = Signal()
    run_finished = Signal(object)
    message_changed = Signal()
    picture_message_changed = Signal()

    def __init__(self, settings: Settings, parent: QObject) -> None:
        super().__init__(parent)
        self.history = History()
        self.picture: Grey | None = None
        self.sampled_at = 0.0
        self.settings = settings
        self.forecast: Forecast | Refusal | None = None
        self.last_forecast: Forecast | None = None
        self.stages: dict[str, StageState] = {}
        self.keys: KeysReady | None = None
        self.phase = Phase.IDLE
        self.started_at = 0.0
        self.result: Classification | None = None
        self.classified: Grey | None = None
        self.evidence = Evidence()
        self.messages = MessageLog()
        self.runs: list[StoredRun] = []
        self.live = LiveFigures()
        self.clock = time.time
        self.message = Message("")
        self.picture_message = Message("")

    @property
    def is_refused(self) -> bool:
        """Tell whether the current settings cannot work."""
        return isinstance(self.forecast, Refusal)

    @property
    def can_classify(self) -> bool:
        """Tell whether pressing the button would start a run."""
        busy = self.phase in (Phase.CLASSIFYING, Phase.CANCELLING)
        return self.picture is not None and not self.is_refused and not busy

    @property
    def expected_seconds(self) -> float | None:
        """Return how long a run should take: the last one at these settings, or the forecast."""
        forecast = self.forecast
        if not isinstance(forecast, Forecast):
            return None
        seconds = forecast.server_seconds
        for run in reversed(self.runs[-RECENT_RUNS:]):
            if run.settings == self.settings:
                seconds = run.total_seconds
                break
        if seconds is None or self.has_keys:
            return seconds
        return seconds + (forecast.key_seconds or 0.0)

    @property
    def has_keys(self) -> bool:
        """Tell whether the keys for the current settings exist."""
        return self.keys is not None and self.keys.settings == self.settings

    @property
    def can_prove(self) -> bool:
        """Tell whether the last ciphertext can be encrypted again and decrypted wrongly."""
        idle = self.phase is Phase.IDLE and self.has_keys
        return idle and self.result is not None and self.result.settings == self.settings

    def set_picture(self, picture: Grey | None, sampled_at: float) -> None:
        """Replace what the network will see; `sampled_at` is when the pen began to change it."""
        self.picture = picture
        self.sampled_at = sampled_at
        self.drawing_changed.emit()

    def set_keys(self, keys: KeysReady) -> None:
        """Remember the keys that exist; their stage is done, even if it was long ago."""
        self.keys = keys
        size = keys.relin_key_bytes + keys.galois_key_bytes
        self.stages["keys"] = StageState(Progress.DONE, keys.seconds, size)
        self.stage_changed.emit("keys")
        self.phase_changed.emit()

    def set_settings(self, settings: Settings) -> None:
        """Replace the settings."""
        self.settings = settings
        self.settings_changed.emit()

    def set_forecast(self, forecast: Forecast | Refusal) -> None:
        """Replace the forecast; a refusal leaves the journey of the last that worked."""
        self.forecast = forecast
        if isinstance(forecast, Forecast):
            new_journey = self.last_forecast is None or (
                [stage.key for stage in self.last_forecast.stages]
                != [stage.key for stage in forecast.stages]
            )
            self.last_forecast = forecast
            if new_journey:
                self.stages = {stage.key: StageState() for stage in forecast.stages}
        self.forecast_changed.emit()

    def set_phase(self, phase: Phase) -> None:
        """Replace the phase; a run's clock starts with it."""
        if phase is Phase.CLASSIFYING:
            self.started_at = time.perf_counter()
        self.phase = phase
        self.phase_changed.emit()

    def say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """Show a sentence beside the button."""
        self.message = Message(text, tone)
        self.message_changed.emit()

    def say_of_picture(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """Show a sentence beside the canvas."""
        self.picture_message = Message(text, tone)
        self.picture_message_changed.emit()

    def reset_stages(self, keep_keys: bool) -> None:
        """Put the stages back to waiting; those of the keys too unless `keep_keys`."""
        for key in self.stages:
            if key != "keys" or not keep_keys:
                self.stages[key] = StageState()
                self.stage_changed.emit(key)

    def stop_stages(self) -> None:
        """Put what was running back to waiting, after a cancel or an error."""
        for key, stage in self.stages.items():
            if stage.progress is Progress.RUNNING:
                self.stages[key] = StageState()
                self.stage_changed.emit(key)

    def take_event(self, event: Event) -> None:
        """Bring one stage up to date."""
        stage = self.stages.setdefault(event.key, StageState())
        match event:
            case StageStarted():
                stage = StageState(Progress.RUNNING, started_at=time.perf_counter())
            case StageProgress(done=done, total=total):
                stage.done, stage.total = done, total
            case StageFinished(seconds=seconds, wire_bytes=wire_bytes, level=level):
                stage.progress = Progress.DONE
                stage.seconds, stage.wire_bytes, stage.level = seconds, wire_bytes, level
        self.stages[event.key] = stage
        self.stage_changed.emit(event.key)

    def set_evidence(self, evidence: Evidence) -> None:
        """Replace what is shown as proofs."""
        self.evidence = evidence
        self.evidence_changed.emit()

    def log_message(self, message: MessageLogged) -> None:
        """Remember that a message went between the window and a process."""
        self.messages.add(message)
        self.messages_changed.emit()

    @property
    def is_answered(self) -> bool:
        """Tell whether the answer belongs to the picture; live, a moment ago is near enough."""
        if self.picture is None or self.classified is None or self.phase is Phase.CLASSIFYING:
            return False
        if self.live.is_on:
            return True
        return bool((self.picture == self.classified).all())

    def set_result(self, result: Classification, picture: Grey) -> None:
        """Show the answer to a picture and remember the run."""
        run = stored_run(result, picture, self.keys, self.clock())
        self.runs.append(run)
        self.show_result(result, picture)
        self.runs_changed.emit()
        self.run_finished.emit(run)

    def show_result(self, result: Classification, picture: Grey) -> None:
        """Show the answer to a picture."""
        self.result = result
        self.classified = picture
        self.evidence = Evidence(result.ciphertext)
        self.result_changed.emit()
        self.evidence_changed.emit()

    def show_frame(self, result: Classification, picture: Grey) -> None:
        """Show a live answer: the journey as it ended, in one step, and nothing remembered."""
        for each in result.stages:
            self.stages[each.key] = StageState(
                Progress.DONE, each.seconds, each.wire_bytes, each.level
            )
        self.stage_changed.emit(result.stages[-1].key)
        self.show_result(result, picture)

    def set_live(self, figures: LiveFigures) -> None:
        """Replace how live mode does."""
        self.live = figures
        self.live_changed.emit()

    def set_runs(self, runs: list[StoredRun]) -> None:
        """Replace the past runs, oldest first."""
        self.runs = runs
        self.runs_changed.emit()
