"""Every slot of every step, computed from the network's layers with plain numpy.

Written from the form y = fold(sum_g rot_g(sum_b mask[g, b] * rot_b(x))) + bias alone: of the plan
it takes where values stand, by how much slots move, and which slots of a mask are not zero.
"""

import itertools
from collections.abc import Iterator

import numpy as np

from engine.arrays import Array
from engine.circuits.diagonals import IntArray, Layout, LinearPlan
from engine.circuits.stages import Circuit, LinearStage
from engine.inside.trace import Trace
from engine.networks.layers import Layer, Network, Square


class Matrix:
    """What the layers between two squares do: `weights` (out, in) and `bias` (out,)."""

    def __init__(self, layers: list[Layer], shape: tuple[int, ...], gain: float) -> None:
        count = int(np.prod(shape))
        zero, *rows = self._run(
            layers, np.concatenate([np.zeros((1, count)), np.eye(count)]), shape
        )
        self.bias: Array = gain * zero
        self.weights: Array = gain * (np.stack(rows) - zero).T

    @staticmethod
    def _run(layers: list[Layer], x: Array, shape: tuple[int, ...]) -> Array:
        x = x.reshape(len(x), *shape)
        for layer in layers:
            x = layer.forward(x)
        return x.reshape(len(x), -1)


def matrices(network: Network, gain: float) -> list[Matrix]:
    """Return what stands between the squares of a network, the last times `gain`."""
    shape = begin = network.card.input_shape
    found, layers = [], list[Layer]()
    for layer in (*network.layers, Square()):
        if isinstance(layer, Square):
            is_last = len(found) == sum(isinstance(each, Square) for each in network.layers)
            found.append(Matrix(layers, begin, gain if is_last else 1.0))
            layers, begin = [], shape
            continue
        layers.append(layer)
        shape = layer.output_shape(shape)
    return found


def values_in(layout: Layout, ciphertext: int) -> IntArray:
    """Return the value in each slot, -1 for none."""
    found = np.full(layout.period, -1)
    for value, (which, slot) in enumerate(zip(layout.ciphertext, layout.slots, strict=True)):
        if which == ciphertext:
            found[(slot + np.arange(0, layout.period, layout.repeat)) % layout.period] = value
    return found


def reached(plan: LinearPlan, ciphertext: int, giant: int) -> IntArray:
    """Return the output that each product of a row ends in, -1 for none."""
    ends = values_in(plan.output, ciphertext)
    found = np.full(len(ends), -1)
    for moved in itertools.product(*((0, fold) for fold in plan.folds)):
        slots = (np.arange(len(ends)) + giant + sum(moved)) % len(ends)
        found[slots] = np.where(ends >= 0, ends, found[slots])
    return found


def plain_steps(trace: Trace) -> Iterator[tuple[int, Array]]:
    """Yield each step's number and what its slots must hold, (slots,)."""
    circuit, slots = trace.circuit, trace.slots
    between = iter(matrices(trace.network, circuit.legs[-1].packing.result_gain))
    expected: dict[int, Array] = {}
    values = trace.picture.ravel()
    inside: dict[int, IntArray] = {}
    stages = {stage.key: stage for stage in circuit.stages}
    for span in trace.spans:
        steps = iter(trace.steps[span.begin : span.end])
        stage = stages.get(span.key)
        if isinstance(stage, LinearStage):
            matrix = next(between)
            found = _linear(stage.plan, matrix, [expected[each] for each in span.inputs],
                            [inside[each] for each in span.inputs])  # fmt: skip
            for result in found:
                expected[next(steps).number] = result
            values = matrix.weights @ values + matrix.bias
            for which, number in enumerate(span.results):
                inside[number] = values_in(stage.plan.output, which)
        else:
            for step in steps:
                expected[step.number] = _other(
                    step.number, trace, circuit, span.leg, values, expected
                )
                before = step.operands[0] if step.operands else -1
                (packing,) = circuit.legs[span.leg].packing.value_of_slot[step.ciphertext]
                packed = np.tile(packing, slots // len(packing))
                inside[step.number] = packed if span.key.startswith("enc") else inside[before]
            if span.key.startswith("square"):
                values = values**2
            if span.key.startswith("decrypt"):
                places = trace.steps[span.begin].places
                assert places is not None
                np.testing.assert_allclose(expected[span.begin][places], values, rtol=1e-9)
        yield from ((number, expected[number]) for number in range(span.begin, span.end))


def _other(
    number: int, trace: Trace, circuit: Circuit, leg: int, values: Array, expected: dict[int, Array]
) -> Array:
    step = trace.steps[number]
    if step.operation == "pack":
        assert step.places is not None
        (packing,) = circuit.legs[leg].packing.value_of_slot[step.ciphertext]
        filled = expected[step.operands[0]].copy() if step.operands else np.zeros(trace.slots)
        for slot in step.places.tolist():
            filled[slot] = values[packing[slot % len(packing)]]
        return filled
    before = expected[step.operands[0]]
    return before * before if step.operation == "square" else before


def _linear(
    plan: LinearPlan, matrix: Matrix, inputs: list[Array], inside: list[IntArray]
) -> Iterator[Array]:
    period = len(inputs[0])
    index = np.arange(period)
    babies = []
    for which, move in plan.babies:
        at = (index + move) % period
        babies.append((inputs[which][at], inside[which][at]))
        if move:
            yield babies[-1][0]
    for target, output in enumerate(plan.outputs):
        total: Array | None = None
        for row in reversed(range(len(output.masks))):
            ends = reached(plan, target, output.giant_steps[row])
            for (x, source), mask in zip(babies, output.masks[row], strict=True):
                if mask is None:
                    continue
                used = np.tile(mask.dense() != 0, period // mask.period)
                assert (ends[used] >= 0).all()
                assert (source[used] >= 0).all()
                product = np.where(used, matrix.weights[ends, source] * x, 0.0)
                yield product
                if total is not None:
                    total = total + product
                    yield total
                else:
                    total = product
            low = output.giant_steps[row - 1] if row else 0
            if output.giant_steps[row] != low:
                assert total is not None
                total = total[(index + output.giant_steps[row] - low) % period]
                yield total
        assert total is not None
        for fold in plan.folds:
            moved = total[(index + fold) % period]
            yield moved
            total = total + moved
            yield total
        ends = values_in(plan.output, target)
        yield total + np.where(ends >= 0, matrix.bias[ends], 0.0)
