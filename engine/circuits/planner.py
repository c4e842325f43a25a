"""The planner: chooses where every layer's results stand, by what it costs to bring them there.

The client packs image-to-column for the first layer: a row of the columns is a place in the
kernel, and its windows stand as the results shall stand. Every layer then has few choices: in how
many ciphertexts the client packs, and how many blocks of slots its outputs fill side by side
before they go on in another copy of the input. All but the cheapest are dropped at every layer.
"""

import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.circuits.arrangement import Arrangement, arrangements
from engine.circuits.diagonals import (
    IntArray,
    Layout,
    LinearPlan,
    PackingError,
    power_of_two,
    strides,
)
from engine.circuits.placing import Placement, Target, cheapest_split, plan_of
from engine.networks.maps import LinearMap

CIPHERTEXT_COST = 2
"""Encrypting, sending and reading one more ciphertext takes as long as so many rotations."""

NOISE_COST = 40
"""What it is worth, in rotations, if not every slot adds the rounding of its masks to a result.

The roundings of all masks, folded, count, whether a weight stands there or not. Measured on
network 2: a dense layer of 128 masks and 6 folds at 8,192 slots gave an error of 0.35 %, one of
16 masks 0.12 %."""

MOST_CIPHERTEXTS = 32
BEAM = 8


@dataclass(frozen=True)
class LayerLimits:
    """At how many primes a layer runs, and how many baby steps its noise allows."""

    level: int
    most_babies: int

    def cost(self, rotations: int, masks: int) -> float:
        """Return the time of so many operations, in rotations at one prime (measured)."""
        return rotations * (0.75 * self.level + 0.1 * self.level**2) + masks * self.level / 12


@dataclass(frozen=True, eq=False)
class _Step:
    """The choice made for one layer, on top of those `before` it; `packed` is the client's."""

    placed: Placement
    cost: float
    packed: IntArray
    before: "_Step | None"


def plan_maps(
    maps: Sequence[LinearMap], slots: int, limits: Sequence[LayerLimits]
) -> tuple[tuple[LinearPlan, ...], IntArray]:
    """Plan layers that follow one another in ciphertexts of `slots` slots.

    Returns the plans, and the input value in each slot that the client packs, shape (ciphertexts,
    period), -1 for none. Raises PackingError if the layers do not fit.
    """
    chosen: list[_Step] = []
    best: _Step | None = _cheapest(maps, slots, limits)
    while best is not None:
        chosen.append(best)
        best = best.before
    chosen.reverse()
    plans = zip(chosen, limits, strict=True)
    return (
        tuple(plan_of(step.placed, limit.most_babies) for step, limit in plans),
        chosen[0].packed,
    )


def _cheapest(maps: Sequence[LinearMap], slots: int, limits: Sequence[LayerLimits]) -> _Step:
    if not all(len(linear.weights) for linear in maps):
        raise PackingError("A linear layer whose weights are all zero cannot be encrypted.")
    beam: list[_Step] = []
    for linear, arrangement, limit in zip(maps, arrangements(maps), limits, strict=True):
        steps = list(
            _continued(linear, arrangement, limit, beam)
            if beam
            else _begun(linear, arrangement, limit, slots)
        )
        if not steps:
            raise PackingError(
                f"A layer of {linear.shape_out[0]} outputs of {arrangement.unit} slots does not "
                f"fit into {MOST_CIPHERTEXTS} ciphertexts of {slots} slots."
            )
        beam = sorted(steps, key=lambda step: step.cost)[:BEAM]
    return beam[0]


def least_slots(maps: Sequence[LinearMap]) -> int:
    """Return the slots that a ciphertext must have at least: those of a channel of any layer."""
    return max(each.unit for each in arrangements(maps))


def _continued(
    linear: LinearMap, arrangement: Arrangement, limit: LayerLimits, beam: Sequence[_Step]
) -> Iterator[_Step]:
    offers: dict[tuple[bytes | int, ...], list[tuple[Placement, float]]] = {}
    for last in beam:
        source = last.placed.output
        if source.key not in offers:
            placements = _placements(linear, source, arrangement)
            offers[source.key] = [(placed, _cost(placed, limit)) for placed in placements]
        for placed, cost in offers[source.key]:
            yield _Step(placed, last.cost + cost, last.packed, last)


def _begun(
    linear: LinearMap, arrangement: Arrangement, limit: LayerLimits, slots: int
) -> Iterator[_Step]:
    columns, rows = _columns(linear)
    count, unit = len(columns), arrangement.unit
    windows = columns.shape[1]
    for together in strides(1, 2 * power_of_two(count)):
        ciphertexts = math.ceil(count / together)
        if together * unit > slots or ciphertexts > MOST_CIPHERTEXTS:
            continue
        which, block = np.divmod(np.arange(count), together)
        at = (block[:, None] * unit + arrangement.places).ravel()
        repeat = together * unit
        source = Layout(at, np.repeat(which, windows), repeat, slots)
        packed = np.full((ciphertexts, repeat), -1, dtype=np.int64)
        packed[source.ciphertext, source.slots] = columns.ravel()
        virtual = dataclasses.replace(
            linear,
            shape_in=(count, *linear.shape_out[1:]),
            inputs=rows * windows + linear.outputs % windows,
            stride=1,
        )
        sent = limit.cost(CIPHERTEXT_COST * ciphertexts, 0)
        for placed in _placements(virtual, source, arrangement):
            yield _Step(placed, sent + _cost(placed, limit), packed, None)


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


def _placements(linear: LinearMap, source: Layout, arrangement: Arrangement) -> Iterator[Placement]:
    """Place the outputs with every number of blocks side by side that the slots allow."""
    channels, period, unit = linear.shape_out[0], source.period, arrangement.unit
    if unit > period:
        return
    source = Layout(source.slots, source.ciphertext, max(source.repeat, unit), period)
    capacity = period // unit
    if channels > capacity * MOST_CIPHERTEXTS:
        return
    outputs = min(power_of_two(channels), capacity)
    channel = np.repeat(np.arange(channels), len(arrangement.places))
    places = np.tile(arrangement.places, channels)
    ciphertext, channel = np.divmod(channel, capacity)
    for side in reversed(strides(1, 2 * outputs)):
        if side * unit > source.repeat or outputs // side > period // source.repeat:
            continue
        copy, block = np.divmod(channel, side)
        most = source.repeat // side if unit == 1 else 1
        for apart in strides(1, 2 * most):
            targets = copy * source.repeat + block * unit * apart + places
            wanted = Target(targets, ciphertext, side * unit * apart, unit, apart)
            yield Placement(linear, source, wanted)


def _cost(placed: Placement, limit: LayerLimits) -> float:
    pairs, targets = placed.pairs(), placed.output.ciphertexts
    split = cheapest_split(pairs, targets, placed.output.period, limit.most_babies)
    rotations = split.rotations + targets * (len(placed.folds) + 1)  # a square is one besides
    noise = len(pairs) / targets * 2.0 ** len(placed.folds) / placed.output.period
    return limit.cost(rotations, len(pairs)) + NOISE_COST * noise
