"""What a person does with the engine: keys, classify, cancel.

Keys are made in the background whenever they are missing, so that a run can begin at once.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.journey.patience import Patience
from app.link.crash import UNEXPECTED, is_expected
from app.link.requests import Calibrate, Classify, ClassifyFrames, MakeKeys, Request
from app.link.session import SessionFactory
from app.link.worker import EngineLink
from app.state.drawing import Picture
from app.state.everything import AppState
from app.state.records import Phase, Tone
from engine.ckks.parameters import Settings
from engine.errors import CancelledError, UnreachableError
from engine.planning.forecast import Forecast
from engine.session.events import Classification

CALIBRATION_IDLE_MS = 2000
CUT_SHORT = "The cloud is cut off. This run goes on as soon as it answers again."
Show = Callable[[Classification, Picture], None]
T = TypeVar("T")


class Runs(QObject):
    """Submits requests and turns what comes of them into state.

    The phase follows what was asked for last; what was overtaken only matters if it made keys.
    Signals: `calibrated`, times can be predicted now; `failed(Exception)`, nobody having wanted it.
    Attribute `link`: for what else is asked.
    """

    calibrated = Signal()
    failed = Signal(object)

    def __init__(
        self, state: AppState, factory: SessionFactory, report: Callable[[Exception], None]
    ) -> None:
        super().__init__(state)
        self._state = state
        self._report = report
        self.link = EngineLink(factory, self)
        self.link.progressed.connect(state.run.take_event)
        self.link.exchanged.connect(state.proved.log_message)
        self._patience = Patience(state, self.link)
        self._current: Request[Any] | None = None
        self._preparing: Settings | None = None
        self._latest: tuple[Classify, Show] | None = None
        self._is_cut_short = False
        self._calibration = QTimer(self, singleShot=True, interval=CALIBRATION_IDLE_MS)
        self._calibration.timeout.connect(self._calibrate)

    @Slot()
    def make_keys(self) -> None:
        """Make the keys for the settings, unless they exist or a run is on its way."""
        state = self._state
        busy = state.run.phase in (Phase.CLASSIFYING, Phase.CANCELLING)
        if (
            busy
            or state.cloud.wanted
            or state.cloud.is_lost
            or state.chosen.last_forecast is None
            or state.chosen.is_refused
            or state.has_keys
            or self._preparing == state.chosen.settings
        ):
            return
        self._prepare()

    def _prepare(self) -> None:
        state = self._state
        if self._preparing is not None:
            self.link.cancel()
        state.run.keys = None
        self._preparing = state.chosen.settings
        state.run.reset_stages(keep_keys=False)
        self._follow(MakeKeys(state.chosen.settings), state.run.set_keys)
        state.run.set_phase(Phase.MAKING_KEYS)

    def classify(self) -> None:
        """Classify the picture encrypted; the keys are made first if they are missing."""
        self._classify(self._state.set_result)

    def classify_in_passing(self) -> None:
        """Classify the picture as `classify` does, but do not remember the run."""
        self._classify(self._state.show_result)

    def _classify(self, show: Show) -> None:
        state = self._state
        if not state.can_classify or state.drawn.picture is None:
            return
        if not state.has_keys and self._preparing != state.chosen.settings:
            self._prepare()
        state.run.reset_stages(keep_keys=True)
        state.run.say("")
        self._begin(Classify(state.chosen.settings, state.drawn.picture), show)

    def _begin(self, request: Classify, show: Show) -> None:
        self._latest, self._is_cut_short = (request, show), False
        self._follow(request, lambda result: show(result, request.picture))
        self._state.run.set_phase(Phase.CLASSIFYING)

    def classify_frames(
        self,
        frames: ClassifyFrames,
        on_end: Callable[[None], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        """Classify the frames of a live drawing, with the keys that exist."""

        def fail(error: Exception) -> None:
            self.fail(error)
            on_error(error)
            if self._state.run.phase is Phase.IDLE:
                self._state.run.keys = None
                self.make_keys()

        self.link.submit(frames, on_end, fail)

    def cancel(self) -> None:
        """Stop the run; where the engine hangs, whatever it is at. It starts again when needed."""
        hangs = self._state.run.is_silent
        if self._state.run.phase is Phase.CLASSIFYING:
            self._state.run.set_phase(Phase.CANCELLING)
        elif not hangs:
            return
        if hangs:
            self.link.restart()
        else:
            self.link.cancel()

    def leave(self) -> None:
        """Give up what is under way, and what was cut short: another cloud is wanted."""
        self._is_cut_short = False
        if self._state.run.phase is not Phase.IDLE:
            self.link.cancel()

    def use_sessions(self, factory: SessionFactory) -> None:
        """Give up what is under way, even if it hangs, and go on with sessions of another kind."""
        hangs = self._state.run.is_silent
        self.leave()
        if hangs:
            self.link.restart()
        self.link.use_sessions(factory)

    def begin_anew(self) -> None:
        """Make keys for another cloud: those for the one before are gone."""
        self.forget_keys()
        self.make_keys()

    def forget_keys(self) -> None:
        """Have keys made again before they are needed, or once settings have settled."""
        self._state.run.keys = None
        self._state.run.say("")
        self._state.run.reset_stages(keep_keys=False)

    def resume(self) -> None:
        """Go on with a cloud that answers again: with the run that it cut short, if any."""
        run = self._state.run
        run.say("")
        run.keys = None  # it may have lost them
        settings = self._state.chosen.settings
        again = self._latest if self._is_cut_short and run.phase is Phase.IDLE else None
        if again is not None and again[0].settings == settings:
            self._begin(*again)
        else:
            self.make_keys()

    def close(self) -> None:
        """End the thread and the engine's processes."""
        self.link.close()

    def _follow(self, request: Request[T], take: Callable[[T], None]) -> None:
        """Submit what the phase is about until it ends or something else is."""

        def succeed(value: T) -> None:
            self._forget_preparing(request)
            take(value)
            self._end(request, succeeded=True)

        def fail(error: Exception) -> None:
            self._forget_preparing(request)
            cancelled = isinstance(error, CancelledError)
            if request is self._current and isinstance(request, Classify):
                self._is_cut_short = isinstance(error, UnreachableError)
            if cancelled and request is self._current and self._state.run.phase is Phase.CANCELLING:
                self._state.run.say("Cancelled. Nothing was decrypted.")
            self.fail(error)
            self._end(request, succeeded=False)
            if cancelled:
                self.make_keys()

        self._current = request
        self.link.submit(request, succeed, fail)

    def _forget_preparing(self, request: Request[T]) -> None:
        if isinstance(request, MakeKeys) and request.settings == self._preparing:
            self._preparing = None

    def _end(self, request: Request[T], *, succeeded: bool) -> None:
        if request is not self._current:
            return
        self._current = None
        if not succeeded:
            self._state.run.keys = None
            self._state.run.stop_stages()
        self._state.run.set_phase(Phase.IDLE)
        self._calibration.start()
        if isinstance(request, Classify):
            self.make_keys()

    def fail(self, error: Exception) -> None:
        """Say what went wrong, unless the person wanted it so."""
        if isinstance(error, CancelledError):
            return
        self.failed.emit(error)
        if self._is_cut_short:
            self._state.run.say(CUT_SHORT, Tone.ERROR)
        elif is_expected(error):
            self._state.run.say(str(error), Tone.ERROR)
        else:
            self._report(error)
            self._state.run.say(UNEXPECTED, Tone.ERROR)

    def _calibrate(self) -> None:
        """Measure the primitives' costs where they are not known and nobody waits for anything."""
        forecast = self._state.chosen.forecast
        missing = isinstance(forecast, Forecast) and forecast.server_seconds is None
        is_here = self._state.cloud.address is None  # elsewhere another machine would be measured
        is_idle = self._state.run.phase is Phase.IDLE and not self._state.live.is_on
        if missing and is_here and is_idle:
            self.link.submit(Calibrate(), lambda _nothing: self.calibrated.emit(), self.fail)
