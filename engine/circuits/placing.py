"""Finding the rotations and masks of a linear map between two layouts.

An output may gather its products at every slot that the folds sum: of the slots where a value and
the output meet, the one with the least rotation is taken, in closed form, since folds and copies
repeat with powers of two.
"""

import functools
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


@dataclass(frozen=True, eq=False)
class Placement:
    """A linear map between two places of its values."""

    linear: LinearMap
    source: Layout
    wanted: Target

    @property
    def folds(self) -> tuple[int, ...]:
        """Return the strides that products are folded by."""
        return *strides(1, self.wanted.apart), *strides(self.wanted.fold, self.source.repeat)

    @property
    def _is_together(self) -> bool:
        """Tell whether all outputs stand within one copy of the input."""
        return int(self.wanted.slots.max()) < self.source.repeat

    @property
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
    def is_complex(self) -> bool:
        """Tell whether masks have imaginary parts."""
        return self.source.is_paired or self.output.is_paired

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


@dataclass(frozen=True)
class Split:
    """How rotations are parted: babies are their centred rests modulo `modulus`.

    It takes so many `rotations`, without folds.
    """

    modulus: int
    rotations: int


def cheapest_split(pairs: IntArray, targets: int, period: int, most_babies: int) -> Split:
    """Return the split of `pairs` (source, target, rotation) with the fewest rotations.

    Raises PackingError if one of the targets has no pair.
    """
    source, target, rotation = pairs.T
    if len(np.unique(target)) < targets:
        raise PackingError("Some results of a layer have weights that are all zero.")
    moduli = np.array(strides(1, 2 * period))
    babies, giants = _parted(rotation, moduli[:, None])
    apart = 8 * period  # more than rotations ever are
    rotations = _count_distinct(np.where(babies, source * apart + babies, UNMOVED))
    rotations -= (babies == 0).any(axis=1)
    rotations += _count_distinct(target * apart + giants)
    for each in range(targets):  # the first row of products is not rotated if it need not be
        rotations -= giants[:, target == each].min(axis=1) == 0
    rotations[_count_distinct(babies) > most_babies] = np.iinfo(np.int64).max
    best = int(rotations.argmin())
    return Split(int(moduli[best]), int(rotations[best]))


def _count_distinct(values: IntArray) -> IntArray:
    """Return how many distinct values each row has."""
    ordered = np.sort(values, axis=1)
    counts: IntArray = 1 + np.count_nonzero(np.diff(ordered, axis=1), axis=1)
    return counts


def _parted(rotations: IntArray, modulus: IntArray | int) -> tuple[IntArray, IntArray]:
    babies = (rotations + modulus // 2) % modulus - modulus // 2
    return babies, rotations - babies


def plan_of(placed: Placement, most_babies: int) -> LinearPlan:
    """Make the masks of a placed map; PackingError if one of its results has no weight."""
    linear, source = placed.linear, placed.source
    period, span, sources = source.period, placed.mask_period, source.ciphertexts
    which, whither = source.ciphertext[linear.inputs], placed.wanted.ciphertext[linear.outputs]
    slots, rotations = placed.meet(source.slots[linear.inputs], placed.wanted.slots[linear.outputs])
    pairs = _distinct(which, whither, rotations)
    split = cheapest_split(pairs, placed.output.ciphertexts, period, most_babies)
    first, last = _parted(pairs[:, 2], split.modulus)
    babies = sorted(set(zip(pairs[:, 0].tolist(), first.tolist(), strict=True)))
    at = {baby: index for index, baby in enumerate(babies)}
    baby, giant = _parted(rotations, split.modulus)
    slots = (slots + giant) % span
    weights: Weights = linear.weights
    if placed.is_complex:
        turned = source.phases[linear.inputs].conj() * placed.output.phases[linear.outputs]
        weights = weights * turned
    low = int(baby.min())
    width = int(baby.max()) - low + 1
    outputs = []
    for target in range(placed.output.ciphertexts):
        giants = tuple(np.unique(last[pairs[:, 1] == target]).tolist())
        here = np.flatnonzero(whither == target)
        row = np.searchsorted(giants, giant[here])
        key = (row * sources + which[here]) * width + baby[here] - low
        order = np.argsort(key, kind="stable")
        keys, begin = np.unique(key[order], return_index=True)
        masks: list[list[Mask | None]] = [[None] * len(babies) for _ in giants]
        for group, entries in zip(keys.tolist(), np.split(here[order], begin[1:]), strict=True):
            rest, step = divmod(group, width)
            row_index, ciphertext = divmod(rest, sources)
            mask = Mask(slots[entries], weights[entries], span)
            masks[row_index][at[ciphertext, step + low]] = mask
        bias = placed.output.spread(linear.bias, target)
        outputs.append(OutputPlan(tuple(map(tuple, masks)), giants, bias))
    steps = tuple((ciphertext, step % period) for ciphertext, step in babies)
    return LinearPlan(steps, tuple(outputs), placed.folds, placed.output, source.is_paired)


def _distinct(sources: IntArray, targets: IntArray, rotations: IntArray) -> IntArray:
    """Return the distinct (source, target, rotation), shape (count, 3), in order."""
    low, many = int(rotations.min()), int(targets.max()) + 1
    span = int(rotations.max()) - low + 1
    seen = np.zeros((int(sources.max()) + 1) * many * span, dtype=bool)
    seen[(sources * many + targets) * span + rotations - low] = True
    both, rotation = np.divmod(np.flatnonzero(seen), span)
    return np.stack((*np.divmod(both, many), rotation + low), axis=1)
