"""The batched circuit on numpy: what is planned, and that rows streaming through it add up."""

import dataclasses
import itertools
from collections.abc import Callable

import numpy as np
import pytest

from engine.arrays import Array, Weights
from engine.circuits.batch.execution import BatchRun, Row, StageState
from engine.circuits.batch.stages import (
    BatchCircuit,
    BatchLinear,
    BatchSquare,
    Grid,
    build_batch_circuit,
    pair_pictures,
    part_pictures,
)
from engine.circuits.clear import ClearBatchBackend
from engine.ckks.pairs import alternating
from engine.ckks.parameters import Settings
from engine.errors import ModelError, ParameterError
from engine.networks.files import load_network
from engine.networks.layers import Conv2d, Dense, Layer, ModelCard, Network, Square
from engine.resources import model_path

SLOTS = 8
GROUPED = Settings(poly_modulus_degree=16384, scale_bits=26)
PRECISE = Settings(poly_modulus_degree=16384, scale_bits=48)  # rounding of weights counts little


def network_of(*layers: Layer) -> Network:
    """Return a network with ten classes that nobody has trained."""
    card = ModelCard("MNIST", "of a test", tuple("0123456789"), 0.0, 0, 4.0, 4.0, "none")
    return Network("of-a-test", layers, card)


def conv(channels: int, inputs: int, kernel: int, stride: int) -> Conv2d:
    rng = np.random.default_rng(channels + kernel)
    weight = rng.normal(size=(channels, inputs, kernel, kernel)) / (kernel * np.sqrt(inputs))
    return Conv2d(weight, rng.normal(size=channels) / 4, stride)


def dense(outputs: int, inputs: int) -> Dense:
    rng = np.random.default_rng(outputs)
    return Dense(rng.normal(size=(outputs, inputs)) / np.sqrt(inputs), rng.normal(size=outputs))


def one_convolution() -> Network:
    return network_of(conv(2, 1, 7, 3), Square(), dense(6, 128), Square(), dense(10, 6))


def two_convolutions() -> Network:
    """Return a small network 2: overlapping windows, then a convolution folded with pooling."""
    return network_of(
        conv(3, 1, 5, 2),
        Square(),
        conv(4, 3, 4, 2),
        Square(),
        dense(8, 100),
        Square(),
        dense(10, 8),
    )


def gapped_convolution() -> Network:
    """Return a network whose windows skip rows and leave some out at the end."""
    return network_of(conv(1, 1, 3, 4), Square(), dense(10, 49))


NETWORKS = (one_convolution, two_convolutions, gapped_convolution)


def pictures(count: int) -> Array:
    return np.random.default_rng(3).random((count, 28, 28))


def run_clear(circuit: BatchCircuit, values: Array) -> tuple[Array, list[StageState]]:
    """Return the scores (n, classes) of pictures (n, 28, 28), and all states on the way."""
    paired = pair_pictures(np.moveaxis(values, 0, -1), SLOTS)
    run: BatchRun[Weights] = BatchRun(circuit, ClearBatchBackend())
    states = [state for row in paired for state in run.push(Row([list(row)]))]
    return part_pictures(np.array(run.scores), len(values)).T, states


