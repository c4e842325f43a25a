"""The presentation: which step of the story is told, and the run that it tells of.

Leaving the first step really runs the engine. Steps may be ahead of it; then they wait.
"""

import time
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal, Slot

from app.journey.runs import Runs
from app.present.plan import Plan
from app.present.story import Part, Step, engine_text, part_of
from app.state.everything import AppState
from app.state.records import Phase, Progress, StageState
from engine.planning.journey import StageInfo
from engine.session.events import Classification

LAST = "This is the last step. Press 1 to begin again, Esc to leave."


class Presentation(QObject):
    """Attributes: `is_on`, `step`, `result` of this story's run or None, `note` (a sentence).

    `started_at` is when it was turned on, by `time.monotonic`.

    `plan` says which steps are told, in which order; `place` is that of `step` among them.

    `is_inside` tells whether the steps of what the cloud computes are open, `is_playing` whether
    they are to be waited for.

    `is_black` tells whether the audience sees nothing for now. `pointer` is where the speaker
    points, from 0 to 1 across and down, or None; `has_pointer` whether it is shown at all.

    `keeps_runs` tells whether its runs are remembered. Signals: `changed`; `planned`, of the plan;
    `pointed`; `answered`, there is a result; `turned(on)`.
    """

    changed = Signal()
    planned = Signal()
    pointed = Signal()
    answered = Signal()
    turned = Signal(bool)

    def __init__(self, state: AppState, runs: Runs) -> None:
        super().__init__(state)
        self._state = state
        self._runs = runs
        self.is_on = False
        self.started_at = 0.0
        self.is_black = False
        self.has_pointer = True
        self.pointer: tuple[float, float] | None = None
        self.keeps_runs = True
        self.plan = Plan()
        self.step = Step.DRAW
        self.result: Classification | None = None
        self.note = ""
        self.is_inside = False
        self.is_playing = False
        self._wants_run = False
        self._is_pending = False
        state.run.result_changed.connect(self._take_result)
        state.run.phase_changed.connect(self._follow_phase)
        state.run.stage_changed.connect(self._tell)
        state.run.message_changed.connect(self._tell)
        state.drawn.changed.connect(self._tell_of_drawing)
        state.chosen.forecast_changed.connect(self._start)

    def turn(self, on: bool) -> None:
        """Begin the story at its first step, or end the presentation."""
        if on != self.is_on:
            self.is_on = on
            self.started_at = time.monotonic()
            self.is_black = False
            self.restart()
            self.turned.emit(on)

    def use(self, plan: Plan) -> None:
        """Tell other steps or drawings from now on; a story that is under way begins anew."""
        self.plan = plan
        self.restart()
        self.planned.emit()

    def toggle_black(self) -> None:
        """Show the audience nothing, or the story again."""
        self.is_black = not self.is_black
        self.changed.emit()

    def toggle_pointer(self) -> None:
        """Let the audience see where the speaker points, or not."""
        self.has_pointer = not self.has_pointer
        self.point_at(None)
        self.changed.emit()

    def point_at(self, where: tuple[float, float] | None) -> None:
        """Point at a place of the story, or nowhere."""
        self.pointer = where if self.has_pointer else None
        self.pointed.emit()

    def restart(self) -> None:
        """Go to the first step."""
        self.note = ""
        self.step = Step.DRAW
        self.is_inside = False
        self.result = None
        self._wants_run = self._is_pending = False
        self.changed.emit()

    def forward(self) -> None:
        """Tell the next step; the last one stays, or a press too many would wipe the answer."""
        following = self.following
        if following is None:
            self.note = LAST
            self.changed.emit()
        else:
            self.go_to(following)

    def back(self) -> None:
        """Tell the step before."""
        self.go_to(self.plan.steps[max(0, self.place - 1)])

    def go_to(self, step: Step) -> None:
        """Tell any step; those after the first need a run, which is begun if there is none."""
        if step is Step.DRAW or self.following is None:
            self.note = ""
        elif self.step is Step.DRAW and not self._begin_run():
            self.changed.emit()
            return
        self.step = step
        self.is_inside = False
        self.changed.emit()

    def look_inside(self, is_inside: bool) -> None:
        """Open what the cloud computes into its steps, or close them again."""
        if self.step is Step.COMPUTE and is_inside != self.is_inside:
            self.is_inside = is_inside
            self.changed.emit()

    @property
    def place(self) -> int:
        """Return the place of the step that is told among those of the plan, from 0."""
        return self.plan.steps.index(self.step)

    @property
    def following(self) -> Step | None:
        """Return the step that comes next, None at the last."""
        rest = self.plan.steps[self.place + 1 :]
        return rest[0] if rest else None

    def part(self, step: Step) -> Part:
        """Return how far the engine is with a step of this story."""
        return part_of(step, self.stages, self.states)

    @property
    def stages(self) -> tuple[StageInfo, ...]:
        """Return the stages of the journey."""
        forecast = self._state.chosen.last_forecast
        return () if forecast is None else forecast.stages

    @property
    def states(self) -> Mapping[str, StageState]:
        """Return the stages' progress in this story; nothing has begun before its run."""
        is_ours = self._is_pending or self.result is not None
        return self._state.run.stages if is_ours else {}

    @property
    def is_told(self) -> bool:
        """Tell whether the engine has done all that the present step shows."""
        if self.step is Step.DRAW:
            return True
        if self.is_inside and self.is_playing:
            return False
        return self.result is not None and self.part(self.step).progress is Progress.DONE

    @property
    def is_waiting(self) -> bool:
        """Tell whether the story needs an answer of the engine that has not come."""
        return self.is_on and (self._wants_run or self._is_pending)

    @property
    def waiting_text(self) -> str:
        """Return what the step waits for, or nothing."""
        if self.is_told or self.is_inside:
            return ""
        if self._state.run.is_silent:
            return "The engine has not answered for long."
        if self._wants_run:
            return "Waiting until the engine has ended the run before."
        return f"Still at work: {engine_text(self.stages, self.states)}."

    def _begin_run(self) -> bool:
        """Run the engine on the picture, now or once it is free; return whether it will."""
        state = self._state
        self.result = None
        self._is_pending = False
        self._wants_run = state.drawn.picture is not None and not state.chosen.is_refused
        if state.drawn.picture is None:
            self.note = "Draw a picture first, with the mouse or the pen."
        elif state.chosen.is_refused:
            self.note = "The chosen settings cannot work; leave with Esc and choose others."
        self._start()
        return self._wants_run or self._is_pending

    @Slot()
    def _start(self) -> None:
        state = self._state
        if self._wants_run and state.can_classify and state.chosen.is_foreseen:
            self.note = ""
            self._wants_run = False
            if self.keeps_runs and not self._state.is_recorded:
                self._runs.classify()
            else:
                self._runs.classify_in_passing()
            self._is_pending = True

    @Slot()
    def _take_result(self) -> None:
        if self._is_pending:
            self._is_pending = False
            self.result = self._state.run.result
            self.answered.emit()
            self.changed.emit()

    @Slot()
    def _follow_phase(self) -> None:
        if not self.is_on or self._state.run.phase is not Phase.IDLE:
            return
        if self._is_pending:
            message = self._state.run.message.text
            self.restart()
            self.note = message or "The run did not end; try again."
            self.changed.emit()
        self._start()

    @Slot()
    def _tell(self) -> None:
        if self.is_on and self.step is not Step.DRAW:
            self.changed.emit()

    @Slot()
    def _tell_of_drawing(self) -> None:
        if self.is_on and self.note and self._state.drawn.picture is not None:
            self.note = ""
            self.changed.emit()
