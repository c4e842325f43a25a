"""Where a person is in the playground: a program, and a lesson on the way. Free of Qt."""

from dataclasses import dataclass, field

from engine.playground.lessons import Lesson, LessonStep
from engine.playground.program import Program


@dataclass(frozen=True)
class Bench:
    """Where the playground is: a program, and a lesson with the place of its next step."""

    program: Program = field(default_factory=Program)
    lesson: Lesson | None = None
    place: int = 0

    @property
    def is_on_track(self) -> bool:
        """Tell whether the lesson's steps, and no others, were taken so far."""
        return self.lesson is not None and self.program.operations == tuple(
            step.operation for step in self.lesson.steps[: self.place] if not step.is_refused
        )

    @property
    def is_done(self) -> bool:
        """Tell whether all of the lesson's steps, and no others, were taken."""
        return self.lesson is not None and self.is_on_track and self.place == len(self.lesson.steps)

    @property
    def next_step(self) -> LessonStep | None:
        """Return the lesson's next step, None where there is none."""
        if self.lesson is None or not self.is_on_track or self.is_done:
            return None
        return self.lesson.steps[self.place]


def in_common(first: Program, second: Program) -> int:
    """Return how many steps two programs begin with in common."""
    if (first.setting, first.slots) != (second.setting, second.slots):
        return 0
    pairs = zip(first.operations, second.operations, strict=False)
    places = (place for place, (one, other) in enumerate(pairs) if one != other)
    return next(places, min(len(first.operations), len(second.operations)))
