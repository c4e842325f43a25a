"""The layouts that a layer may choose among: how the client packs its input, where outputs stand.

The client packs image-to-column for the first layer: a row of the columns is a place in the
kernel, and its windows stand as the results shall stand. Outputs fill some blocks of slots side by
side before they go on in another copy of the input. In either, slots may hold two values, as long
as a layer does not read and write such slots: masks would then need four parts.
"""

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.circuits.arrangement import NOISY_SLOTS, Arrangement
from engine.circuits.diagonals import IntArray, Layout, power_of_two, strides
from engine.circuits.placing import Placement, Target
from engine.networks.maps import LinearMap

MOST_CIPHERTEXTS = 32


@dataclass(frozen=True, eq=False)
class Packing:
    """What the client packs for a first layer, `linear`, which reads it from `source`.

    `value_of_slot` has shape (ciphertexts, parts, period), -1 for no value.
    """

    linear: LinearMap
    source: Layout
    value_of_slot: IntArray


def packings(
    linear: LinearMap, arrangement: Arrangement, slots: int, parts: int
) -> Iterator[Packing]:
    """Pack a first layer's input into every number of ciphertexts, `parts` values a slot."""
    columns, rows = _columns(linear)
    count, windows = columns.shape
    virtual = dataclasses.replace(
        linear,
        shape_in=(count, *linear.shape_out[1:]),
        inputs=rows * windows + linear.outputs % windows,
        stride=1,
    )
    block, part = np.divmod(np.arange(count), parts)
    blocks = math.ceil(count / parts)
    for together in strides(1, 2 * power_of_two(blocks)):
        repeat = together * arrangement.unit
        ciphertexts = math.ceil(blocks / together)
        if repeat > slots or repeat % parts or ciphertexts > MOST_CIPHERTEXTS:
            continue
        which, place = np.divmod(block, together)
        at = (place[:, None] * arrangement.unit + arrangement.places).ravel()
        which, second = np.repeat(which, windows), np.repeat(part == 1, windows)
        packed = np.full((ciphertexts, parts, repeat), -1, dtype=np.int64)
        packed[which, second.astype(int), at] = columns.ravel()
        yield Packing(virtual, Layout(at, which, second, repeat, slots), packed)


def _columns(linear: LinearMap) -> tuple[IntArray, IntArray]:
    """Return the input value in each row and window, -1 outside, and the row of each entry.

    Shape (rows, windows). A row is a channel and a distance from where the window begins.
    """
    _, height, width = linear.shape_in
    _, down, across = linear.shape_out
    window = linear.outputs % (down * across)
    if down * across == 1:
        inputs, rows = np.unique(linear.inputs, return_inverse=True)
        return inputs[:, None], rows
    channel, place = np.divmod(linear.inputs, height * width)
    y, x = np.divmod(place, width)
    row, column = np.divmod(window, across)
    dy, dx = y - row * linear.stride, x - column * linear.stride
    key = (channel * 4 * height + dy + 2 * height) * 4 * width + dx + 2 * width
    _, rows = np.unique(key, return_inverse=True)
    columns = np.full((int(rows.max()) + 1, down * across), -1, dtype=np.int64)
    columns[rows, window] = linear.inputs
    return columns, rows


def placements(
    linear: LinearMap, source: Layout, arrangement: Arrangement, parts: int
) -> Iterator[Placement]:
    """Place the outputs with every number of blocks side by side that the slots allow.

    A slot holds `parts` of them. Folds begin where blocks end, or not before there are values to be
    folded: then results have fewer copies.
    """
    source = dataclasses.replace(source, repeat=max(source.repeat, arrangement.unit))
    if arrangement.unit > source.period or (source.is_paired and parts > 1):
        return
    channels, period, unit = linear.shape_out[0], source.period, arrangement.unit
    capacity, blocks = period // unit, math.ceil(channels / parts)
    if blocks > capacity * MOST_CIPHERTEXTS:
        return
    outputs = min(power_of_two(blocks), capacity)
    used = int(np.bitwise_or.reduce(source.slots - source.slots.min())) % source.repeat
    channel = np.repeat(np.arange(channels), len(arrangement.places))
    places = np.tile(arrangement.places, channels)
    channel, part = np.divmod(channel, parts)
    ciphertext, channel = np.divmod(channel, capacity)
    for side in reversed(strides(1, 2 * outputs)):
        if side * unit > source.repeat or outputs // side > period // source.repeat:
            continue
        copy, block = np.divmod(channel, side)
        most = source.repeat // side if unit == 1 else 1
        for apart in strides(1, 2 * most):
            shift = min(NOISY_SLOTS, source.repeat - side * apart) if unit == 1 else 0
            targets = copy * source.repeat + block * unit * apart + places + shift
            narrow = side * unit * apart
            for fold in sorted({narrow, _wider(narrow, used, source.repeat)}):
                wanted = Target(targets, ciphertext, part == 1, fold, unit, apart)
                placed = Placement(linear, source, wanted)
                # All copies stand in even slots, or all in odd ones.
                if placed.output.repeat % parts == 0:
                    yield placed


def _wider(fold: int, used: int, repeat: int) -> int:
    """Return the least fold from `fold` up that parts values, of distances `used`, or `repeat`."""
    while fold < repeat and not fold & used:
        fold *= 2
    return fold
