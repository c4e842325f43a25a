"""How the values of a channel follow one another in the slots.

Windows of a later layer with stride s meet every s-th value. If the values whose row and column
leave the same rest modulo s (a *phase*) stand together, that layer's results stand close together
too, a phase is to it what a channel is, and nothing is left unused between its outputs.
"""

import itertools
import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.circuits.diagonals import IntArray, power_of_two
from engine.networks.layers import Shape
from engine.networks.maps import LinearMap

NOISY_SLOTS = 4
"""The first slots, left free where there is room: SEAL's digits are not centred, so that a key
switch disturbs slot 0 by 100 times as much as others, slots 1 and 2 by 30 and 12 times (measured).
On Fashion-MNIST's network 2 the error falls from 0.8 % to 0.2 %."""


@dataclass(frozen=True, eq=False)
class Arrangement:
    """The place of each value of a channel, (height * width,), among `unit` slots."""

    places: IntArray
    unit: int


def arrangements(maps: Sequence[LinearMap]) -> list[Arrangement]:
    """Return the arrangement of each map's result.

    All that have windows lie on one grid, so that neighbours keep their distance; the others are
    vectors.
    """
    spatial = list(itertools.takewhile(lambda each: each.shape_out[1:] != (1, 1), maps))
    steps = [each.stride for each in spatial[1:]]
    totals = list(itertools.accumulate([1] * bool(spatial) + steps, operator.mul))
    height, width = (
        max(
            (each.shape_out[axis] * total for each, total in zip(spatial, totals, strict=True)),
            default=1,
        )
        for axis in (1, 2)
    )
    found = [
        _arrange(each.shape_out, math.ceil(height / total), math.ceil(width / total), steps[place:])
        for place, (each, total) in enumerate(zip(spatial, totals, strict=True))
    ]
    vector = Arrangement(np.zeros(1, dtype=np.int64), 1)
    return found + [vector] * (len(maps) - len(spatial))


def _arrange(shape: Shape, height: int, width: int, strides: Sequence[int]) -> Arrangement:
    """Arrange the values of `shape` in a box of `height` x `width` for layers of those strides."""
    y, x = np.divmod(np.arange(shape[1] * shape[2]), shape[2])
    phases = []
    for stride in strides:
        if stride == 1:
            continue
        down, across = min(stride, height), min(stride, width)
        phases.append((y % stride * across + x % stride, power_of_two(down * across)))
        y, x = y // stride, x // stride
        height, width = math.ceil(height / stride), math.ceil(width / stride)
    unit = power_of_two(height * width)
    places = y * width + x + min(NOISY_SLOTS, unit - height * width)
    for phase, count in reversed(phases):
        places, unit = phase * unit + places, unit * count
    return Arrangement(places, unit)
