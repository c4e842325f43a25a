"""The run: how far the engine is, and the answer that it gave last."""

import time
from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from app.state.drawing import Picture
from app.state.records import Message, Phase, Progress, StageState, Tone
from engine.session.events import (
    Classification,
    Event,
    KeysReady,
    StageFinished,
    StageProgress,
    StageStarted,
)


class Run(QObject):
    """`phase` since `started_at`, `stages`, `keys`; the `result` for the picture `classified`.

    `where` the cloud was that computed it, host and port or empty; `is_left` once that cloud, or
    the session with it, is no longer in use. `is_silent` while nothing has come from the engine for
    far too long.

    Signals: `phase_changed`, `stage_changed(key)`, `result_changed`; `message_changed`, of the
    sentence beside the button.
    """

    phase_changed = Signal()
    stage_changed = Signal(str)
    result_changed = Signal()
    message_changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.stages: dict[str, StageState] = {}
        self.keys: KeysReady | None = None
        self.phase = Phase.IDLE
        self.started_at = 0.0
        self.result: Classification | None = None
        self.classified: Picture | None = None
        self.where = ""
        self.is_left = False
        self.message = Message("")
        self.is_silent = False

    def set_silent(self, is_silent: bool) -> None:
        """Say whether the engine has been silent for far too long."""
        if is_silent != self.is_silent:
            self.is_silent = is_silent
            self.message_changed.emit()

    def set_phase(self, phase: Phase) -> None:
        """Replace the phase; a run's clock starts with it."""
        if phase is Phase.CLASSIFYING:
            self.started_at = time.perf_counter()
        self.phase = phase
        self.phase_changed.emit()

    def set_keys(self, keys: KeysReady) -> None:
        """Remember the keys that exist; their stage is done, even if it was long ago."""
        self.keys = keys
        size = keys.relin_key_bytes + keys.galois_key_bytes
        self.stages["keys"] = StageState(Progress.DONE, keys.seconds, size)
        self.stage_changed.emit("keys")
        self.phase_changed.emit()

    def say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """Show a sentence beside the button."""
        self.message = Message(text, tone)
        self.message_changed.emit()

    def lay_out(self, keys: Iterable[str]) -> None:
        """Begin with other stages, all waiting."""
        self.stages = {key: StageState() for key in keys}

    def reset_stages(self, keep_keys: bool) -> None:
        """Put the stages back to waiting; those of the keys too unless `keep_keys`."""
        self._put_back([key for key in self.stages if key != "keys" or not keep_keys])

    def stop_stages(self) -> None:
        """Put what was running back to waiting, after a cancel or an error."""
        stages = self.stages.items()
        self._put_back([key for key, stage in stages if stage.progress is Progress.RUNNING])

    def _put_back(self, keys: Iterable[str]) -> None:
        for key in keys:
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
            case StageFinished():
                stage = finished(event)
        self.stages[event.key] = stage
        self.stage_changed.emit(event.key)

    def finish_stages(self, stages: tuple[StageFinished, ...]) -> None:
        """Show a journey as it ended, in one step."""
        self.stages |= {stage.key: finished(stage) for stage in stages}
        self.stage_changed.emit(stages[-1].key)

    @property
    def picture_bytes(self) -> int:
        """Return how large the picture of the last run is, a drawing's size before the first."""
        return 28 * 28 if self.classified is None else self.classified.size

    def show(self, result: Classification, picture: Picture, where: str = "") -> None:
        """Show the answer to a picture, which the cloud at `where` computed."""
        self.result = result
        self.classified = picture
        self.where, self.is_left = where, False
        self.result_changed.emit()

    def forget(self) -> None:
        """Show no answer, as before the first run."""
        self.result = self.classified = None
        self.where, self.is_left = "", False
        self.result_changed.emit()

    def leave(self) -> None:
        """Say that the cloud that gave the answer has nothing of it any more."""
        self.is_left = True
        self.result_changed.emit()


def finished(stage: StageFinished) -> StageState:
    """Return the state of a stage that ended."""
    return StageState(Progress.DONE, stage.seconds, stage.wire_bytes, stage.level)
