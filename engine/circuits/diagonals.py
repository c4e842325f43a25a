"""The planner: turns a matrix and the slot layout of its input into masks and rotations.

Every linear layer, convolutions included, becomes one slot-wise form, the Halevi-Shoup diagonals
(CRYPTO 2014) with baby steps, giant steps and folds:

    y = fold( sum_g rot_g( sum_b mask[g, b] * rot_b(x) ) ) + bias

where rot_k moves slot s+k to slot s and a fold by stride f adds rot_f(y) to y. The sum over g runs
as in Horner's scheme, so that equally spaced giant steps share one Galois key. A plan covers
`period` slots; a ciphertext with more slots carries the same plan several times over, since cyclic
rotation of a periodic vector stays periodic. Plain numpy, no cryptography.
"""

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.arrays import Array
from engine.errors import CipherSketchError

IntArray = npt.NDArray[np.int64]


class PackingError(CipherSketchError):
    """A layer that cannot be computed from the given layout with the given steps and folds."""


@dataclass(frozen=True)
class Layout:
    """Where the values of a tensor stand.

    `slots` has shape (values, copies): value v can be read at each slot of `slots[v]`. All other
    slots hold something unknown. Several ciphertexts count as one long one, period after period.
    """

    slots: IntArray
    period: int
    ciphertexts: int = 1

    @cached_property
    def value_at(self) -> IntArray:
        """Return the value in each slot, all ciphertexts in a row, -1 where it is unknown."""
        values = np.full(self.ciphertexts * self.period, -1, dtype=np.int64)
        values[self.slots] = np.arange(len(self.slots))[:, None]
        return values


@dataclass(frozen=True)
class LinearPlan:
    """One linear layer.

    `masks[g][b]`, of shape (period,), multiplies the input rotated by `baby_steps[b]`; None stands
    for a mask of zeros. The sum of row g is rotated by `giant_steps[g]`. Both begin with 0. An
    input of several ciphertexts has a mask for each baby step of the first, then of the next, ....
    """

    masks: tuple[tuple[Array | None, ...], ...]
    baby_steps: tuple[int, ...]
    giant_steps: tuple[int, ...]
    folds: tuple[int, ...]
    bias: Array
    output: Layout
    ciphertexts: int = 1

    @property
    def giant_strides(self) -> tuple[int, ...]:
        """Return the rotation from each giant step down to the one before, as Horner makes it."""
        return tuple(high - low for low, high in itertools.pairwise(self.giant_steps))

    @property
    def rotations(self) -> tuple[int, ...]:
        """Return every rotation made, with repetition: the cost of the plan."""
        babies = self.baby_steps[1:] * self.ciphertexts
        return (*babies, *self.giant_strides, *self.folds)


def plan_linear(
    matrix: Array,
    bias: Array,
    source: Layout,
    targets: Layout,
    steps: tuple[int, ...],
    folds: tuple[int, ...],
    most_babies: int,
) -> LinearPlan:
    """Plan `matrix` (outputs, values) so that each output lands on its `targets` slots.

    The input may be rotated by every sum of some of the `steps`, of which at most `most_babies`
    are made from the input itself (1 means that only products are rotated); the products are
    summed over the `folds`. Every weight is placed at the first slot and step that bring its
    value under its output. Raises PackingError if a weight finds no place.
    """
    period = source.period
    span, rotations = _sums(folds), _sums(steps)
    value_at = source.value_at.reshape(source.ciphertexts, period)
    diagonals = np.zeros((source.ciphertexts * len(rotations), period))
    for output, copies in enumerate(targets.slots):
        spans = np.sort((copies[:, None] + span) % period, axis=1)
        needed = np.flatnonzero(matrix[output])
        for each in sorted(set(map(tuple, spans.tolist()))):  # np.unique is far slower
            positions = np.array(each)
            seen = value_at[:, (positions[None, :] + rotations[:, None]) % period]
            found, first = np.unique(seen, return_index=True)
            at = np.searchsorted(found, needed)
            if len(found) == 0 or (found[np.minimum(at, len(found) - 1)] != needed).any():
                raise PackingError(f"Output {output} cannot reach all of its inputs.")
            step_index, slot_index = np.divmod(first[at], len(positions))
            diagonals[step_index, positions[slot_index]] = matrix[output, needed]
    placed = np.zeros(period)
    placed[targets.slots] = bias[:, None]
    used = {
        (ciphertext, int(rotation)): diagonal
        for (ciphertext, rotation), diagonal in zip(
            itertools.product(range(source.ciphertexts), rotations), diagonals, strict=True
        )
        if diagonal.any()  # SEAL refuses a product with zero
    }
    if not used:
        raise PackingError("A linear layer whose weights are all zero cannot be encrypted.")
    reached = {rotation for _, rotation in used}
    # Steps that no mask needs are left out; the masks are made for the cheapest split only.
    splits = [
        (_needed(reached, babies, giants), _needed(reached, np.sort(giants), babies))
        for split in range(1 + min(len(steps), most_babies.bit_length() - 1))
        for babies, giants in [(_sums(steps[:split]), _sums(steps[split:]))]
    ]
    baby_steps, giant_steps = min(
        splits, key=lambda split: source.ciphertexts * len(split[0]) + len(split[1])
    )
    masks = tuple(
        tuple(
            np.roll(used[key], giant) if (key := (ciphertext, giant + baby)) in used else None
            for ciphertext in range(source.ciphertexts)
            for baby in baby_steps
        )
        for giant in giant_steps
    )
    return LinearPlan(masks, baby_steps, giant_steps, folds, placed, targets, source.ciphertexts)


def _needed(reached: set[int], steps: IntArray, others: IntArray) -> tuple[int, ...]:
    """Return 0 and those of `steps` that reach a diagonal together with one of the `others`."""
    return tuple(
        int(step)
        for step in steps
        if not step or any(int(step + other) in reached for other in others)
    )


def _sums(strides: tuple[int, ...]) -> IntArray:
    """Return the sums of all subsets of `strides`, the empty one first."""
    sums = np.zeros(1, dtype=np.int64)
    for stride in strides:
        sums = np.concatenate([sums, sums + stride])
    return sums


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
