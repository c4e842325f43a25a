"""Where the number in a slot comes from: the products that it is the sum of, and the pixels.

The products are found by going back through the steps of the stage; from there the layers of the
network lead back to the picture.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import Array, Weights
from engine.circuits.diagonals import IntArray
from engine.circuits.legs import maps_of
from engine.ckks.pairs import alternating
from engine.inside.holdings import NOTHING, holding_at
from engine.inside.trace import Step, Trace

Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Origin:
    """What slot `slot` is after a step: the sum of `weights` * `inputs` (terms,), plus `bias`.

    Of two values in a slot it is the first, or the second if `part` is 1.

    `sources` are the values of tensor `tensor` that were multiplied, NOTHING where none was.
    Where a slot only holds a value of that tensor, there is one source and no weight. `pixels`
    marks the values of the picture that all of it depends on, in the picture's shape.
    """

    slot: int
    part: int
    tensor: int
    sources: IntArray
    weights: Array
    inputs: Array
    bias: float
    pixels: Marks


def origin_of(trace: Trace, number: int, slot: int, part: int = 0) -> Origin:
    """Return where the number in `slot` after step `number` comes from, the second for `part` 1."""
    span, holding = trace.span_at(number), holding_at(trace, number)
    none = np.zeros(0)
    if holding.terms is None:
        values = holding.values if part == 0 or holding.imaginary is None else holding.imaginary
        value = int(values[slot])
        sources = np.array([value] if value != NOTHING else [], dtype=np.int64)
        pixels = pixels_of(trace, holding.tensor, sources)
        return Origin(slot, part, holding.tensor, sources, none, none, 0.0, pixels)
    products, bias = _products(trace, span.begin, trace.steps[number], slot, part)
    met = [each for product in products for each in _met(trace, *product)]
    sources = np.concatenate([each for each, _, _ in met] or [np.zeros(0, dtype=np.int64)])
    weights = np.concatenate([each for _, each, _ in met] or [none])
    inputs = np.concatenate([each for _, _, each in met] or [none])
    pixels = pixels_of(trace, span.source, sources[sources != NOTHING])
    return Origin(slot, part, span.source, sources, weights, inputs, bias, pixels)


def _met(
    trace: Trace, product: Step, at: IntArray, weights: Weights
) -> Iterator[tuple[IntArray, Array, Array]]:
    """Return the values, weights and numbers that met in some slots of a product.

    If a slot held two, a + m·b, the weight of b is the real part of m times the mask.
    """
    taken = product.operands[0]
    step, holding = trace.steps[taken], holding_at(trace, taken)
    turned = (alternating(trace.slots)[at] * weights).real
    for values, share, numbers in (
        (holding.values, np.real(weights), step.values),
        (holding.imaginary, turned, step.imaginary),
    ):
        if values is not None and numbers is not None:
            used = at[share != 0]
            yield values[used], share[share != 0], np.asarray(numbers[used], dtype=np.float64)


def pixels_of(trace: Trace, tensor: int, values: IntArray) -> Marks:
    """Return which pixels some values of a tensor depend on, in the picture's shape."""
    maps = maps_of(trace.network)
    marks = np.zeros(int(np.prod(trace.tensors[tensor])), dtype=bool)
    marks[values] = True
    for linear in reversed(maps[:tensor]):
        before = np.zeros(int(np.prod(linear.shape_in)), dtype=bool)
        before[linear.inputs[marks[linear.outputs]]] = True
        marks = before
    return marks.reshape(trace.tensors[0])


def _products(
    trace: Trace, begin: int, last: Step, slot: int, part: int
) -> tuple[list[tuple[Step, IntArray, Weights]], float]:
    """Return the products in a slot, as (step, slots, weights), and the bias in it.

    What a number x gives to the slot is the real part of its share times x.
    """
    one: Weights = alternating(trace.slots)[[slot]].conj() if part else np.ones(1)
    shares: dict[int, list[tuple[IntArray, Weights]]] = {last.number: [(np.array([slot]), one)]}
    found: list[tuple[Step, IntArray, Weights]] = []
    bias = 0.0
    for step in reversed(trace.steps[begin : last.number + 1]):
        if step.number not in shares:
            continue
        at, share = _merged(shares.pop(step.number))
        if step.operation == "multiply_plain":
            assert step.plain is not None
            weights = share * step.plain[at]
            found.append((step, at[weights != 0], weights[weights != 0]))
            continue
        if step.operation == "add_plain":
            assert step.plain is not None
            bias += float(np.real(share @ step.plain[at]))
        if step.operation == "rotate":
            at = (at + step.rotation) % trace.slots
        for operand in step.operands:
            shares.setdefault(operand, []).append((at, share))
    return found[::-1], bias


def _merged(shares: list[tuple[IntArray, Weights]]) -> tuple[IntArray, Weights]:
    """Return the share of every slot that has any."""
    if len(shares) == 1:
        return shares[0]
    at, where = np.unique(np.concatenate([at for at, _ in shares]), return_inverse=True)
    given = np.concatenate([share for _, share in shares])
    merged: Weights = np.zeros(len(at), dtype=given.dtype)
    np.add.at(merged, where, given)
    return at, merged
