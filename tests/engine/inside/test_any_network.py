"""Traces of any architecture that can be planned: right answers, and every slot explained."""

import math
import os

import numpy as np
from hypothesis import HealthCheck, example, given, settings

from engine.arrays import Array
from engine.circuits.legs import maps_of
from engine.circuits.stages import LinearStage
from engine.errors import CipherSketchError
from engine.inside.holdings import NOTHING, holding_at
from engine.inside.names import is_squared, slot_name
from engine.inside.provenance import origin_of
from engine.inside.trace import Span, Trace, slots_of
from engine.inside.tracing import trace_run
from engine.inside.words import tell
from engine.networks.architecture import Architecture, ConvSpec, DenseSpec
from engine.networks.architecture_text import as_notation
from engine.planning.forecast import circuit_for, network_named
from engine.planning.recommended import recommended
from tests.engine.networks.test_architecture import architectures

EXAMPLES = int(os.environ.get("CIPHERSKETCH_EXAMPLES", "12"))
PADDED = Architecture((1, 9, 8), (ConvSpec(3, 3, padding=1), DenseSpec(2)))
TWO_IN_A_SLOT = Architecture((1, 8, 8), (ConvSpec(2, 1, 3), DenseSpec(1), DenseSpec(2)))
DEGREE_4 = Architecture((2, 10, 9), (ConvSpec(2, 3, 2, degree=4), DenseSpec(5, 3), DenseSpec(2)))


def trace_of(architecture: Architecture) -> Trace | None:
    try:
        chosen = recommended(as_notation(architecture.checked()))
        circuit = circuit_for(chosen)
    except CipherSketchError:
        return None
    picture = np.random.default_rng(1).random(architecture.input_shape)
    return trace_run(circuit, network_named(chosen.model), picture)


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
@given(architectures)
@example(TWO_IN_A_SLOT)
@example(PADDED)
@example(DEGREE_4)
def test_every_step_of_any_network_is_explained(
    architecture: Architecture,
) -> None:
    trace = trace_of(architecture)
    if trace is None:
        return
    expected = activations(trace)
    check_answer(trace, expected[-1])
    rng = np.random.default_rng(len(trace.steps))
    for number in rng.choice(len(trace.steps), min(12, len(trace.steps)), replace=False).tolist():
        check_step(trace, number, expected, rng)


def activations(trace: Trace) -> list[Array]:
    """Return the values of each tensor before its square, by the network's sparse maps."""
    found = [trace.picture.ravel()]
    for place, linear in enumerate(maps_of(trace.network)):
        found.append(linear.apply(found[-1] if place == 0 else found[-1] ** 2))
    return found


def check_answer(trace: Trace, scores: Array) -> None:
    last = trace.steps[-1]
    found = trace.circuit.legs[-1].packing.unpack(slots_of(last))
    found *= trace.circuit.legs[-1].packing.result_gain
    np.testing.assert_allclose(found, scores, rtol=1e-6, atol=1e-6 * np.abs(scores).max())


def check_step(trace: Trace, number: int, expected: list[Array], rng: np.random.Generator) -> None:
    telling = tell(trace, number)
    assert telling.sentence.endswith(".")
    assert telling.formula
    step, holding = trace.steps[number], holding_at(trace, number)
    for slot in rng.choice(holding.held, min(3, len(holding.held)), replace=False).tolist():
        value = int(holding.values[slot])
        assert slot_name(trace, number, slot)
        origin = origin_of(trace, number, slot)
        assert origin.pixels.shape == trace.tensors[0]
        whole = expected[holding.tensor][value]
        stage = next((each for each in trace.circuit.stages if each.key == step.stage), None)
        if isinstance(stage, LinearStage):
            whole *= stage.gain
        close = {"rel": 1e-4, "abs": 1e-5 * float(np.abs(step.values).max())}
        if holding.terms is None:
            assert origin.sources.tolist() == [value]
            if is_parting(trace, number):
                continue
            squared = holding.tensor > 0 and comes_after_square(trace, number, holding.tensor)
            assert near(step.values[slot], whole**2 if squared else whole, close)
            continue
        assert len(origin.weights) == holding.terms[slot]
        assert (origin.sources != NOTHING).all()
        assert near(step.values[slot], origin.weights @ origin.inputs + origin.bias, close)
        if step.operation == "add_plain":
            assert near(step.values[slot], whole, close)


def comes_after_square(trace: Trace, number: int, tensor: int) -> bool:
    """Tell whether a step comes after the square of what it holds; the scores have none."""
    square = next((each for each in trace.spans if is_square_of(each, tensor)), None)
    if square is None or number < square.begin:
        return False
    return number >= square.end or is_squared(trace, number)


def is_parting(trace: Trace, number: int) -> bool:
    """Tell whether a step is on the way from two values in a slot to their squares."""
    span = trace.span_at(number)
    operations = [step.operation for step in trace.steps[span.begin : span.end]]
    return "conjugate" in operations and number < span.end - 1


def is_square_of(span: Span, tensor: int) -> bool:
    return span.source == span.target == tensor and span.key.startswith("square")


def near(found: float, wanted: float, close: dict[str, float]) -> bool:
    return math.isclose(found, wanted, rel_tol=close["rel"], abs_tol=close["abs"])


def test_pixels_that_are_not_marked_change_nothing() -> None:
    trace = trace_of(PADDED)
    assert trace is not None
    number = next(span.begin for span in trace.spans if span.key.startswith("square"))
    slot = int(holding_at(trace, number).held[5])
    marked = origin_of(trace, number, slot).pixels
    assert 0 < marked.sum() < marked.size
    for pixels, changes in ((~marked, False), (marked, True)):
        other = trace_run(trace.circuit, trace.network, trace.picture + 0.5 * pixels)
        difference = abs(other.steps[number].values[slot] - trace.steps[number].values[slot])
        assert (difference > 1e-9) == changes
