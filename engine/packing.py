"""The planner: turns a linear layer and the slot layout of its input into masks and rotations.

Every linear layer, convolutions included, becomes one slot-wise form, the Halevi-Shoup diagonals
(CRYPTO 2014) with baby steps, giant steps and folds:

    y = fold( sum_g rot_gG( sum_b mask[g, b] * rot_bB(x) ) ) + bias

where rot_k moves slot s+k to slot s and a fold by stride f adds rot_f(y) to y. The sum over g runs
as in Horner's scheme, so one Galois key serves all giant steps. A plan covers `period` slots; a
ciphertext with more slots carries the same plan several times over, since cyclic rotation of a
periodic vector stays periodic. Plain numpy, no cryptography.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.errors import CipherSketchError
from engine.network import Array, Conv2d, Dense

IntArray = npt.NDArray[np.int64]


class PackingError(CipherSketchError):
    """A layer that cannot be computed from the given layout with the given steps and folds."""


@dataclass(frozen=True)
class Layout:
    """Where the values of a tensor stand.

    `slots` has shape (values, copies): value v can be read at each slot of `slots[v]`. All other
    slots hold something unknown.
    """

    slots: IntArray
    period: int

    @cached_property
    def value_at(self) -> IntArray:
        """Return the value in each of `period` slots, -1 where it is unknown."""
        values = np.full(self.period, -1, dtype=np.int64)
        values[self.slots] = np.arange(len(self.slots))[:, None]
        return values


@dataclass(frozen=True)
class LinearPlan:
    """One linear layer.

    `masks[g][b]`, of shape (period,), multiplies the input rotated by b * `baby_step`; None stands
    for a mask of zeros. The sum of row g is rotated by g * `giant_step`.
    """

    masks: tuple[tuple[Array | None, ...], ...]
    baby_step: int
    giant_step: int
    folds: tuple[int, ...]
    bias: Array
    output: Layout

    @property
    def rotations(self) -> tuple[int, ...]:
        """Return every rotation made, with repetition: the cost of the plan."""
        babies = (self.baby_step * baby for baby in range(1, len(self.masks[0])))
        giants = (self.giant_step,) * (len(self.masks) - 1)
        return (*babies, *giants, *self.folds)


def patch_count(side: int, kernel: int, stride: int) -> int:
    """Return how many kernel positions fit along one side."""
    return (side - kernel) // stride + 1


def image_to_column(side: int, kernel: int, stride: int) -> IntArray:
    """Return the pixel index that each slot of the encrypted picture holds, -1 for none.

    The client packs window w's pixel p at slot p * windows + w (both counts rounded up to a power
    of two), so that the convolution needs no rotation to line its windows up. Shape (period,).
    """
    count = patch_count(side, kernel, stride)
    windows, pixels = _power_of_two(count**2), _power_of_two(kernel**2)
    index = np.full((pixels, windows), -1, dtype=np.int64)
    row, column = np.divmod(np.arange(count**2), count)
    for pixel in range(kernel**2):
        dy, dx = divmod(pixel, kernel)
        index[pixel, : count**2] = (row * stride + dy) * side + column * stride + dx
    return index.ravel()


def plan_patches(layer: Conv2d, side: int, max_babies: int) -> LinearPlan:
    """Plan the first convolution (one input channel) on a picture packed by `image_to_column`.

    Output value (channel, window) stands at slot channel * windows + window, repeated through
    the whole period.
    """
    channels, _, kernel, _ = layer.weight.shape
    count = patch_count(side, kernel, layer.stride)
    rows, width = _power_of_two(kernel**2), _power_of_two(count**2)
    block = _power_of_two(channels)
    period = rows * width
    windows = np.arange(count**2)
    source = Layout((np.arange(kernel**2)[:, None] * width + windows).reshape(-1, 1), period)
    kernels = layer.weight.reshape(channels, kernel**2)
    matrix = np.kron(kernels, np.eye(count**2)).astype(np.float64)
    first = (np.arange(channels)[:, None] * width + windows).reshape(-1, 1)
    copies = np.arange(0, period, block * width)
    return plan_linear(
        matrix,
        np.repeat(layer.bias, count**2),
        source,
        Layout(first + copies, period),
        steps=[width * step for step in range(block)],
        folds=_strides(block * width, period),
        max_babies=max_babies,
    )


def plan_dense(layer: Dense, source: Layout, max_babies: int) -> LinearPlan:
    """Plan a dense layer on any layout: the cheapest of the known shapes that fits it.

    Raises PackingError if none does.
    """
    plans = []
    for targets, steps, folds in _dense_shapes(len(layer.weight), source):
        try:
            plan = plan_linear(layer.weight, layer.bias, source, targets, steps, folds, max_babies)
        except PackingError:
            continue
        plans.append(plan)
    if not plans:
        raise PackingError(
            f"No plan for a dense layer of {len(layer.weight)} outputs on {source.period} slots."
        )
    return min(plans, key=lambda plan: len(plan.rotations))


def _dense_shapes(
    outputs: int, source: Layout
) -> Iterator[tuple[Layout, list[int], tuple[int, ...]]]:
    period, values = source.period, len(source.slots)
    block = 1
    while block <= period:
        if outputs * block <= period:  # output i sums over its own block of neighbouring slots
            targets = Layout(np.arange(outputs)[:, None] * block, period)
            steps = list(range(0, max(values, block), block))
            if len(steps) <= values:
                yield targets, steps, _strides(1, block)
        if outputs <= block:  # output o sums over all slots that are -o modulo block
            first = (-np.arange(outputs) % block)[:, None]
            targets = Layout(first + np.arange(0, period, block), period)
            yield targets, list(range(outputs)), _strides(block, period)
        block *= 2


def plan_linear(
    matrix: Array,
    bias: Array,
    source: Layout,
    targets: Layout,
    steps: Sequence[int],
    folds: tuple[int, ...],
    max_babies: int,
) -> LinearPlan:
    """Plan `matrix` (outputs, values) so that each output lands on its `targets` slots.

    `steps` are equally spaced rotations starting at 0; `max_babies` limits how many of them are
    made from the input itself (1 means that only products are rotated). Every weight is placed
    at the first slot and step that bring its value under its output. Raises PackingError if a
    weight finds no place.
    """
    period = source.period
    span = np.zeros(1, dtype=np.int64)
    for fold in folds:
        span = np.concatenate([span, span + fold])
    step_array = np.asarray(steps, dtype=np.int64)
    diagonals = np.zeros((len(steps), period))
    for output, copies in enumerate(targets.slots):
        spans = np.sort((copies[:, None] + span) % period, axis=1)
        needed = np.flatnonzero(matrix[output])
        for positions in np.unique(spans, axis=0):
            seen = source.value_at[(positions[None, :] + step_array[:, None]) % period]
            found, first = np.unique(seen, return_index=True)
            at = np.searchsorted(found, needed)
            if len(found) == 0 or (found[np.minimum(at, len(found) - 1)] != needed).any():
                raise PackingError(f"Output {output} cannot reach all of its inputs.")
            step_index, slot_index = np.divmod(first[at], len(positions))
            diagonals[step_index, positions[slot_index]] = matrix[output, needed]
    babies = _baby_count(len(steps), max_babies)
    unit = steps[1] if len(steps) > 1 else 0
    masks = tuple(
        tuple(
            np.roll(diagonal, giant * unit) if diagonal.any() else None  # SEAL refuses zeros
            for diagonal in diagonals[giant : giant + babies]
        )
        for giant in range(0, len(steps), babies)
    )
    placed = np.zeros(period)
    placed[targets.slots] = bias[:, None]
    return LinearPlan(masks, unit, unit * babies, folds, placed, targets)


def _baby_count(steps: int, max_babies: int) -> int:
    counts = range(1, min(steps, max_babies) + 1)
    return min(counts, key=lambda babies: babies - 1 + -(-steps // babies) - 1)


def _strides(start: int, stop: int) -> tuple[int, ...]:
    strides = []
    while start < stop:
        strides.append(start)
        start *= 2
    return tuple(strides)


def _power_of_two(count: int) -> int:
    return 1 << (count - 1).bit_length()
