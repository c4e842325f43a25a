"""The sweep that a person chooses, runs, pauses, resumes and looks at; state outside the widgets.

Everything that was ever measured stays in the folder, so no point is measured twice, and a sweep
that was interrupted, by whatever, goes on where it was.
"""

import time
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from filelock import FileLock
from PySide6.QtCore import QObject, Signal, Slot

from app.link.background import Background
from app.link.crash import UNEXPECTED, is_expected
from app.state.drawing import Picture
from app.state.everything import AppState
from app.state.records import Message, Tone
from app.sweep.choice import SweepChoice, SweepOrder
from app.sweep.link import SweepLink, SweepOpener
from app.sweep.rows import KnownRows, PointState, state_after
from app.sweep.store import SweepMemory, claim_plan, load_plan, load_rows, save_plan
from engine.data_sets.loading import is_missing
from engine.data_sets.preparation import dataset_of
from engine.errors import CancelledError, CipherSketchError, ResultsError
from engine.studies.sweeps.limits import limit_of
from engine.studies.sweeps.records import SweepEvent, SweepPoint, SweepRow


class SweepPhase(Enum):
    """What the sweep is doing."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    CANCELLING = "cancelling"


class Sweeps(QObject):
    """The one sweep there is.

    Attributes: `choice`, `limits` (why a point cannot work, for those that cannot), `points`,
    `states` (of each point), `phase`, `message`, `selected` (a place in `points` or None).
    Signals: `choice_changed` (and with it points and states), `limits_changed`,
    `point_changed(place)`, `phase_changed`, `selected_changed`.
    """

    choice_changed = Signal()
    limits_changed = Signal()
    point_changed = Signal(int)
    phase_changed = Signal()
    selected_changed = Signal()

    def __init__(
        self,
        state: AppState,
        background: Background,
        opener: SweepOpener,
        report: Callable[[Exception], None],
        folder: Path,
    ) -> None:
        super().__init__(state)
        self._state = state
        self._background = background
        self._report = report
        self._folder = folder
        self._link = SweepLink(opener, self)
        self._link.happened.connect(self._take)
        self._link.ended.connect(self._end)
        self._rows = KnownRows()
        self._places: dict[SweepPoint, int] = {}
        self._picture: Picture | None = None
        self._claim: FileLock | None = None
        self._started_at = 0.0
        self._share_at_start = 0.0
        self.choice = SweepChoice()
        self.limits: dict[SweepPoint, str] = {}
        self.points: tuple[SweepPoint, ...] = ()
        self.states: list[PointState] = []
        self.phase = SweepPhase.IDLE
        self.message = Message("")
        self.selected: int | None = None
        self._remember()

    # --- choosing

    @property
    def can_change(self) -> bool:
        """Tell whether another sweep may be chosen now."""
        return self.phase in (SweepPhase.IDLE, SweepPhase.PAUSED)

    @property
    def possible(self) -> list[int]:
        """Return the places of the points that can work."""
        return [place for place, point in enumerate(self.points) if point not in self.limits]

    def choose(self, choice: SweepChoice) -> None:
        """Choose what is to be measured; a paused sweep is given up for it, its rows are kept."""
        if not self.can_change or choice == self.choice:
            return
        if self.phase is SweepPhase.PAUSED:
            self._set_phase(SweepPhase.IDLE)
        self._use(choice)

    def select(self, place: int | None) -> None:
        """Pick a point, to see its row."""
        if place != self.selected:
            self.selected = place
            self.selected_changed.emit()

    def _use(self, choice: SweepChoice) -> None:
        self.choice = choice
        self.points = choice.points()
        self._places = {point: place for place, point in enumerate(self.points)}
        self.selected = None
        self._fill()
        self._find_limits()

    def _fill(self) -> None:
        known, choice = self._rows, self.choice
        self.states = [known.state(point, choice, self._picture) for point in self.points]
        self.choice_changed.emit()
        self.selected_changed.emit()

    def _find_limits(self) -> None:
        choice = self.choice

        def find() -> dict[SweepPoint, str]:
            reasons = {
                point: limit_of(point.settings, point.mode) for point in choice.every_point()
            }
            return {point: reason for point, reason in reasons.items() if reason is not None}

        self._background.run("sweep limits", find, self._show_limits, self._fail)

    def _show_limits(self, limits: dict[SweepPoint, str]) -> None:
        self.limits = limits
        self.limits_changed.emit()

    @property
    def missing(self) -> list[str]:
        """Return the data sets whose test pictures are wanted but not on this computer."""
        if not self.choice.pictures:
            return []
        wanted = dict.fromkeys(dataset_of(model) for model in self.choice.models)
        return [dataset for dataset in wanted if is_missing(dataset, "test")]

    # --- running

    def start(self) -> None:
        """Measure what is not measured yet; a paused sweep goes on."""
        if not self.can_change or not self.points:
            return
        if self.share < 1 and self.missing:
            self._say("Test pictures are missing: get them, or take the drawn picture.")
            return
        picture = None
        if not self.choice.pictures:
            resumes = self.phase is SweepPhase.PAUSED
            picture = self._picture if resumes else self._state.drawn.picture
            if picture is None:
                self._say("The canvas is empty: draw a picture first, or use test pictures.")
                return
        try:
            self._claim = claim_plan(self._folder)
            save_plan(self._folder, SweepMemory(self.choice, picture, is_open=True))
        except ResultsError as error:
            self._give_back()
            self._say(str(error))
            return
        self._picture = picture
        self._fill()
        self._started_at, self._share_at_start = time.perf_counter(), self.share
        self._say("")
        self._link.start(SweepOrder(self.points, self.choice.pictures, picture), self._folder)
        self._set_phase(SweepPhase.RUNNING)

    def pause(self) -> None:
        """Stop for now; points that are under way begin again when it goes on."""
        if self.phase is SweepPhase.RUNNING:
            self._set_phase(SweepPhase.PAUSING)
            self._link.cancel()

    def cancel(self) -> None:
        """Stop for good; what was finished is kept."""
        if self.phase is SweepPhase.RUNNING:
            self._set_phase(SweepPhase.CANCELLING)
            self._link.cancel()
        elif self.phase is SweepPhase.PAUSED:
            self._close_plan()
            self._give_back()
            self._set_phase(SweepPhase.IDLE)

    def close(self) -> None:
        """End the thread and its processes; the next start of the program can resume."""
        self._link.close()
        self._give_back()

    @property
    def share(self) -> float:
        """Return how much of what can work is done, 0 to 1."""
        places = self.possible
        return sum(self.states[each].share for each in places) / len(places) if places else 0.0

    @property
    def elapsed(self) -> float:
        """Return the seconds since it was started or resumed."""
        return time.perf_counter() - self._started_at

    @property
    def remaining(self) -> float | None:
        """Return about how many seconds it will take; None before the first progress."""
        done = self.share - self._share_at_start
        return self.elapsed * (1 - self.share) / done if done > 0 else None

    @Slot(object)
    def _take(self, event: SweepEvent) -> None:
        place = self._places.get(event.point)
        if place is None:
            return
        if isinstance(event, SweepRow):
            self._rows.add([event])
        self.states[place] = state_after(event)
        self.point_changed.emit(place)

    @Slot(object)
    def _end(self, error: Exception | None) -> None:
        pausing = self.phase is SweepPhase.PAUSING
        for place, state in enumerate(self.states):
            if 0 < state.share < 1:
                self.states[place] = PointState()
                self.point_changed.emit(place)
        if error is None:
            failed = sum(bool(self.states[each].fault) for each in self.possible)
            self._say(
                f"{failed} of {len(self.possible)} points failed; start again to try them."
                if failed
                else ""
            )
        elif isinstance(error, CancelledError):
            self._say("")
        else:
            self._fail(error)
            pausing = True  # what is finished is kept, and Resume tries the rest again
        if not pausing:
            self._close_plan()
        self._give_back()
        self._set_phase(SweepPhase.PAUSED if pausing else SweepPhase.IDLE)

    # --- between two starts of the program

    def _remember(self) -> None:
        """Show the last sweep again, and offer to go on with one that was interrupted."""
        memory = None
        try:
            memory = load_plan(self._folder)
        except ResultsError as error:
            self._say(str(error))
        if memory is not None:
            self._picture = memory.picture
            if memory.is_open:
                self.phase = SweepPhase.PAUSED
        self._use(memory.choice if memory is not None else self.choice)
        self._background.run(
            "sweep rows", lambda: load_rows(self._folder), self._take_rows, self._fail
        )

    def _take_rows(self, rows: tuple[SweepRow, ...]) -> None:
        self._rows.add(rows)
        self._fill()

    def _close_plan(self) -> None:
        """Write that there is nothing to resume, unless another window measures by that plan."""
        try:
            if self._claim is None:
                self._claim = claim_plan(self._folder)
            save_plan(self._folder, SweepMemory(self.choice, self._picture, is_open=False))
        except ResultsError as error:
            self._say(str(error))

    def _give_back(self) -> None:
        """Let other windows write the plan."""
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def _fail(self, error: Exception) -> None:
        if not is_expected(error):
            self._report(error)
        self._say(str(error) if isinstance(error, CipherSketchError) else UNEXPECTED)

    def _say(self, text: str) -> None:
        self.message = Message(text, Tone.ERROR)
        self.phase_changed.emit()

    def _set_phase(self, phase: SweepPhase) -> None:
        self.phase = phase
        self.phase_changed.emit()
