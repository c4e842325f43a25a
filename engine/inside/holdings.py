"""What every slot holds at a step: which value of which layer, and how much of it is there already.

Followed from the layouts of the plan: what a layer takes is known where it stands, and what it
gives is followed back from where it will stand to the products that it is the sum of.
"""

import functools
from dataclasses import dataclass

import numpy as np

from engine.circuits.diagonals import IntArray, Layout
from engine.circuits.stages import LinearStage
from engine.inside.trace import Span, Step, Trace

NOTHING = -1


@dataclass(frozen=True, eq=False)
class Holding:
    """Slot s holds value `values[s]` of tensor `tensor`, NOTHING where it holds none.

    Where `terms` is given, it is a part of that value: so many of the products it is the sum of.
    """

    tensor: int
    values: IntArray
    terms: IntArray | None = None

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


@functools.lru_cache(maxsize=4)
def _holdings(trace: Trace, place: int) -> tuple[Holding, ...]:
    """Return what the slots hold after each step of a stage."""
    span = trace.spans[place]
    steps = trace.steps[span.begin : span.end]
    if span.source != span.target:
        return _of_linear(trace, span)
    return tuple(Holding(span.source, _unmoved(trace, span, step)) for step in steps)


def _unmoved(trace: Trace, span: Span, step: Step) -> IntArray:
    """Return the value in each slot of a stage that moves none."""
    if step.operation == "decrypt":
        values = np.full(trace.slots, NOTHING)
        assert step.places is not None
        values[step.places] = np.arange(len(step.places))
        return values
    if step.operation in ("pack", "encrypt"):
        packing = trace.circuit.legs[span.leg].packing.value_of_slot[step.ciphertext]
        packed = np.tile(packing, trace.slots // len(packing))
        if step.operation == "encrypt":
            return packed
        return _filled_so_far(trace, step, packed)
    return standing(trace, span, chain_of(trace, span, step.number))


def _filled_so_far(trace: Trace, step: Step, packed: IntArray) -> IntArray:
    """Return what is packed after a step of packing."""
    values = np.full(trace.slots, NOTHING)
    while True:
        assert step.places is not None
        values[step.places] = packed[step.places]
        if not step.operands:
            return values
        step = trace.steps[step.operands[0]]


def chain_of(trace: Trace, span: Span, number: int) -> int:
    """Return which of a stage's inputs a step comes from, through its first operands."""
    while number not in span.inputs:
        number = trace.steps[number].operands[0]
    return span.inputs.index(number)


def standing(trace: Trace, span: Span, ciphertext: int) -> IntArray:
    """Return the value in each slot of one ciphertext that a stage takes."""
    before = next(each for each in reversed(trace.spans) if each.end <= span.begin)
    if before.key.startswith("encrypt"):
        packing = trace.circuit.legs[span.leg].packing.value_of_slot[ciphertext]
        return np.tile(packing, trace.slots // len(packing))
    return spread_values(_layout_of(trace, span.source), ciphertext)


def spread_values(layout: Layout, ciphertext: int) -> IntArray:
    """Return the value in each slot of one ciphertext of a layout, NOTHING elsewhere."""
    once = np.full(layout.repeat, NOTHING)
    here = np.flatnonzero(layout.ciphertext == ciphertext)
    once[layout.slots[here] % layout.repeat] = here
    return np.tile(once, layout.period // layout.repeat)


def _layout_of(trace: Trace, tensor: int) -> Layout:
    """Return where the values of a layer's result stand."""
    linear = [stage for stage in trace.circuit.stages if isinstance(stage, LinearStage)]
    return linear[tensor - 1].plan.output


def _of_linear(trace: Trace, span: Span) -> tuple[Holding, ...]:
    steps = trace.steps[span.begin : span.end]
    owners = _owners(trace, span)
    terms: dict[int, IntArray] = {}
    holdings = []
    for step in steps:
        if step.part == "baby":
            values = standing(trace, span, span.inputs.index(step.operands[0]))
            holdings.append(Holding(span.source, np.roll(values, -step.rotation)))
            continue
        terms[step.number] = _terms(step, terms)
        owner = owners[step.number]
        count = np.where(owner == NOTHING, 0, terms[step.number])
        holdings.append(Holding(span.target, np.where(count, owner, NOTHING), count))
    return tuple(holdings)


def _terms(step: Step, terms: dict[int, IntArray]) -> IntArray:
    """Return how many products are summed in each slot."""
    if step.operation == "multiply_plain":
        assert step.plain is not None
        present: IntArray = (step.plain != 0).astype(np.int64)
        return present
    first = terms[step.operands[0]]
    if step.operation == "rotate":
        return np.roll(first, -step.rotation)
    if step.operation == "add":
        return np.asarray(first + terms[step.operands[1]])
    return first


def _owners(trace: Trace, span: Span) -> dict[int, IntArray]:
    """Return, step by step, the value of the result that each slot becomes a part of.

    Followed backwards. Copies of a value are made of the same sums, so a slot that several results
    are made of is a part of one value alone.
    """
    layout = _layout_of(trace, span.target)
    owners = {number: np.full(trace.slots, NOTHING) for number in range(span.begin, span.end)}
    for ciphertext, number in enumerate(span.results):
        owners[number] = spread_values(layout, ciphertext)
    for step in reversed(trace.steps[span.begin : span.end]):
        if step.operation == "multiply_plain":
            assert step.plain is not None
            owners[step.number][step.plain == 0] = NOTHING
            continue
        mine = owners[step.number]
        source = np.roll(mine, step.rotation) if step.operation == "rotate" else mine
        for operand in step.operands:
            if operand in owners:
                owners[operand] = np.where(owners[operand] == NOTHING, source, owners[operand])
    return owners
