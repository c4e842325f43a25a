"""The presentation: which step of the story is told, and the run that it tells of.

Leaving the first step really runs the engine. Steps may be ahead of it; then they wait.
"""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal, Slot

from app.journey.runs import Runs
from app.present.story import Part, Step, engine_text, part_of
from app.state.everything import AppState
from app.state.records import Phase, Progress, StageState
from engine.planning.journey import StageInfo
from engine.session.events import Classification

LAST = "This is the last step. Press 1 to begin again, Esc to leave."


class Presentation(QObject):
    """Attributes: `is_on`, `step`, `result` of this story's run or None, `note` (a sentence).

    `is_inside` tells whether the steps of what the cloud computes are open, `is_playing` whether
    they are to be waited for.

    `is_black` tells whether the audience sees nothing for now.

    `keeps_runs` tells whether its runs are remembered. Signals: `changed`; `turned(on)`.
    """

    changed = Signal()
    turned = Signal(bool)

    def __init__(self, state: AppState, runs: Runs) -> None:
        super().__init__(state)
        self._state = state
        self._runs = runs
        self.is_on = False
        self.is_black = False
        self.keeps_runs = True
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

    def turn(self, on: bool) -> None:
        """Begin the story at its first step, or end the presentation."""
        if on != self.is_on:
            self.is_on = on
            self.is_black = False
            self.restart()
            self.turned.emit(on)

    def toggle_black(self) -> None:
        """Show the audience nothing, or the story again."""
        self.is_black = not self.is_black
        self.changed.emit()

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
        if self.step is Step.DECRYPT:
            self.note = LAST
            self.changed.emit()
        else:
            self.go_to(Step(self.step + 1))

    def back(self) -> None:
        """Tell the step before."""
        self.go_to(Step(max(0, self.step - 1)))

    def go_to(self, step: Step) -> None:
        """Tell any step; those after the first need a run, which is begun if there is none."""
        if step is Step.DRAW or self.step is Step.DECRYPT:
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

    def restart_engine(self) -> None:
        """Restart the engine where it hangs."""
        if self._state.run.is_silent:
            self._runs.cancel()

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
    def waiting_text(self) -> str:
        """Return what the step waits for, or nothing."""
        if self.is_told or self.is_inside:
            return ""
        if self._state.run.is_silent:
            return "The engine has not answered for long; press R to restart it."
        if self._wants_run:
            return "Waiting until the engine has ended the run before."
        return f"The engine is still at work: {engine_text(self.stages, self.states)}."

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

    def _start(self) -> None:
        if self._wants_run and self._state.can_classify:
            self.note = ""
            self._wants_run = False
            if self.keeps_runs:
                self._runs.classify()
            else:
                self._runs.classify_in_passing()
            self._is_pending = True

    @Slot()
    def _take_result(self) -> None:
        if self._is_pending:
            self._is_pending = False
            self.result = self._state.run.result
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
