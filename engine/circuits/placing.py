"""Finding the rotations and masks of a linear map between two layouts.

An output may gather its products at every slot that the folds sum: of the slots where a value and
the output meet, the one with the least rotation is taken, in closed form, since folds and copies
repeat with powers of two.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np

from engine.arrays import Weights
from engine.circuits.diagonals import (
    BoolArray,
    IntArray,
    Layout,
    LinearPlan,
    Mask,
    OutputPlan,
    PackingError,
    strides,
)
from engine.networks.maps import LinearMap

UNMOVED = np.iinfo(np.int64).min
"""Stands for all babies that are not rotated."""


@dataclass(frozen=True, eq=False)
class Target:
    """Where outputs shall stand: output o at slot `slots[o]` of `ciphertext[o]`, perhaps imaginary.

    Products are folded from stride `fold` up to the distance of the source's copies. A channel
    has `unit` slots, and rotations begin half of them below zero; or it has one, and the outputs
    stand `apart` slots from each other, whose products are folded as well.
    """

    slots: IntArray
    ciphertext: IntArray
    imaginary: BoolArray
    fold: int
    unit: int
    apart: int = 1


@dataclass(frozen=True)
class Split:
    """How rotations are parted: babies are their rests modulo `modulus`, the least one `low`.

    It takes so many `rotations`, without folds.
    """

    modulus: int
    low: int
    rotations: int


@dataclass(frozen=True, eq=False)
class Splits:
    """Every way to part the rotations of `masks` masks.

    The arrays hold moduli, the least babies, rotations and different babies.
    """

    masks: int
    moduli: IntArray
    lows: IntArray
    rotations: IntArray
    babies: IntArray

    def cheapest(self, most_babies: int) -> Split:
        """Return the split with the fewest rotations that has no more babies than that."""
        most = np.iinfo(np.int64).max
        rotations = np.where(self.babies > most_babies, most, self.rotations)
        best = int(rotations.argmin())
        return Split(int(self.moduli[best]), int(self.lows[best]), int(rotations[best]))


def splits_of(pairs: IntArray, targets: int, period: int) -> Splits:
    """Return how the rotations of `pairs` (source, target, rotation) can be parted.

    Raises PackingError if one of the targets has no pair.
    """
    source, target, rotation = pairs.T
    if len(np.unique(target)) < targets:
        raise PackingError("Some results of a layer have weights that are all zero.")
    powers = np.array(strides(1, 2 * period))
    moduli = np.tile(powers, 2)
    lows = np.concatenate((-powers // 2, np.full(len(powers), rotation.min())))
    babies, giants = _parted(rotation, moduli[:, None], lows[:, None])
    apart = 8 * period  # more than rotations ever are
    rotations = _count_distinct(np.where(babies, source * apart + babies, UNMOVED))
    rotations -= (babies == 0).any(axis=1)
    rotations += _count_distinct(target * apart + giants)
    for each in range(targets):  # the first row of products is not rotated if it need not be
        rotations -= giants[:, target == each].min(axis=1) == 0
    return Splits(len(pairs), moduli, lows, rotations, _count_distinct(babies))


@dataclass(frozen=True, eq=False)
class Placement:
    """A linear map between two places of its values."""

    linear: LinearMap
    source: Layout
    wanted: Target

    @functools.cached_property
    def folds(self) -> tuple[int, ...]:
        """Return the strides that products are folded by."""
        return *strides(1, self.wanted.apart), *strides(self.wanted.fold, self.source.repeat)

    @functools.cached_property
    def _is_together(self) -> bool:
        """Tell whether all outputs stand within one copy of the input."""
        return int(self.wanted.slots.max()) < self.source.repeat

    @functools.cached_property
    def mask_period(self) -> int:
        """Return after how many slots masks repeat."""
        return self.source.repeat if self._is_together else self.source.period

    @functools.cached_property
    def output(self) -> Layout:
        """Return where the outputs then stand."""
        wanted, period = self.wanted, self.source.period
        everywhere = self._is_together or self.source.repeat == period
        repeat = wanted.fold if everywhere else period
        return Layout(wanted.slots, wanted.ciphertext, wanted.imaginary, repeat, period)

    @property
    def kind(self) -> tuple[bool, int, int, int]:
        """Return what its results have in common with others that lead to the same costs."""
        output = self.output
        side = self.wanted.fold // self.wanted.apart
        return output.is_paired, output.ciphertexts, output.repeat, side

    @functools.cached_property
    def is_complex(self) -> bool:
        """Tell whether masks have imaginary parts."""
        return self.source.is_paired or self.output.is_paired

    @functools.cached_property
    def splits(self) -> Splits:
        """Return how its rotations can be parted; PackingError if a result has no weight."""
        return splits_of(self.pairs(), self.output.ciphertexts, self.source.period)

    @functools.cached_property
    def least_masks(self) -> float:
        """Return how many masks it cannot do without: each slot of one has a weight for a pair."""
        weights = len(self.linear.weights) / (1 + self.is_complex)
        return max(self.output.ciphertexts, weights / self.mask_period)

    def least_rotations(self, most_babies: int) -> float:
        """Return how many rotations it cannot do without: masks are babies times giants."""
        sources, targets, masks = self.source.ciphertexts, self.output.ciphertexts, self.least_masks
        fewest = 2 * math.sqrt(masks) - sources  # of which some are not rotated
        return max(0, fewest - targets, masks / (most_babies * sources) - targets)

    def meet(self, inputs: IntArray, targets: IntArray) -> tuple[IntArray, IntArray]:
        """Return at which slot an input slot and an output slot meet, and by which rotation."""
        wanted = self.wanted  # strides and periods are powers of two: masks divide by them
        half = wanted.unit // 2
        ahead = (inputs - targets + half) & (self.source.repeat - 1)
        rest = ahead & (wanted.fold - 1)
        inner = rest & (wanted.apart - 1)
        slots = (targets + ahead - rest + inner) & (self.mask_period - 1)
        return slots, rest - inner - half

    def pairs(self) -> IntArray:
        """Return the distinct (source, target, rotation) that the map needs, shape (count, 3).

        Where only some places of a channel pair have weights, it may name a few more.
        """
        linear, wanted = self.linear, self.wanted
        ins = self.source.slots.reshape(linear.shape_in[0], -1)
        outs = wanted.slots.reshape(linear.shape_out[0], -1)
        first, second = linear.channel_pairs.T
        which = self.source.ciphertext.reshape(len(ins), -1)[first, 0]
        whither = wanted.ciphertext.reshape(len(outs), -1)[second, 0]
        span = self.source.repeat
        both = which * self.output.ciphertexts + whither
        pairs = np.zeros((self.source.ciphertexts * self.output.ciphertexts, span), dtype=bool)
        pairs[both, (ins[first, 0] - outs[second, 0]) % span] = True
        both, ahead = np.nonzero(pairs)
        begin, end = linear.place_pairs.T
        places = np.unique((ins[0, begin] - ins[0, 0]) - (outs[0, end] - outs[0, 0]))
        _, rotations = self.meet(ahead[:, None] + places, np.zeros(1, dtype=np.int64))
        sources, targets = np.divmod(both, self.output.ciphertexts)
        return _distinct(sources[:, None], targets[:, None], rotations)


def _count_distinct(values: IntArray) -> IntArray:
    """Return how many distinct values each row has."""
    ordered = np.sort(values, axis=1)
    counts: IntArray = 1 + np.count_nonzero(np.diff(ordered, axis=1), axis=1)
    return counts


def _parted(
    rotations: IntArray, modulus: IntArray | int, low: IntArray | int
) -> tuple[IntArray, IntArray]:
    babies = (rotations - low) % modulus + low
    return babies, rotations - babies


@functools.lru_cache(maxsize=16)
def plan_of(placed: Placement, most_babies: int) -> LinearPlan:
    """Make the masks of a placed map; PackingError if one of its results has no weight.

    Settings that differ in their chain share it.
    """
    linear, source = placed.linear, placed.source
    period, span = source.period, placed.mask_period
    which = _short(source.ciphertext)[linear.inputs]
    whither = _short(placed.wanted.ciphertext)[linear.outputs]
    slots, rotations = placed.meet(
        _short(source.slots)[linear.inputs], _short(placed.wanted.slots)[linear.outputs]
    )
    pairs, numbers = _numbered(which, whither, rotations)
    split = splits_of(pairs, placed.output.ciphertexts, period).cheapest(most_babies)
    baby, giant = _parted(pairs[:, 2], split.modulus, split.low)
    slots = (slots + _short(giant)[numbers]) % span
    weights: Weights = linear.weights
    if placed.is_complex:
        weights = weights * source.phases.conj()[linear.inputs]
        weights *= placed.output.phases[linear.outputs]
    order = np.argsort(numbers, kind="stable")
    ends = np.cumsum(np.bincount(numbers))[:-1]
    made = zip(np.split(slots[order], ends), np.split(weights[order], ends), strict=True)
    masks = [Mask(*each, span) for each in made]
    babies = sorted(set(zip(pairs[:, 0].tolist(), baby.tolist(), strict=True)))
    at = {each: index for index, each in enumerate(babies)}
    outputs = []
    for target in range(placed.output.ciphertexts):
        here = np.flatnonzero(pairs[:, 1] == target).tolist()
        giants = tuple(np.unique(giant[here]).tolist())
        rows: list[list[Mask | None]] = [[None] * len(babies) for _ in giants]
        for pair in here:
            row, column = giants.index(int(giant[pair])), at[int(pairs[pair, 0]), int(baby[pair])]
            rows[row][column] = masks[pair]
        bias = placed.output.spread(linear.bias, target)
        outputs.append(OutputPlan(tuple(map(tuple, rows)), giants, bias))
    steps = tuple((ciphertext, step % period) for ciphertext, step in babies)
    return LinearPlan(steps, tuple(outputs), placed.folds, placed.output, source.is_paired)


def _short(values: IntArray) -> IntArray:
    """Return slots, rotations or ciphertexts in half the memory: a layer can have 30 million."""
    short: IntArray = values.astype(np.int32)
    return short


def _distinct(sources: IntArray, targets: IntArray, rotations: IntArray) -> IntArray:
    """Return the distinct (source, target, rotation), shape (count, 3), in order."""
    return _numbered(sources, targets, rotations)[0]


def _numbered(
    sources: IntArray, targets: IntArray, rotations: IntArray
) -> tuple[IntArray, IntArray]:
    low, many = int(rotations.min()), int(targets.max()) + 1
    span = int(rotations.max()) - low + 1
    seen = np.zeros((int(sources.max()) + 1) * many * span, dtype=bool)
    keys = (sources * many + targets) * span + rotations - low
    seen[keys] = True
    found = np.flatnonzero(seen)
    both, rotation = np.divmod(found, span)
    pairs = np.stack((*np.divmod(both, many), rotation + low), axis=1)
    numbers = np.zeros(len(seen), dtype=np.min_scalar_type(len(found)))  # short ones sort fast
    numbers[found] = np.arange(len(found))
    return pairs, numbers[keys]