@pytest.mark.parametrize("make", NETWORKS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("count", [1, SLOTS, 2 * SLOTS - 3, 2 * SLOTS])
def test_a_batch_gives_every_picture_the_scores_of_the_network(
    make: Callable[[], Network], count: int
) -> None:
    network, values = make(), pictures(count)
    scores, _ = run_clear(build_batch_circuit(network, PRECISE), values)
    np.testing.assert_allclose(scores, network.forward(values[:, None]), atol=1e-6)


def test_the_chain_of_one_prime_a_multiplication_serves_as_well() -> None:
    network, values = one_convolution(), pictures(3)
    settings = Settings(poly_modulus_degree=16384, scale_bits=40, outer_bits=50)
    circuit = build_batch_circuit(network, settings)
    assert [stage.drop for stage in circuit.stages] == [1, 1, 1, 1, 1]
    scores, _ = run_clear(circuit, values)
    np.testing.assert_allclose(scores, network.forward(values[:, None]), atol=1e-6)


def test_grouped_chains_drop_primes_after_squares_only() -> None:
    circuit = build_batch_circuit(two_convolutions(), GROUPED)
    for stage in circuit.stages:
        assert (stage.drop > 0) == isinstance(stage, BatchSquare)
    for before, after in itertools.pairwise(circuit.stages):
        assert after.level == before.level - before.drop
    assert circuit.stages[0].level == circuit.parameters.chain.top_level


def test_every_stage_reports_each_row_once_and_in_order() -> None:
    circuit = build_batch_circuit(two_convolutions(), PRECISE)
    _, states = run_clear(circuit, pictures(1))
    for stage in circuit.stages:
        done = [(state.done, state.total) for state in states if state.key == stage.key]
        assert done == sorted(done)
        assert {(row, stage.output.height) for row in range(1, stage.output.height + 1)} <= {*done}
    finished = dict.fromkeys(state.key for state in states if state.done == state.total)
    assert list(finished) == [stage.key for stage in circuit.stages]


def test_scores_are_there_only_after_the_last_row() -> None:
    run = BatchRun(build_batch_circuit(one_convolution(), PRECISE), ClearBatchBackend())
    blank = Row([[np.zeros(SLOTS, dtype=np.complex128)] * 28])
    for _ in range(27):
        assert [state.key for state in run.push(blank)][0] == "conv"  # noqa: RUF015 - run it all
        assert run.scores == []
    assert [state.key for state in run.push(blank)][-1] == "dense-2"
    assert len(run.scores) == 10


def test_only_rows_that_are_still_needed_are_kept() -> None:
    circuit = build_batch_circuit(two_convolutions(), PRECISE)
    run = BatchRun(circuit, ClearBatchBackend())
    most = [0] * len(circuit.stages)
    for row in range(28):
        list(run.push(Row([[np.full(SLOTS, row, dtype=np.complex128)] * 28])))
        kept = [len(getattr(step, "_sums", ())) for step in run._steps]
        most = [max(pair) for pair in zip(most, kept, strict=True)]
    assert most == [2, 0, 2, 0, 1, 0, 0]  # rows of windows that overlap


def test_dense_layers_become_kernels_as_large_as_their_input() -> None:
    stages = build_batch_circuit(two_convolutions(), PRECISE).stages
    linear = [stage for stage in stages if isinstance(stage, BatchLinear)]
    assert [stage.key for stage in linear] == ["conv-1", "conv-2", "dense-1", "dense-2"]
    assert [stage.weight.shape[1:] for stage in linear] == [
        (1, 5, 5),
        (3, 4, 4),
        (4, 5, 5),
        (8, 1, 1),
    ]
    assert [stage.output for stage in linear] == [
        Grid(3, 12, 12),
        Grid(4, 5, 5),
        Grid(8, 1, 1),
        Grid(10, 1, 1),
    ]


def test_weights_are_rounded_to_what_their_scale_can_hold() -> None:
    for stage in build_batch_circuit(one_convolution(), Settings()).stages:
        if isinstance(stage, BatchLinear):
            units = stage.weight * stage.weight_scale
            np.testing.assert_allclose(units, np.rint(units), atol=1e-6)


def test_a_dead_channel_keeps_one_unit_so_that_it_still_depends_on_its_input() -> None:
    layers = list(one_convolution().layers)
    first = conv(2, 1, 7, 3)
    weight = first.weight.copy()
    weight[1] = 0
    layers[0] = dataclasses.replace(first, weight=weight)
    network, values = network_of(*layers), pictures(4)
    circuit = build_batch_circuit(network, PRECISE)
    stage = circuit.stages[0]
    assert isinstance(stage, BatchLinear)
    assert np.count_nonzero(stage.weight[1]) == 1
    scores, _ = run_clear(circuit, values)
    np.testing.assert_allclose(scores, network.forward(values[:, None]), atol=1e-6)


def test_pictures_that_were_paired_part_again() -> None:
    values = pictures(2 * SLOTS - 1).reshape(2 * SLOTS - 1, -1).T
    np.testing.assert_array_equal(
        part_pictures(pair_pictures(values, SLOTS), 2 * SLOTS - 1), values
    )
    assert alternating(4).tolist() == [1j, -1j, 1j, -1j]


def test_a_batch_holds_two_pictures_a_slot() -> None:
    assert build_batch_circuit(one_convolution(), Settings()).capacity == 8192


def test_settings_and_models_that_cannot_work_are_refused() -> None:
    with pytest.raises(ParameterError):
        build_batch_circuit(one_convolution(), Settings(scale_bits=50))
    with pytest.raises(ModelError):
        build_batch_circuit(network_of(dense(10, 784)), Settings())


@pytest.mark.parametrize("scale_bits", [29, 30, 31])
def test_a_special_prime_that_would_drown_a_batch_is_refused(scale_bits: int) -> None:
    network = load_network(model_path("mnist-network1"))
    with pytest.raises(ParameterError, match="too few for batches"):
        build_batch_circuit(network, Settings(scale_bits=scale_bits))
    build_batch_circuit(network, Settings(scale_bits=28))
    build_batch_circuit(network, Settings(poly_modulus_degree=16384, scale_bits=scale_bits))
