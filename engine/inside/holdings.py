"""What every slot holds at a step: which value of which layer, and how much of it is there already.

Followed from the layouts of the plan: what a layer takes is known where it stands, and what it
gives is followed back from where it will stand to the products that it is the sum of.
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.circuits.diagonals import IntArray, Layout
from engine.circuits.stages import LinearStage
from engine.inside.trace import Span, Step, Trace

NOTHING = -1
MOST_STAGES = 16
"""What the slots of so many stages hold is kept: of all in the networks that are shipped."""
Both = tuple[IntArray, IntArray | None]
"""The first value in each slot, and the second if slots hold two."""


@dataclass(frozen=True, eq=False)
class Holding:
    """Slot s holds value `values[s]` of tensor `tensor`, NOTHING where it holds none.

    Where `terms` is given, it is a part of that value: so many of the products it is the sum of.
    Where slots hold two values, `imaginary[s]` is the second.
    """

    tensor: int
    values: IntArray
    terms: IntArray | None = None
    imaginary: IntArray | None = None

    @property
    def held(self) -> IntArray:
        """Return the slots that hold something."""
        return np.flatnonzero(self.values != NOTHING)


def holding_at(trace: Trace, number: int) -> Holding:
    """Return what the slots hold after step `number`."""
    for place, span in enumerate(trace.spans):
        if span.begin <= number < span.end:
            return _holdings(trace, place)[number - span.begin]
    raise IndexError(number)


def explain(trace: Trace) -> Trace:
    """Work out what the slots hold at every step, so that it is there at once; return the trace."""
    for span in trace.spans:
        holding_at(trace, span.begin)
    return trace


@functools.lru_cache(maxsize=MOST_STAGES)
def _holdings(trace: Trace, place: int) -> tuple[Holding, ...]:
    """Return what the slots hold after each step of a stage."""
    span = trace.spans[place]
    steps = trace.steps[span.begin : span.end]
    if span.source != span.target:
        return _of_linear(trace, span)
    made: dict[int, Both] = {}
    for step in steps:
        made[step.number] = _unmoved(trace, span, step, made)
    return tuple(
        Holding(span.source, values, None, imaginary) for values, imaginary in made.values()
    )


def _unmoved(trace: Trace, span: Span, step: Step, made: Mapping[int, Both]) -> Both:
    """Return the values in each slot of a stage that moves none."""
    if step.operation == "decrypt":
        assert step.places is not None
        which = np.asarray(trace.circuit.legs[span.leg].packing.result_imaginary)
        both = np.full((2, trace.slots), NOTHING)
        both[which.astype(int), step.places] = np.arange(len(step.places))
        return both[0], both[1] if which.any() else None
    if step.operation in ("pack", "encrypt"):
        real, *more = packed_values(trace, span.leg, step.ciphertext)
        imaginary = more[0] if more else None
        if step.operation == "encrypt":
            return real, imaginary
        return (
            _filled_so_far(trace, step, real),
            None if imaginary is None else _filled_so_far(trace, step, imaginary),
        )
    operands = [
        made.get(number) or standing(trace, span, span.inputs.index(number))
        for number in step.operands
    ]
    return _combined(step, operands)


def _combined(step: Step, operands: Sequence[Both]) -> Both:
    """Return the values after a step of a square, which may part and join those of a slot."""
    (real, imaginary), nothing = operands[0], np.full_like(operands[0][0], NOTHING)
    match step.operation:
        case "sum":
            return real, None
        case "turn":
            return nothing, real
        case "square" if (real == NOTHING).all() and imaginary is not None:
            return imaginary, None
        case "subtract":
            other_real, other = operands[1]
            joins = (other_real == NOTHING).all()
            return (real, other) if joins else (nothing, imaginary)
    return real, imaginary


def packed_values(trace: Trace, leg: int, ciphertext: int) -> IntArray:
    """Return the values that a leg's ciphertext is packed with, shape (parts, slots)."""
    packing = trace.circuit.legs[leg].packing.value_of_slot[ciphertext]
    return np.tile(packing, trace.slots // packing.shape[1])


def _filled_so_far(trace: Trace, step: Step, packed: IntArray) -> IntArray:
    """Return what is packed after a step of packing."""
    values = np.full(trace.slots, NOTHING)
    while True:
        assert step.places is not None
        values[step.places] = packed[step.places]
        if not step.operands:
            return values
        step = trace.steps[step.operands[0]]


def standing(trace: Trace, span: Span, ciphertext: int) -> Both:
    """Return the values in each slot of one ciphertext that a stage takes."""
    before = next(each for each in reversed(trace.spans) if each.end <= span.begin)
    if before.key.startswith("encrypt"):
        real, *more = packed_values(trace, span.leg, ciphertext)
        return real, more[0] if more else None
    return spread_values(_layout_of(trace, span.source), ciphertext)


def spread_values(layout: Layout, ciphertext: int) -> Both:
    """Return the values in each slot of one ciphertext of a layout, NOTHING elsewhere."""
    once = np.full((2, layout.repeat), NOTHING)
    here = np.flatnonzero(layout.ciphertext == ciphertext)
    once[layout.imaginary[here].astype(int), layout.slots[here] % layout.repeat] = here
    real, imaginary = np.tile(once, layout.period // layout.repeat)
    return real, imaginary if layout.is_paired else None


def _layout_of(trace: Trace, tensor: int) -> Layout:
    """Return where the values of a layer's result stand."""
    linear = [stage for stage in trace.circuit.stages if isinstance(stage, LinearStage)]
    return linear[tensor - 1].plan.output


def _of_linear(trace: Trace, span: Span) -> tuple[Holding, ...]:
    layout = _layout_of(trace, span.target)
    results = [spread_values(layout, which) for which in range(len(span.results))]
    real = dict(_sums(trace, span, [each for each, _ in results], first=True))
    second = [each for _, each in results if each is not None]
    imaginary = dict(_sums(trace, span, second, first=False)) if second else {}
    holdings = []
    for step in trace.steps[span.begin : span.end]:
        if step.part == "baby":
            real_values, more = standing(trace, span, span.inputs.index(step.operands[0]))
            moved = None if more is None else np.roll(more, -step.rotation)
            values = np.roll(real_values, -step.rotation)
            holdings.append(Holding(span.source, values, None, moved))
            continue
        owner, count = real[step.number]
        other = imaginary[step.number][0] if imaginary else None
        holdings.append(Holding(span.target, owner, count, other))
    return tuple(holdings)


def _sums(
    trace: Trace, span: Span, results: Sequence[IntArray], *, first: bool
) -> Iterator[tuple[int, tuple[IntArray, IntArray]]]:
    """Return, step by step, the value that a slot is a part of, and the products in it so far.

    Of two values in a slot, the `first` or the other.
    """
    owners = _owners(trace, span, results, first=first)
    terms: dict[int, IntArray] = {}
    for step in trace.steps[span.begin : span.end]:
        if step.part == "baby":
            continue
        terms[step.number] = _terms(trace, step, terms, first=first)
        owner = owners[step.number]
        count = np.where(owner == NOTHING, 0, terms[step.number])
        yield step.number, (np.where(count, owner, NOTHING), count)


def _present(trace: Trace, step: Step, *, first: bool) -> IntArray:
    """Return how many products a mask makes in each slot for one of its two values.

    If the input holds two values a slot, both meet a weight of the first; else a weight's real
    part is for the first, its imaginary part for the other.
    """
    assert step.plain is not None
    weights = step.plain.astype(np.complex128)
    real, imaginary = (np.asarray(part != 0, np.int64) for part in (weights.real, weights.imag))
    if trace.steps[step.operands[0]].imaginary is not None:
        both: IntArray = real + imaginary
        return both
    return real if first else imaginary


def _terms(trace: Trace, step: Step, terms: Mapping[int, IntArray], *, first: bool) -> IntArray:
    """Return how many products are summed in each slot."""
    if step.operation == "multiply_plain":
        return _present(trace, step, first=first)
    before = terms[step.operands[0]]
    if step.operation == "rotate":
        return np.roll(before, -step.rotation)
    if step.operation == "add":
        return np.asarray(before + terms[step.operands[1]])
    return before


def _owners(
    trace: Trace, span: Span, results: Sequence[IntArray], *, first: bool
) -> dict[int, IntArray]:
    """Return, step by step, the value of the result that each slot becomes a part of.

    Followed backwards from the `results`. Copies of a value are made of the same sums, so a slot
    that several results are made of is a part of one value alone.
    """
    owners = {number: np.full(trace.slots, NOTHING) for number in range(span.begin, span.end)}
    owners |= {number: values.copy() for number, values in zip(span.results, results, strict=True)}
    for step in reversed(trace.steps[span.begin : span.end]):
        if step.operation == "multiply_plain":
            owners[step.number][_present(trace, step, first=first) == 0] = NOTHING
            continue
        mine = owners[step.number]
        source = np.roll(mine, step.rotation) if step.operation == "rotate" else mine
        for operand in step.operands:
            if operand in owners:
                owners[operand] = np.where(owners[operand] == NOTHING, source, owners[operand])
    return owners
