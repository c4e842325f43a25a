"""What a speaker prepares of the story: which steps are told, in which order, of which drawings."""

from dataclasses import dataclass

from app.present.story import Step
from engine.pictures.strokes import Stroke


@dataclass(frozen=True)
class Plan:
    """`steps` in the order they are told, and `drawings`, each made of its strokes.

    Drawing is always the first step, since leaving it begins the run that the others tell; of those
    any may be left out, but one is there. Raises ValueError for other steps.
    """

    steps: tuple[Step, ...] = tuple(Step)
    drawings: tuple[tuple[Stroke, ...], ...] = ()

    def __post_init__(self) -> None:
        begins = self.steps[:1] == (Step.DRAW,)
        if not begins or len(self.steps) < 2 or len(set(self.steps)) < len(self.steps):
            names = ", ".join(step.name.lower() for step in self.steps)
            raise ValueError(f"the steps {names} are no story: draw, then others, each once")
