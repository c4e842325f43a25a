"""Traces of plans whose slots hold two values: both are told, and where the first comes from."""

import functools

import numpy as np
import pytest

from engine.arrays import Array
from engine.circuits.legs import maps_of
from engine.circuits.stages import LinearStage
from engine.inside.foretelling import expected_bits
from engine.inside.holdings import NOTHING, Holding, holding_at
from engine.inside.names import slot_name
from engine.inside.provenance import origin_of
from engine.inside.trace import Span, Trace, slots_of
from engine.inside.tracing import trace_run
from engine.inside.words import tell
from tests.engine.paired import paired_circuit, wide_network


@functools.cache
def paired_trace() -> Trace:
    network = wide_network()
    picture = np.random.default_rng(3).random(network.card.input_shape)
    return trace_run(paired_circuit(network), network, picture)


def layers(trace: Trace) -> list[Array]:
    """Return the values of every tensor before its square."""
    found = [trace.picture.ravel()]
    for place, linear in enumerate(maps_of(trace.network)):
        found.append(linear.apply(found[-1] if place == 0 else found[-1] ** 2))
    return found


def both(trace: Trace, number: int) -> list[tuple[Array, Array]]:
    """Return the values and the numbers of the first and of the second in each slot."""
    step, holding = trace.steps[number], holding_at(trace, number)
    pairs = [(holding.values, step.values), (holding.imaginary, step.imaginary)]
    return [
        (values[values != NOTHING], numbers[values != NOTHING])
        for values, numbers in pairs
        if values is not None and numbers is not None
    ]


def results(trace: Trace) -> list[tuple[Span, int]]:
    return [(span, number) for span in trace.spans for number in span.results]


def test_after_every_stage_both_values_of_a_slot_are_where_they_are_said_to_be() -> None:
    trace, seconds = paired_trace(), 0
    expected = layers(trace)
    gains = {
        stage.key: stage.gain for stage in trace.circuit.stages if isinstance(stage, LinearStage)
    }
    for span, number in results(trace):
        found = both(trace, number)
        seconds += len(found) > 1
        for values, numbers in found:
            whole = gains.get(span.key, 1.0) * expected[span.target][values]
            if span.key.startswith("square"):
                whole = whole**2
            scale = np.abs(expected[span.target]).max() ** 2 + 1
            np.testing.assert_allclose(numbers, whole, atol=1e-6 * scale)
    assert seconds >= 3


def test_the_scores_are_read_from_both_parts() -> None:
    trace = paired_trace()
    packing = trace.circuit.legs[-1].packing
    np.testing.assert_allclose(
        packing.unpack(slots_of(trace.steps[-1])), layers(trace)[-1] / packing.result_gain
    )


@pytest.mark.parametrize("share", range(4))
def test_the_first_value_of_any_slot_is_traced_to_its_products(share: int) -> None:
    trace, rng = paired_trace(), np.random.default_rng(share)
    for number in rng.choice(len(trace.steps), 40, replace=False).tolist():
        step, holding = trace.steps[number], holding_at(trace, number)
        assert tell(trace, number).sentence.endswith(".")
        for slot in rng.choice(holding.held, min(2, len(holding.held)), replace=False).tolist():
            assert slot_name(trace, number, slot)
            origin = origin_of(trace, number, slot)
            if holding.terms is None:
                continue
            assert len(origin.weights) == holding.terms[slot]
            found = origin.weights @ origin.inputs + origin.bias
            size = 1e-5 * (1 + float(np.abs(step.values).max()))
            assert found == pytest.approx(step.values[slot], rel=1e-4, abs=size)


@pytest.mark.parametrize("share", range(2))
def test_the_second_value_of_a_slot_is_traced_as_well(share: int) -> None:
    trace, rng = paired_trace(), np.random.default_rng(share)
    traced = 0
    for number in rng.permutation(len(trace.steps)).tolist():
        step, holding = trace.steps[number], holding_at(trace, number)
        if holding.imaginary is None or step.imaginary is None or holding.terms is None:
            continue
        held = np.flatnonzero(holding.imaginary != NOTHING)
        for slot in rng.choice(held, min(2, len(held)), replace=False).tolist():
            origin = origin_of(trace, number, slot, part=1)
            assert len(origin.weights) > 0
            found = origin.weights @ origin.inputs + origin.bias
            size = 1e-5 * (1 + float(np.abs(step.imaginary).max()))
            assert found == pytest.approx(step.imaginary[slot], rel=1e-4, abs=size)
            traced += 1
        if traced > 60:
            return


def test_a_slot_s_name_says_both_of_its_values() -> None:
    trace = paired_trace()

    def is_pair(holding: Holding) -> bool:
        return holding.imaginary is not None and holding.imaginary.max() > NOTHING

    number = next(
        number
        for span, number in results(trace)
        if span.key.startswith("conv") and is_pair(holding_at(trace, number))
    )
    slot = int(holding_at(trace, number).held[0])
    assert "; beside it, imaginary, channel" in slot_name(trace, number, slot)


def test_values_are_called_squares_once_they_are_and_none_is_called_left_over() -> None:
    trace = paired_trace()
    span = next(
        each
        for each in trace.spans
        if "subtract" in [step.operation for step in trace.steps[each.begin : each.end]]
    )
    names: dict[str, list[str]] = {}
    for step in trace.steps[span.begin : span.end]:
        holding = holding_at(trace, step.number)
        assert holding.imaginary is None or len(holding.held) or holding.imaginary.max() > NOTHING
        both = np.maximum(
            holding.values, NOTHING if holding.imaginary is None else holding.imaginary
        )
        slot = int(np.flatnonzero(both != NOTHING)[0])
        names.setdefault(step.operation, []).append(slot_name(trace, step.number, slot))
    assert names["conjugate"][0].startswith("channel")
    assert names["sum"][0].startswith("channel")
    assert names["subtract"][0].startswith("imaginary, channel")
    first, second = names["square"]
    assert first.startswith("the square of channel")
    assert second.startswith("minus the square of channel")
    assert names["turn"][0].startswith("imaginary, the square of channel")
    assert "; beside it, imaginary, the square of channel" in names["rescale"][0]


def test_every_step_of_pairs_has_a_precision_to_expect() -> None:
    bits = expected_bits(paired_trace())
    encrypted = [each for each in bits if each is not None]
    assert len(encrypted) > len(bits) / 2
    assert min(encrypted[-3:]) > 4
