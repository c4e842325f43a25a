"""Numbers in slots as they are shown: which of them matter, of what kind, how they are written."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.inside.slots.shades import Kind
from app.kit.wording import difference_text, score_text
from engine.circuits.diagonals import IntArray
from engine.inside.trace import Slots


@dataclass(frozen=True, eq=False)
class Shown:
    """Numbers in slots: `is_held` where anything reads them, `kind` what they are.

    `fresh` slots have only just been filled. What stands at slot s in other pictures of the step
    stands here at slot s + `shift`.
    """

    values: Slots
    is_held: npt.NDArray[np.bool_]
    kind: Kind
    shift: int = 0
    fresh: IntArray | None = None

    @property
    def largest(self) -> float:
        """Return the largest size of a number that is read."""
        held = np.abs(self.values[self.is_held])
        return float(held.max()) if len(held) else 0.0


def number_text(shown: Shown, slot: int) -> str:
    """Return the number in a slot, as it is written."""
    number = float(shown.values[slot])
    if shown.kind != "error":
        return score_text(number)
    return ("\u2212" if number < 0 else "") + difference_text(abs(number))
