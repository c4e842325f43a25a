"""The planner: chooses where every layer's results stand, by what it costs to bring them there.

Every layer has few choices (`engine.circuits.layouts`): in how many ciphertexts the client packs,
how many blocks of slots its outputs fill side by side, and whether slots hold one value or two. All
but the cheapest are dropped at every layer.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from engine.circuits.arrangement import Arrangement, arrangements
from engine.circuits.diagonals import IntArray, LinearPlan, PackingError
from engine.circuits.layouts import MOST_CIPHERTEXTS, packings, placements
from engine.circuits.limits import LayerLimits
from engine.circuits.placing import Placement, cheapest_split, plan_of
from engine.networks.maps import LinearMap

CIPHERTEXT_COST = 2
"""Encrypting, sending and reading one more ciphertext takes as long as so many rotations."""

NOISE_COST = 40
"""What it is worth, in rotations, if not every slot adds the rounding of its masks to a result.

The roundings of all masks, folded, count, whether a weight stands there or not. Measured on
network 2: a dense layer of 128 masks and 6 folds at 8,192 slots gave an error of 0.35 %, one of
16 masks 0.12 %."""

PAIRED_SHARE = 0.8
"""A plan with two values in some slots is taken if it costs less than this share of one without.

Both parts of its masks count, so that they are rounded half a bit worse, and parting the values
takes a whole bit: errors grow 2 to 3 times (measured). Network 1 would win 11 % of its time,
network 2 13 %, the colour network 31 %."""

SECOND_SQUARE = 2.5
"""So many masks cost as much as a second square and what joins it to the first (measured)."""

BEAM = 8


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
    parts, period), -1 for none. Raises PackingError if the layers do not fit.
    """
    chosen = list(_steps_to(_best(maps, slots, limits)))[::-1]
    plans = zip(chosen, limits, strict=True)
    return (
        tuple(plan_of(step.placed, limit.most_babies) for step, limit in plans),
        chosen[0].packed,
    )


def _steps_to(last: _Step | None) -> Iterator[_Step]:
    while last is not None:
        yield last
        last = last.before


def _best(maps: Sequence[LinearMap], slots: int, limits: Sequence[LayerLimits]) -> _Step:
    """Return the last step of the cheapest plan, with pairs only if they save enough."""
    real = _cheapest(maps, slots, limits, parts=1)
    if not all(limit.may_pair for limit in limits):
        return real
    paired = _cheapest(maps, slots, limits, parts=2)
    return paired if paired.cost < PAIRED_SHARE * real.cost else real


def _cheapest(
    maps: Sequence[LinearMap], slots: int, limits: Sequence[LayerLimits], *, parts: int
) -> _Step:
    """Return the last step of the cheapest plan whose slots hold up to `parts` values."""
    if not all(len(linear.weights) for linear in maps):
        raise PackingError("A linear layer whose weights are all zero cannot be encrypted.")
    beam: list[_Step] = []
    for linear, arrangement, limit in zip(maps, arrangements(maps), limits, strict=True):
        price = functools.partial(_cost, limit=limit, parted=linear is not maps[-1])
        steps = list(
            _continued(linear, arrangement, parts, price, beam)
            if beam
            else _begun(linear, arrangement, parts, price, slots, limit)
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
    linear: LinearMap,
    arrangement: Arrangement,
    parts: int,
    price: Callable[[Placement], float],
    beam: Sequence[_Step],
) -> Iterator[_Step]:
    offers: dict[tuple[bytes | int, ...], list[tuple[Placement, float]]] = {}
    for last in beam:
        source = last.placed.output
        if source.key not in offers:
            placed = placements(linear, source, arrangement, parts)
            offers[source.key] = [(each, price(each)) for each in placed]
        for each, cost in offers[source.key]:
            yield _Step(each, last.cost + cost, last.packed, last)


def _begun(
    linear: LinearMap,
    arrangement: Arrangement,
    parts: int,
    price: Callable[[Placement], float],
    slots: int,
    limit: LayerLimits,
) -> Iterator[_Step]:
    for packing in packings(linear, arrangement, slots, parts):
        sent = limit.cost(CIPHERTEXT_COST * len(packing.value_of_slot), 0)
        for placed in placements(packing.linear, packing.source, arrangement, parts):
            yield _Step(placed, sent + price(placed), packing.value_of_slot, None)


def _cost(placed: Placement, limit: LayerLimits, *, parted: bool) -> float:
    """Return what a layer costs; its values are `parted` if they are squared next."""
    pairs, targets = placed.pairs(), placed.output.ciphertexts
    split = cheapest_split(pairs, targets, placed.output.period, limit.most_babies)
    rotations = split.rotations + targets * (len(placed.folds) + 1)  # a square is one besides
    masks: float = len(pairs)
    if parted and placed.is_complex:
        rotations += targets  # a conjugation is one
        masks += SECOND_SQUARE * targets * placed.output.is_paired
    noise = len(pairs) / targets * 2.0 ** len(placed.folds) / placed.output.period
    return limit.cost(rotations, masks) + NOISE_COST * noise
