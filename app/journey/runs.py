"""What a person does with the engine: keys, classify, cancel; the proofs have their own part.

Keys are made in the background whenever they are missing, so that a run can begin at once.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.draw.drawing import Grey
from app.link.crash import UNEXPECTED, is_expected
from app.link.records import Phase, Tone
from app.link.worker import EngineLink, Outcome, SessionFactory, Task
from app.prove.proofs import Proofs
from app.state import AppState
from engine.ckks.parameters import Settings
from engine.errors import CancelledError
from engine.session.forecast import Forecast

CALIBRATION_IDLE_MS = 2000


class Runs(QObject):
    """Submits jobs and turns their outcomes into state.

    The phase follows the job submitted last as `_current`; outcomes of jobs that were overtaken
    only matter if they made keys. Signals: `calibrated` once times can be predicted,
    `frame_ended(Outcome)` after every live frame. Attribute `proofs`: what can be tried with the
    last run's ciphertexts.
    """

    calibrated = Signal()
    frame_ended = Signal(object)

    def __init__(
        self, state: AppState, factory: SessionFactory, report: Callable[[Exception], None]
    ) -> None:
        super().__init__(state)
        self._state = state
        self._report = report
        self._link = EngineLink(factory, self)
        self._link.progressed.connect(state.take_event)
        self._link.exchanged.connect(state.log_message)
        self.proofs = Proofs(state, self._link)
        self._link.outcome.connect(self._finish)
        self._current = 0
        self._passing = 0
        self._preparing: Settings | None = None
        self._calibration = QTimer(self, singleShot=True, interval=CALIBRATION_IDLE_MS)
        self._calibration.timeout.connect(self._calibrate)

    @Slot()
    def make_keys(self) -> None:
        """Make the keys for the settings, unless they exist or a run is on its way."""
        state = self._state
        busy = state.phase in (Phase.CLASSIFYING, Phase.CANCELLING)
        if busy or state.is_refused or state.has_keys or self._preparing == state.settings:
            return
        self._prepare()

    def _prepare(self) -> None:
        state = self._state
        if self._preparing is not None:
            self._link.cancel()
        state.keys = None
        self._preparing = state.settings
        state.reset_stages(keep_keys=False)
        self._current = self._link.submit(Task.PREPARE, state.settings)
        state.set_phase(Phase.MAKING_KEYS)

    def classify(self) -> None:
        """Classify the picture encrypted; the keys are made first if they are missing."""
        if self._state.can_classify:
            self._classify()

    def classify_in_passing(self) -> None:
        """Classify the picture as `classify` does, but do not remember the run."""
        if self._state.can_classify:
            self._classify()
            self._passing = self._current

    def _classify(self) -> None:
        state = self._state
        if not state.has_keys and self._preparing != state.settings:
            self._prepare()
        state.reset_stages(keep_keys=True)
        state.say("")
        self._current = self._link.submit(Task.CLASSIFY, state.settings, state.picture)
        state.set_phase(Phase.CLASSIFYING)

    def classify_frame(self, picture: Grey) -> None:
        """Classify one frame of a live drawing, with the keys that exist."""
        self._link.submit(Task.FRAME, self._state.settings, picture)

    def cancel(self) -> None:
        """Stop the run."""
        if self._state.phase is Phase.CLASSIFYING:
            self._state.set_phase(Phase.CANCELLING)
            self._link.cancel()

    def close(self) -> None:
        """End the thread and the engine's processes."""
        self._link.close()

    @Slot(object)
    def _finish(self, outcome: Outcome) -> None:
        job = outcome.job
        self.proofs.take(outcome)
        if job.task is Task.PREPARE and job.settings == self._preparing:
            self._preparing = None
        if outcome.error is not None:
            self._fail(outcome.error, is_current=job.serial == self._current)
        elif job.task is Task.PREPARE:
            self._state.set_keys(outcome.value)
        elif job.task is Task.CLASSIFY:
            assert job.picture is not None
            is_kept = job.serial != self._passing
            show = self._state.set_result if is_kept else self._state.show_result
            show(outcome.value, job.picture)
        elif job.task is Task.CALIBRATE:
            self.calibrated.emit()
        if job.task is Task.FRAME:
            self._end_frame(outcome)
        elif job.serial == self._current:
            self._become_idle(succeeded=outcome.error is None, task=job.task)

    def _end_frame(self, outcome: Outcome) -> None:
        self.frame_ended.emit(outcome)
        if outcome.error is not None and self._state.phase is Phase.IDLE:
            self._state.keys = None
            self.make_keys()

    def _fail(self, error: Exception, is_current: bool) -> None:
        if isinstance(error, CancelledError):
            if is_current and self._state.phase is Phase.CANCELLING:
                self._state.say("Cancelled. Nothing was decrypted.")
            return
        if is_expected(error):
            self._state.say(str(error), Tone.ERROR)
        else:
            self._report(error)
            self._state.say(UNEXPECTED, Tone.ERROR)

    def _become_idle(self, succeeded: bool, task: Task) -> None:
        self._current = 0
        if not succeeded:
            self._state.keys = None
            self._state.stop_stages()
        self._state.set_phase(Phase.IDLE)
        self._calibration.start()
        if task is Task.CLASSIFY:
            self.make_keys()

    def _calibrate(self) -> None:
        """Measure the primitives' costs where they are not known and nobody waits for anything."""
        forecast = self._state.forecast
        missing = isinstance(forecast, Forecast) and forecast.server_seconds is None
        if missing and self._state.phase is Phase.IDLE and not self._state.live.is_on:
            self._link.submit(Task.CALIBRATE)
