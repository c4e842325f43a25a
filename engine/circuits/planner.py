"""The planner: chooses where every layer's results stand, by what it costs to bring them there.

Every layer has few choices (`engine.circuits.layouts`): in how many ciphertexts the client packs,
how many blocks of slots its outputs fill side by side, and whether slots hold one value or two. All
but the cheapest are dropped at every layer.
"""

import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.circuits.arrangement import arrangements
from engine.circuits.diagonals import IntArray, LinearPlan, PackingError
from engine.circuits.layouts import MOST_CIPHERTEXTS
from engine.circuits.limits import LayerLimits
from engine.circuits.offers import LayerOffers, offers_of
from engine.circuits.placing import Placement, plan_of
from engine.networks.maps import LinearMap

CIPHERTEXT_COST = 1.5
"""Encrypting, sending and reading one more ciphertext takes as long as so many rotations: half a
rotation where the cloud is on this computer (measured), many over a slow line."""

NOISE_COST = 40
"""What it is worth, in rotations, if not every slot adds the rounding of its masks to a result.

The roundings of all masks, folded, count, whether a weight stands there or not. Measured on
network 2: a dense layer of 128 masks and 6 folds at 8,192 slots gave an error of 0.35 %, one of
16 masks 0.12 %."""

PAIRED_SHARE = 0.8
"""A plan with two values in some slots is taken if it costs less than this share of one without.

Both parts of its masks count, so that they are rounded half a bit worse, and parting the values
takes a whole bit: network 1's error grew 1.6 times, network 2's 2 times, to 0.75 % at most over ten
keys (measured). Either would win an eighth of its time, the colour network a quarter."""

SECOND_SQUARE = 2.5
"""So many masks cost as much as a second square and what joins it to the first (measured)."""

BEAM = 8


@dataclass(frozen=True, eq=False)
class _Step:
    """The choice made for one layer, on top of those `before` it; `packed` is the client's.

    `cost` is that of all layers so far, or only of those before while it is not weighed.
    """

    placed: Placement
    cost: float
    packed: IntArray
    before: "_Step | None"


@dataclass(frozen=True)
class _Price:
    """What placements of a layer cost; its values are `parted` if they are squared next."""

    limit: LayerLimits
    parted: bool

    def of(self, placed: Placement) -> float:
        """Return what a placement costs."""
        splits = placed.splits
        rotations = splits.cheapest(self.limit.most_babies).rotations
        return self._sum(placed, rotations, splits.masks)

    def least(self, placed: Placement) -> float:
        """Return what it costs at least, told without looking for its rotations."""
        masks = placed.least_masks
        return self._sum(placed, placed.least_rotations(self.limit.most_babies), masks)

    def _sum(self, placed: Placement, rotations: float, masks: float) -> float:
        targets, folds = placed.output.ciphertexts, len(placed.folds)
        noise = masks / targets * 2.0**folds / placed.output.period
        rotations += targets * (folds + 1)  # a square is one besides
        if self.parted and placed.is_complex:
            rotations += targets  # a conjugation is one, the sum with it as long as a mask
            masks += targets * (1 + SECOND_SQUARE * placed.output.is_paired)
        return self.limit.cost(rotations, masks) + NOISE_COST * noise


def plan_maps(
    maps: Sequence[LinearMap], slots: int, limits: Sequence[LayerLimits]
) -> tuple[tuple[LinearPlan, ...], IntArray]:
    """Plan layers that follow one another in ciphertexts of `slots` slots.

    Returns the plans, and the input value in each slot that the client packs, shape (ciphertexts,
    parts, period), -1 for none. Raises PackingError if the layers do not fit.
    """
    if not all(len(linear.weights) for linear in maps):
        raise PackingError("A linear layer whose weights are all zero cannot be encrypted.")
    chosen = list(_steps_to(_best(offers_of(tuple(maps), slots), limits)))[::-1]
    plans = zip(chosen, limits, strict=True)
    return (
        tuple(plan_of(step.placed, limit.most_babies) for step, limit in plans),
        chosen[0].packed,
    )


def least_slots(maps: Sequence[LinearMap]) -> int:
    """Return the slots that a ciphertext must have at least: those of a channel of any layer."""
    return max(each.unit for each in arrangements(maps))


def _steps_to(last: _Step | None) -> Iterator[_Step]:
    while last is not None:
        yield last
        last = last.before


def _best(offers: Sequence[LayerOffers], limits: Sequence[LayerLimits]) -> _Step:
    """Return the last step of the cheapest plan, with pairs only if they save enough."""
    prices = [
        _Price(limit, parted=offer is not offers[-1])
        for offer, limit in zip(offers, limits, strict=True)
    ]
    (real,) = _cheapest(offers, prices, 1, math.inf)
    if not all(limit.may_pair for limit in limits):
        return real
    (best,) = _cheapest(offers, prices, 2, PAIRED_SHARE * real.cost) or (real,)
    return best


def _cheapest(
    offers: Sequence[LayerOffers], prices: Sequence[_Price], parts: int, most: float
) -> list[_Step]:
    """Return the last step of the cheapest plan whose slots hold up to `parts` values.

    There is none if every plan that is followed costs `most` or more.
    """
    beam: list[_Step] = []
    for place, (offer, price) in enumerate(zip(offers, prices, strict=True)):
        choices = list(_continued(offer, parts, beam) if place else _begun(offer, parts, price))
        if not choices:
            raise PackingError(
                f"A layer of {offer.linear.shape_out[0]} outputs of {offer.unit} slots does not "
                f"fit into {MOST_CIPHERTEXTS} ciphertexts of {offer.slots} slots."
            )
        beam = _kept(choices, price, most)
        if not beam:
            break
    return beam[:1]


def _begun(offer: LayerOffers, parts: int, price: _Price) -> Iterator[_Step]:
    for packing in offer.packings(parts):
        sent = price.limit.cost(CIPHERTEXT_COST * len(packing.value_of_slot), 0)
        for placed in offer.placements(packing.linear, packing.source, parts):
            yield _Step(placed, sent, packing.value_of_slot, None)


def _continued(offer: LayerOffers, parts: int, beam: Sequence[_Step]) -> Iterator[_Step]:
    for last in beam:
        for placed in offer.placements(offer.linear, last.placed.output, parts):
            yield _Step(placed, last.cost, last.packed, last)


def _kept(choices: Sequence[_Step], price: _Price, most: float) -> list[_Step]:
    """Return the cheapest choices, weighed, that cost less than `most`: BEAM of them.

    No two have results of the same kind, so that what comes next has something to choose from.
    Those that cost too much even at the least are not looked into.
    """
    kept: list[tuple[float, int]] = []
    for least, index in sorted(
        (step.cost + price.least(step.placed), index) for index, step in enumerate(choices)
    ):
        if least >= most or (len(kept) == BEAM and (least, index) > kept[-1]):
            break
        placed = choices[index].placed
        entry = (choices[index].cost + price.of(placed), index)
        alike = [each for each in kept if choices[each[1]].placed.kind == placed.kind]
        if entry[0] >= most or min(alike, default=entry) < entry:
            continue
        kept = sorted({*kept, entry}.difference(alike))[:BEAM]
    return [dataclasses.replace(choices[index], cost=cost) for cost, index in kept]
