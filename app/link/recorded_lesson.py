"""A lesson of the playground as a real session performed it, written down and played back."""

from dataclasses import asdict, dataclass
from typing import Any

from app.link.session import EngineSession
from engine.playground.lessons import LESSONS, Lesson
from engine.playground.operations import Decrypt
from engine.playground.program import Program
from engine.session.workbench import Computed, Shown, StepOutcome


@dataclass(frozen=True)
class RecordedLesson:
    """The lesson's `key`, and what each of its steps gave that are not refused."""

    key: str
    outcomes: tuple[StepOutcome, ...]

    def outcomes_of(self, program: Program) -> tuple[StepOutcome, ...] | None:
        """Return the outcomes of a program that begins as the lesson does; None of any other."""
        whole, count = lesson_named(self.key).program(), len(program.operations)
        begins = program.operations == whole.operations[:count]
        same = (program.setting, program.slots) == (whole.setting, whole.slots)
        return self.outcomes[:count] if not count or (begins and same) else None


def lesson_named(key: str) -> Lesson:
    """Return the lesson of that key; ValueError if there is none."""
    found = next((lesson for lesson in LESSONS if lesson.key == key), None)
    if found is None:
        raise ValueError(f"There is no lesson {key!r}.")
    return found


def record_lesson(session: EngineSession, key: str) -> RecordedLesson:
    """Perform a lesson, twice: the first time finds caches cold."""
    program = lesson_named(key).program()
    session.run_program(program)
    session.run_program(Program(program.setting))
    return RecordedLesson(key, session.run_program(program))


def lesson_to_json(lesson: RecordedLesson) -> dict[str, Any]:
    """Return a recorded lesson as plain data."""
    return {"key": lesson.key, "outcomes": [asdict(each) for each in lesson.outcomes]}


def lesson_from_json(data: dict[str, Any]) -> RecordedLesson:
    """Return what `lesson_to_json` gave; LookupError, TypeError or ValueError for other data."""
    operations = lesson_named(data["key"]).program().operations
    pairs = zip(operations, data["outcomes"], strict=True)
    return RecordedLesson(
        data["key"],
        tuple(
            Shown(each["seconds"], tuple(each["numbers"]))
            if isinstance(operation, Decrypt)
            else Computed(each["seconds"], tuple(each["words"]))
            for operation, each in pairs
        ),
    )
