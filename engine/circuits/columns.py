"""Layers whose input the client packs: each value stands wherever, and as often as, it helps.

A convolution is a matrix (outputs, rows) on columns of values, one column a window, one row a
place in the kernel; a dense layer is the same with a single column. Slots are blocks of one slot
a window. A block holds a row of the columns, an output comes to lie in a block, and all windows
go through the same rotations of whole blocks.
"""

import numpy as np

from engine.circuits.diagonals import (
    IntArray,
    Layout,
    LinearPlan,
    PackingError,
    plan_linear,
    power_of_two,
    strides,
)
from engine.networks.layers import Conv2d, Dense

CIPHERTEXT_COST = 2
"""Encrypting, sending and reading one more ciphertext takes as long as so many rotations."""

Shape = tuple[int, int]
"""Channels, and values along one side of each."""


def columns(layer: Conv2d | Dense, shape: Shape) -> IntArray:
    """Return which input value stands in each row and window: shape (rows, windows).

    Values are counted channel by channel, row by row, as `Dense` flattens them.
    """
    if isinstance(layer, Dense):
        return np.arange(layer.weight.shape[1])[:, None]
    channels, side = shape
    kernel, count = layer.weight.shape[-1], output_shape(layer, shape)[1]
    places = np.arange(channels * side**2).reshape(channels, side, side)
    windows = np.lib.stride_tricks.sliding_window_view(places, (kernel, kernel), axis=(1, 2))
    windows = windows[:, :: layer.stride, :: layer.stride]
    found: IntArray = windows.transpose(0, 3, 4, 1, 2).reshape(-1, count**2)
    return found


def output_shape(layer: Conv2d | Dense, shape: Shape) -> Shape:
    """Return the shape of a layer's output for an input of `shape`."""
    if isinstance(layer, Dense):
        return len(layer.weight), 1
    kernel = layer.weight.shape[-1]
    return len(layer.weight), (shape[1] - kernel) // layer.stride + 1


def least_slots(layer: Conv2d | Dense, shape: Shape) -> int:
    """Return the slots that the outputs of the layer need, all in one ciphertext."""
    windows = columns(layer, shape).shape[1]
    return power_of_two(len(layer.weight)) * power_of_two(windows)


def plan_columns(
    layer: Conv2d | Dense, shape: Shape, slots: int, most_babies: int
) -> tuple[LinearPlan, IntArray]:
    """Plan a layer for ciphertexts of `slots` slots that the client packs for it.

    Returns the plan, and the input value in each slot, shape (ciphertexts, slots), -1 for none.
    Values that fit more than once are repeated, so that fewer diagonals, and with them rotations,
    are left; for the same end there may be more ciphertexts than hold every value once.
    """
    values = columns(layer, shape)
    rows, windows = values.shape
    block, outputs = power_of_two(windows), power_of_two(len(layer.weight))
    blocks = slots // block
    if outputs > blocks:
        raise PackingError(
            f"{len(layer.weight)} outputs of {windows} windows do not fit into {slots} slots."
        )
    # The folds sum the blocks of every `outputs`-th place; of the rows that such a group then
    # has to meet, `diagonals` stand side by side, again and again through the group.
    ciphertexts, diagonals = _share(power_of_two(rows), outputs, blocks, most_babies)
    place = np.arange(blocks)
    row = place // outputs * diagonals + place % diagonals
    each = blocks // outputs * diagonals
    held = np.concatenate([each * index + row for index in range(ciphertexts)])
    packed = np.full((ciphertexts * blocks, block), -1, dtype=np.int64)
    packed[held < rows, :windows] = values[held[held < rows]]
    matrix = np.kron(layer.weight.reshape(len(layer.weight), rows), np.eye(windows))
    plan = plan_linear(
        matrix.astype(np.float64),
        np.repeat(layer.bias, windows),
        Layout(_where(held, np.arange(rows), block, windows), slots, ciphertexts),
        Layout(_where(place % outputs, np.arange(len(layer.weight)), block, windows), slots),
        steps=strides(block, block * diagonals),
        folds=strides(block * outputs, slots),
        most_babies=most_babies,
    )
    return plan, packed.reshape(ciphertexts, slots)


def _share(rows: int, outputs: int, blocks: int, most_babies: int) -> tuple[int, int]:
    """Return the cheapest numbers of ciphertexts and of diagonals; all here are powers of two."""

    def cost(ciphertexts: int) -> int:
        diagonals = max(1, outputs * rows // (blocks * ciphertexts))
        splits = [each for each in strides(1, diagonals + 1) if each <= most_babies]
        rotations = min(ciphertexts * (babies - 1) + diagonals // babies for babies in splits)
        return rotations + CIPHERTEXT_COST * ciphertexts

    least = max(1, rows // blocks)
    ciphertexts = min(strides(least, least * outputs + 1), key=cost)
    return ciphertexts, max(1, outputs * rows // (blocks * ciphertexts))


def _where(holds: IntArray, wanted: IntArray, block: int, windows: int) -> IntArray:
    """Return the slots of each wanted row and window, (rows * windows, copies)."""
    blocks = np.stack([np.flatnonzero(holds == each) for each in wanted])
    slots = blocks[:, None, :] * block + np.arange(windows)[None, :, None]
    return slots.reshape(len(wanted) * windows, -1)
