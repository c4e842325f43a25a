"""A planned linear layer: masks, rotations and folds.

Every linear layer, convolutions included, becomes one slot-wise form, the Halevi-Shoup diagonals
(CRYPTO 2014) with baby steps, giant steps and folds:

    y = fold( sum_g rot_g( sum_b mask[g, b] * rot_b(x) ) ) + bias

where rot_k moves slot s+k to slot s and a fold by stride f adds rot_f(y) to y. The sum over g runs
as in Horner's scheme, so that equally spaced giant steps share one Galois key. Plain numpy, no
cryptography; `engine.circuits.placing` finds the masks.
"""

import functools
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import Array
from engine.errors import CipherSketchError

IntArray = npt.NDArray[np.int64]


class PackingError(CipherSketchError):
    """A layer that cannot be computed from the given layout with the given steps and folds."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Where the values of a tensor stand, in one or several ciphertexts of `period` slots.

    Value v stands in ciphertext `ciphertext[v]` at slot `slots[v]` and again every `repeat` slots.
    All other slots hold something unknown.
    """

    slots: IntArray
    ciphertext: IntArray
    repeat: int
    period: int

    @functools.cached_property
    def ciphertexts(self) -> int:
        """Return how many ciphertexts there are."""
        return int(self.ciphertext.max()) + 1

    @property
    def key(self) -> tuple[bytes | int, ...]:
        """Return what is the same for layouts with all values at the same places."""
        return self.slots.tobytes(), self.ciphertext.tobytes(), self.repeat, self.period

    def spread(self, values: Array, ciphertext: int) -> Array:
        """Return one ciphertext's slots (period,) with all copies of its values, else zeros."""
        once = np.zeros(self.repeat)
        here = self.ciphertext == ciphertext
        once[self.slots[here] % self.repeat] = values[here]
        return np.tile(once, self.period // self.repeat)


@dataclass(frozen=True, eq=False)
class Mask:
    """A mask by what is not zero in it: `weights` at `slots`, repeated every `period` slots."""

    slots: IntArray
    weights: Array
    period: int

    def dense(self) -> Array:
        """Return it as (period,)."""
        values = np.zeros(self.period)
        values[self.slots] = self.weights
        return values


@dataclass(frozen=True, eq=False)
class OutputPlan:
    """One ciphertext of a layer's result.

    `masks[g][b]` multiplies baby b of the plan; None stands for a mask of zeros. The sum of row g
    is rotated by `giant_steps[g]`, which grow from one to the next. `bias` has shape (period,).
    """

    masks: tuple[tuple[Mask | None, ...], ...]
    giant_steps: tuple[int, ...]
    bias: Array

    @property
    def strides(self) -> tuple[int, ...]:
        """Return the rotation from each giant step down to the one before; the first to 0."""
        steps = itertools.pairwise((0, *self.giant_steps))
        return tuple((high - low) % len(self.bias) for low, high in steps)


@dataclass(frozen=True, eq=False)
class LinearPlan:
    """One linear layer. Baby (c, s) is ciphertext c of the input rotated by s, made once."""

    babies: tuple[tuple[int, int], ...]
    outputs: tuple[OutputPlan, ...]
    folds: tuple[int, ...]
    output: Layout

    @property
    def rotations(self) -> tuple[int, ...]:
        """Return every rotation made, with repetition: the cost of the plan."""
        return (
            *(step for _, step in self.babies if step),
            *(step for output in self.outputs for step in (*output.strides, *self.folds) if step),
        )

    @property
    def masks(self) -> Iterator[Mask]:
        """Iterate over all masks."""
        for output in self.outputs:
            for row in output.masks:
                yield from (mask for mask in row if mask is not None)


def strides(start: int, stop: int) -> tuple[int, ...]:
    """Return `start` and its doubles below `stop`: the steps that reach every block up to there."""
    found = []
    while start < stop:
        found.append(start)
        start *= 2
    return tuple(found)


def power_of_two(count: int) -> int:
    """Return the least power of two that is not less than `count`."""
    return 1 << (count - 1).bit_length()
