"""What a person does in the playground, and what came of it: steps, refusals, lessons, undo.

The rules decide at once what a step gives; the engine's processes then do it on ciphertexts.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.journey.runs import Runs
from app.link.crash import UNEXPECTED, is_expected
from app.link.requests import RunProgram
from app.playground.bench import Bench, in_common
from engine.errors import CancelledError
from engine.playground.lessons import LESSONS, Lesson
from engine.playground.operations import Decrypt, Operation
from engine.playground.program import Program
from engine.playground.reasons import Refusal
from engine.playground.settings import WorkbenchSetting
from engine.session.workbench import Computed, Shown, StepOutcome

CANCELLED = "The step was cancelled with the run; take it again."


@dataclass(frozen=True)
class Refused:
    """The last step, which cannot be done: why, and the steps that would do what was meant."""

    sentence: str
    remedy: tuple[Operation, ...] = ()


class Workbench(QObject):
    """Attributes: `bench`; `outcomes`, one for each of its steps that was performed; `refused`.

    Signal `changed` fires after any of them did.
    """

    changed = Signal()

    def __init__(self, runs: Runs, report: Callable[[Exception], None], parent: QObject) -> None:
        super().__init__(parent)
        self._runs = runs
        self._report = report
        self._past: list[Bench] = []
        self._future: list[Bench] = []
        self._performed: Program | None = None
        self.bench = Bench()
        self.outcomes: tuple[StepOutcome, ...] = ()
        self.refused: Refused | None = None

    # --- what is known

    @property
    def program(self) -> Program:
        """Return the program as it is now."""
        return self.bench.program

    @property
    def is_working(self) -> bool:
        """Tell whether some step is still to be performed, the making of keys included."""
        return self._performed != self.program

    @property
    def can_undo(self) -> bool:
        """Tell whether there is anything to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Tell whether there is anything that was taken back."""
        return bool(self._future)

    def computed(self, place: int) -> Computed | None:
        """Return what the cloud told of a value; None while it computes."""
        found = [outcome for outcome in self.outcomes if isinstance(outcome, Computed)]
        return found[place] if place < len(found) else None

    def shown(self, place: int) -> tuple[float, ...]:
        """Return the numbers in a value as they were decrypted last; none if they never were."""
        pairs = zip(self.program.operations, self.outcomes, strict=False)
        found = [
            outcome.numbers
            for operation, outcome in pairs
            if isinstance(outcome, Shown)
            and isinstance(operation, Decrypt)
            and operation.x == place
        ]
        return found[-1] if found else ()

    # --- what a person does

    def open(self) -> None:
        """Make keys for the setting, so that the first step need not wait for them."""
        if self._performed is None:
            self._submit()

    def perform(self, operation: Operation) -> None:
        """Take a step, or say why it cannot be taken."""
        outcome = self.program.judge(operation)
        if isinstance(outcome, Refusal):
            self.refused = Refused(outcome.sentence, self.program.remedy(operation))
            self.changed.emit()
        else:
            self._go(replace(self.bench, program=self.program.perform(operation)))

    def do_remedy(self) -> None:
        """Take the steps that would do what was refused."""
        if self.refused is not None and self.refused.remedy:
            program = self.program
            for operation in self.refused.remedy:
                program = program.perform(operation)
            self._go(replace(self.bench, program=program))

    def say(self, sentence: str) -> None:
        """Show a sentence where refusals stand."""
        self.refused = Refused(sentence)
        self.changed.emit()

    def choose_setting(self, setting: WorkbenchSetting, slots: int) -> None:
        """Take the same steps under another setting, as far as they go."""
        program, stopped = self.program.replayed(setting, slots)
        self._go(Bench(program))
        if stopped is not None:
            self.say(f"Under this setting not all steps can be taken. {stopped.sentence}")

    def start_over(self) -> None:
        """Begin without values; a lesson begins again."""
        lesson = self.bench.lesson
        self._go(Bench(Program(self.program.setting, self.program.slots), lesson))

    def start_lesson(self, lesson: Lesson | None) -> None:
        """Begin a lesson, or go on without one."""
        if lesson is None:
            self._go(Bench(self.program))
        else:
            self._go(Bench(Program(lesson.setting), lesson))

    def take_next_step(self) -> None:
        """Take the lesson's next step; one that is refused shows its sentence.

        After the last one the next lesson begins.
        """
        step = self.bench.next_step
        if step is None:
            if self.bench.is_done and self.bench.lesson is not None:
                self.start_lesson(LESSONS[(LESSONS.index(self.bench.lesson) + 1) % len(LESSONS)])
            return
        if step.is_refused:
            outcome = self.program.judge(step.operation)
            self._go(replace(self.bench, place=self.bench.place + 1))
            if isinstance(outcome, Refusal):
                self.say(outcome.sentence)
        else:
            program = self.program.perform(step.operation)
            self._go(replace(self.bench, program=program, place=self.bench.place + 1))

    def undo(self) -> None:
        """Take back the last step, start or choice."""
        if self._past:
            self._future.append(self.bench)
            self._show(self._past.pop())

    def redo(self) -> None:
        """Take again what was taken back."""
        if self._future:
            self._past.append(self.bench)
            self._show(self._future.pop())

    # --- performing

    def _go(self, bench: Bench) -> None:
        self._past.append(self.bench)
        self._future.clear()
        self._show(bench)

    def _show(self, bench: Bench) -> None:
        before, self.bench = self.program, bench
        self.refused = None
        self.outcomes = self.outcomes[: in_common(before, self.program)]
        self.changed.emit()
        if before != self.program:
            self._submit()

    def _submit(self) -> None:
        program = self.program

        def take(outcomes: tuple[StepOutcome, ...]) -> None:
            self._performed = program
            if program == self.program:
                self.outcomes = outcomes
                self.changed.emit()

        def fail(error: Exception) -> None:
            if program == self.program:
                self._return(error)

        self._runs.link.submit(RunProgram(program), take, fail)

    def _return(self, error: Exception) -> None:
        """Go back to before the step that failed."""
        if isinstance(error, CancelledError):
            sentence = CANCELLED
        elif is_expected(error):
            sentence = str(error)
        else:
            self._report(error)
            sentence = UNEXPECTED
        while self._past and self.program.operations != self._done():
            self.bench = self._past.pop()
        self._future.clear()
        self._performed = self.program
        self.outcomes = self.outcomes[: len(self.program.operations)]
        self.say(sentence)

    def _done(self) -> tuple[Operation, ...]:
        return self.program.operations[: len(self.outcomes)]
