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

from engine.arrays import Array, ComplexArray, Weights
from engine.errors import CipherSketchError

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


class PackingError(CipherSketchError):
    """A layer that cannot be computed from the given layout with the given steps and folds."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Where the values of a tensor stand, in one or several ciphertexts of `period` slots.

    Value v stands in ciphertext `ciphertext[v]` at slot `slots[v]` and again every `repeat` slots.
    Where `imaginary[v]`, it stands there times m, in the imaginary part: such a slot holds two
    values, a + m·b (`engine.ckks.pairs`). All other slots hold something unknown.
    """

    slots: IntArray
    ciphertext: IntArray
    imaginary: BoolArray
    repeat: int
    period: int

    @functools.cached_property
    def is_paired(self) -> bool:
        """Tell whether any slot holds two values."""
        return bool(self.imaginary.any())

    @property
    def phases(self) -> ComplexArray:
        """Return 1, or m where a value is imaginary, shape (values,)."""
        return np.where(self.imaginary, np.where(self.slots % 2, -1j, 1j), 1)

    @functools.cached_property
    def ciphertexts(self) -> int:
        """Return how many ciphertexts there are."""
        return int(self.ciphertext.max()) + 1

    @functools.cached_property
    def key(self) -> tuple[bytes | int, ...]:
        """Return what is the same for layouts with all values at the same places."""
        places = self.slots, self.ciphertext, self.imaginary
        return (*(each.tobytes() for each in places), self.repeat, self.period)

    def spread(self, values: Array, ciphertext: int) -> Weights:
        """Return one ciphertext's slots (period,) with all copies of its values, else zeros."""
        here = self.ciphertext == ciphertext
        phased: Weights = values * self.phases if self.is_paired else values
        once = np.zeros(self.repeat, dtype=phased.dtype)
        np.add.at(once, self.slots[here] % self.repeat, phased[here])
        return np.tile(once, self.period // self.repeat)


@dataclass(frozen=True, eq=False)
class Mask:
    """A mask by what is not zero in it: `weights` at `slots`, repeated every `period` slots.

    Weights at the same slot are added up: they are complex where they belong to two values.
    """

    slots: IntArray
    weights: Weights
    period: int

    def dense(self) -> Weights:
        """Return it as (period,)."""
        values = np.zeros(self.period, dtype=self.weights.dtype)
        np.add.at(values, self.slots, self.weights)
        return values


@dataclass(frozen=True, eq=False)
class OutputPlan:
    """One ciphertext of a layer's result.

    `masks[g][b]` multiplies baby b of the plan; None stands for a mask of zeros. The sum of row g
    is rotated by `giant_steps[g]`, which grow from one to the next. `bias` has shape (period,).
    """

    masks: tuple[tuple[Mask | None, ...], ...]
    giant_steps: tuple[int, ...]
    bias: Weights

    @property
    def strides(self) -> tuple[int, ...]:
        """Return the rotation from each giant step down to the one before; the first to 0."""
        steps = itertools.pairwise((0, *self.giant_steps))
        return tuple((high - low) % len(self.bias) for low, high in steps)


@dataclass(frozen=True, eq=False)
class LinearPlan:
    """One linear layer. Baby (c, s) is ciphertext c of the input rotated by s, made once.

    If the input is paired, the result is `mixed`: its imaginary parts hold something unknown.
    """

    babies: tuple[tuple[int, int], ...]
    outputs: tuple[OutputPlan, ...]
    folds: tuple[int, ...]
    output: Layout
    mixed: bool = False

    @property
    def is_complex(self) -> bool:
        """Tell whether masks have imaginary parts."""
        return self.mixed or self.output.is_paired

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
