"""Where values lie in the slots, and the plan of each kind of layer on such a layout.

The client's image-to-column packing, convolutions and dense layers are described here by where
their inputs stand, where their outputs should go, and which rotations may bring them together;
`engine.circuits.diagonals` works out the masks.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
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

MOST_STEPS = 256
"""Shapes with more diagonals than this are never the cheapest, and slow to plan."""


def patch_count(side: int, kernel: int, stride: int) -> int:
    """Return how many kernel positions fit along one side."""
    return (side - kernel) // stride + 1


@dataclass(frozen=True)
class Grid:
    """How a convolution's output lies in the slots, without its copies.

    Value (channel, y, x) stands at slot channel * `block` + y * `pitch` + x; `side` values a row.
    """

    channels: int
    side: int
    pitch: int
    block: int


def patch_grid(layer: Conv2d, side: int) -> Grid:
    """Return the grid of the first convolution's output for pictures of `side` pixels."""
    count = patch_count(side, layer.weight.shape[-1], layer.stride)
    pitch = power_of_two(count)
    return Grid(len(layer.weight), count, pitch, pitch**2)


def image_to_column(side: int, kernel: int, stride: int) -> IntArray:
    """Return the pixel index that each slot of the encrypted picture holds, -1 for none.

    The client packs pixel p of window (y, x) at slot p * pitch² + y * pitch + x, the pitch being
    the windows of a row rounded up to a power of two, so that the convolution needs no rotation
    to line its windows up. Shape (period,).
    """
    count = patch_count(side, kernel, stride)
    pitch = power_of_two(count)
    index = np.full((power_of_two(kernel**2), pitch, pitch), -1, dtype=np.int64)
    y, x = np.mgrid[:count, :count] * stride
    for pixel in range(kernel**2):
        dy, dx = divmod(pixel, kernel)
        index[pixel, :count, :count] = (y + dy) * side + x + dx
    return index.ravel()


def plan_patches(layer: Conv2d, side: int, most_babies: int) -> LinearPlan:
    """Plan the first convolution (one input channel) on a picture packed by `image_to_column`.

    The output lies on `patch_grid`, repeated through the whole period.
    """
    channels, _, kernel, _ = layer.weight.shape
    grid = patch_grid(layer, side)
    period = power_of_two(kernel**2) * grid.block
    together = power_of_two(channels) * grid.block
    if together > period:
        raise PackingError(
            f"{channels} channels of {kernel}x{kernel} kernels do not fit into {period} slots."
        )
    windows = _places(grid)
    source = Layout(_blocks(np.arange(kernel**2), grid.block, windows), period)
    kernels = layer.weight.reshape(channels, kernel**2)
    matrix = np.kron(kernels, np.eye(len(windows))).astype(np.float64)
    targets = _blocks(np.arange(channels), grid.block, windows) + np.arange(0, period, together)
    return plan_linear(
        matrix,
        np.repeat(layer.bias, len(windows)),
        source,
        Layout(targets, period),
        steps=strides(grid.block, together),
        folds=strides(together, period),
        most_babies=most_babies,
    )


def plan_convolution(layer: Conv2d, source: Layout, grid: Grid, most_babies: int) -> LinearPlan:
    """Plan a later convolution on an input that lies on `grid`, repeated through the period.

    Each output stays where its window begins. Where the period holds more blocks than there are
    output channels, several blocks share the input channels of one and are folded together.
    """
    outputs, inputs, kernel, _ = layer.weight.shape
    period, block = source.period, grid.block
    count = patch_count(grid.side, kernel, layer.stride)
    together = power_of_two(inputs)
    shared = min(together, period // block // power_of_two(outputs))
    if shared < 1:
        raise PackingError(f"{outputs} channels of {block} slots do not fit into {period} slots.")
    alone = together // shared
    free = np.arange(period // block)
    free = free[free % together < alone]
    windows = _places(dataclasses.replace(grid, side=count)) * layer.stride
    return plan_linear(
        _convolution_matrix(layer, grid.side),
        np.repeat(layer.bias, count**2),
        source,
        Layout(_blocks(free[:outputs], block, windows), period),
        steps=(
            *strides(1, kernel),
            *strides(grid.pitch, grid.pitch * kernel),
            *strides(block, block * alone),
        ),
        folds=strides(block * alone, block * together),
        most_babies=most_babies,
    )


def _convolution_matrix(layer: Conv2d, side: int) -> Array:
    """Return the convolution as a matrix (outputs, values) on channels of `side` x `side`."""
    outputs, inputs, kernel, _ = layer.weight.shape
    count = patch_count(side, kernel, layer.stride)
    matrix = np.zeros((outputs, count, count, inputs, side, side))
    for y, x in np.ndindex(count, count):
        top, left = y * layer.stride, x * layer.stride
        matrix[:, y, x, :, top : top + kernel, left : left + kernel] = layer.weight
    return matrix.reshape(outputs * count**2, -1)


def _places(grid: Grid) -> IntArray:
    y, x = np.mgrid[: grid.side, : grid.side]
    places: IntArray = (y * grid.pitch + x).ravel()
    return places


def _blocks(blocks: IntArray, block: int, places: IntArray) -> IntArray:
    """Return the slots (len(blocks) * len(places), 1) of the same places in several blocks."""
    return (blocks[:, None] * block + places).reshape(-1, 1)


def plan_dense(layer: Dense, source: Layout, most_babies: int) -> LinearPlan:
    """Plan a dense layer on any layout: the cheapest of the known shapes that fits it.

    Raises PackingError if none does.
    """
    plans = []
    for targets, steps, folds in _dense_shapes(len(layer.weight), source):
        if 2 ** len(steps) > MOST_STEPS:
            continue
        try:
            plan = plan_linear(layer.weight, layer.bias, source, targets, steps, folds, most_babies)
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
) -> Iterator[tuple[Layout, tuple[int, ...], tuple[int, ...]]]:
    period, values = source.period, len(source.slots)
    for block in (1, *strides(2, 2 * period)):
        if outputs * block <= period:  # output i sums over its own block of neighbouring slots
            targets = Layout(np.arange(outputs)[:, None] * block, period)
            yield targets, strides(block, values), strides(1, block)
        if outputs <= block:  # output o sums over all slots that are -o modulo block
            first = (-np.arange(outputs) % block)[:, None]
            targets = Layout(first + np.arange(0, period, block), period)
            yield targets, strides(1, block), strides(block, period)
