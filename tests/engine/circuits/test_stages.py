"""A whole network as a circuit: right on plain slots, and in step with SEAL's levels and scales."""

import dataclasses
import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.arrays import Array
from engine.circuits.arrangement import NOISY_SLOTS
from engine.circuits.diagonals import PackingError
from engine.circuits.execution import encode_circuit
from engine.circuits.stages import (
    Circuit,
    LinearStage,
    SquareStage,
    build_circuit,
    circuit_shape,
)
from engine.ckks.feasibility import nearest_working
from engine.ckks.parameters import Settings
from engine.ckks.seal import data_primes
from engine.errors import ModelError, ParameterError
from engine.networks.layers import Conv2d, Dense, Layer, ModelCard, Network, Square
from engine.planning.forecast import network_named
from engine.resources import model_names
from tests.engine.paired import paired_circuit
from tests.engine.plain_slots import clear_scores, run_leg

SETTINGS = (
    Settings(),
    Settings(scale_bits=20),
    Settings(scale_bits=30),
    Settings(outer_bits=32),
    Settings(poly_modulus_degree=16384, scale_bits=45),
    Settings(poly_modulus_degree=16384, scale_bits=30, outer_bits=45),
)

REFRESHED = (
    Settings(scale_bits=28, protocol="refresh"),
    Settings(poly_modulus_degree=4096, scale_bits=24, protocol="refresh"),
    Settings(poly_modulus_degree=4096, scale_bits=22, outer_bits=30, protocol="refresh"),
    Settings(poly_modulus_degree=16384, scale_bits=40, protocol="refresh"),
    Settings(outer_bits=32, protocol="refresh"),
)


def network_of(layers: Sequence[Layer], largest_logit: float = 20.0) -> Network:
    last = layers[-1]
    count = len(last.bias) if isinstance(last, Dense) else 2
    card = ModelCard("MNIST", "any", tuple(map(str, range(count))), 0.0, 0, largest_logit, 1.0, "")
    return Network("random", tuple(layers), card)


def random_network(
    rng: np.random.Generator, kernel: int, stride: int, channels: int, widths: Sequence[int]
) -> Network:
    """Return conv → square → dense → square → … with dense layers of `widths` outputs."""
    layers: list[Layer] = [
        Conv2d(
            rng.normal(size=(channels, 1, kernel, kernel)) / kernel,
            rng.normal(size=channels),
            stride,
        )
    ]
    inputs = channels * ((28 - kernel) // stride + 1) ** 2
    for outputs in widths:
        weight = rng.normal(size=(outputs, inputs)) / math.sqrt(inputs)
        layers += [Square(), Dense(weight, rng.normal(size=outputs))]
        inputs = outputs
    return network_of(layers)


@settings(max_examples=5)
@given(
    kernel=st.integers(3, 8),
    stride=st.integers(4, 7),
    channels=st.integers(1, 4),
    widths=st.lists(st.integers(1, 16), min_size=1, max_size=2),
    wanted=st.sampled_from(SETTINGS),
    seed=st.integers(0, 2**32 - 1),
)
def test_on_plain_slots_the_circuit_equals_the_network(
    kernel: int, stride: int, channels: int, widths: list[int], wanted: Settings, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(rng, kernel, stride, channels, widths)
    try:
        circuit = build_circuit(network, wanted)
    except (ParameterError, PackingError):
        assume(False)
    picture = rng.random((28, 28))
    expected = network.forward(picture[None, None])[0]
    scale = np.abs(expected).max()
    np.testing.assert_allclose(clear_scores(circuit, picture) / scale, expected / scale, atol=1e-9)


@pytest.mark.parametrize("wanted", [*SETTINGS, *REFRESHED], ids=str)
def test_the_shipped_model_is_planned_right_at_every_setting(
    model: Network, samples: tuple[Array, ...], wanted: Settings
) -> None:
    circuit = build_circuit(model, wanted)
    picture = samples[3] / 255
    expected = model.forward(picture[None, None])[0]
    np.testing.assert_allclose(clear_scores(circuit, picture), expected, atol=1e-9)


@pytest.mark.parametrize("name", model_names())
def test_every_shipped_model_works_at_the_setting_nearest_to_the_default(
    name: str, samples: tuple[Array, ...]
) -> None:
    network, wanted = network_named(name), Settings(model=name)
    found = nearest_working(wanted, circuit_shape(network))
    assert found is not None
    primes = data_primes(build_circuit(network, found).parameters.chain)
    circuit = build_circuit(network, found, primes)
    picture = np.resize(samples[5] / 255, network.card.input_shape)
    expected = network.forward(picture[None])[0]
    np.testing.assert_allclose(clear_scores(circuit, picture), expected, atol=1e-8)
    assert_in_step(circuit, primes, network.card)


@dataclasses.dataclass(frozen=True)
class Traced:
    """A ciphertext or plaintext of which only level and scale are known."""

    level: int
    scale: float
    polynomials: int = 2


class ScaleBackend:
    """Follows level and scale as SEAL does, and refuses what SEAL would refuse."""

    def __init__(self, primes: Sequence[int]) -> None:
        self._primes = primes

    def _checked(self, x: Traced) -> Traced:
        modulus = math.prod(self._primes[: x.level])
        assert x.level >= 1
        assert 1 < x.scale < modulus, "scale out of bounds"
        return x

    def rotate(self, x: Traced, step: int) -> Traced:
        assert x.polynomials == 2
        return x

    def multiply_plain(self, x: Traced, mask: Traced) -> Traced:
        assert x.level == mask.level
        return self._checked(Traced(x.level, x.scale * mask.scale))

    def add(self, x: Traced, y: Traced) -> Traced:
        assert x == y, "scale mismatch"
        return x

    def sum(self, x: Traced, y: Traced) -> Traced:
        return self.add(x, y)

    def subtract(self, x: Traced, y: Traced) -> Traced:
        return self.add(x, y)

    def turn(self, x: Traced) -> Traced:
        return x

    def conjugate(self, x: Traced) -> Traced:
        assert x.polynomials == 2
        return x

    def add_plain(self, x: Traced, values: Traced) -> Traced:
        assert (x.level, x.scale) == (values.level, values.scale), "scale mismatch"
        return x

    def square(self, x: Traced) -> Traced:
        return self._checked(Traced(x.level, x.scale**2, 3))

    def relinearize(self, x: Traced) -> Traced:
        assert x.polynomials == 3
        return dataclasses.replace(x, polynomials=2)

    def rescale(self, x: Traced) -> Traced:
        assert x.level > 1, "no prime left to drop"
        scale = x.scale / self._primes[x.level - 1]
        return self._checked(Traced(x.level - 1, scale, x.polynomials))


def assert_in_step(circuit: Circuit, primes: Sequence[int], card: ModelCard) -> None:
    """The circuit runs without SEAL refusing a scale, and ends with room for the scores."""
    masks = encode_circuit(circuit, lambda values, level, scale: Traced(level, scale))
    for leg in circuit.legs:
        x = Traced(circuit.parameters.chain.top_level, leg.packing.scale)
        y = run_leg(leg, masks, ScaleBackend(primes), *[x] * len(leg.packing.value_of_slot))
        last = leg.stages[-1]
        assert y.level == leg.packing.result_level == last.level - last.drop >= 1
        assert (y.polynomials, y.scale) == (leg.packing.result_size, leg.packing.result_scale)
        room = math.log2(math.prod(primes[: y.level])) - math.log2(y.scale) - 1
        largest = card.largest_logit if leg is circuit.legs[-1] else card.largest_activation
        assert room > math.log2(largest), "the largest value would wrap around"


@pytest.mark.parametrize("name", [name for name in model_names() if "mnist-" in name])
@pytest.mark.parametrize("wanted", REFRESHED, ids=str)
def test_every_shipped_model_for_28x28_can_be_refreshed(
    name: str, samples: tuple[Array, ...], wanted: Settings
) -> None:
    network = network_named(name)
    primes = data_primes(build_circuit(network, wanted).parameters.chain)
    circuit = build_circuit(network, wanted, primes)
    picture = samples[2] / 255
    expected = network.forward(picture[None, None])[0]
    np.testing.assert_allclose(clear_scores(circuit, picture), expected, atol=1e-8)
    assert_in_step(circuit, primes, network.card)


@pytest.mark.parametrize("wanted", SETTINGS, ids=str)
def test_scales_land_exactly_and_levels_never_run_out(model: Network, wanted: Settings) -> None:
    primes = data_primes(build_circuit(model, wanted).parameters.chain)
    circuit = build_circuit(model, wanted, primes)
    assert_in_step(circuit, primes, model.card)


@pytest.mark.parametrize("wanted", SETTINGS, ids=str)
def test_stages_alternate_and_each_enters_where_the_last_one_ended(
    model: Network, wanted: Settings
) -> None:
    circuit = build_circuit(model, wanted)
    assert [type(stage) for stage in circuit.stages[::2]] == [LinearStage] * 3
    assert [type(stage) for stage in circuit.stages[1::2]] == [SquareStage] * 2
    keys = [stage.key for stage in circuit.stages]
    assert keys == ["conv", "square-1", "dense-1", "square-2", "dense-2"]
    level = circuit.parameters.chain.top_level
    for stage in circuit.stages:
        assert stage.level == level
        level -= stage.drop
    assert level >= 1


def test_only_the_rotations_used_get_a_key(model: Network) -> None:
    circuit = build_circuit(model, Settings())
    made = {
        step
        for stage in circuit.stages
        if isinstance(stage, LinearStage)
        for step in stage.plan.rotations
    }
    assert set(circuit.rotation_steps) == made
    assert list(circuit.rotation_steps) == sorted(made)
    assert 0 not in made


def test_scores_stand_beyond_the_slots_that_key_switches_disturb_most(model: Network) -> None:
    packing = build_circuit(model, Settings()).legs[0].packing
    assert min(packing.result_slots) >= NOISY_SLOTS


def test_folds_leave_out_slots_without_values(model: Network) -> None:
    before, last = (
        stage.plan
        for stage in build_circuit(model, Settings()).stages
        if isinstance(stage, LinearStage) and stage.kind == "dense"
    )
    gaps = np.diff(np.unique(before.output.slots))
    apart, together = int(gaps.max()), int((gaps == 1).sum() // (gaps > 1).sum())
    assert apart > 8 * together
    assert not [fold for fold in last.folds if 2 * together < fold < apart]


def test_real_masks_are_rounded_alike_in_both_parts_before_complex_ones_read_them() -> None:
    circuit = paired_circuit(network_named("mnist-network2"))
    encoded = encode_circuit(circuit, lambda values, level, scale: values)
    kinds = [
        {np.iscomplexobj(mask) for row in output for mask in row if mask is not None}
        for key in ("conv-1", "conv-2", "dense-1", "dense-2")
        for output in encoded[key].masks
    ]
    assert kinds == [{True}] * 4
    plans = [stage.plan for stage in circuit.stages if isinstance(stage, LinearStage)]
    assert [plan.is_complex for plan in plans] == [False, True, True, True]


def test_a_picture_is_packed_again_and_again_through_all_slots(model: Network) -> None:
    packing = build_circuit(model, Settings(poly_modulus_degree=16384)).legs[0].packing
    picture = np.random.default_rng(0).random((28, 28))
    period = packing.value_of_slot.shape[2]
    assert period < 8192
    once, slots = packing.pack(picture, period)[0], packing.pack(picture, 8192)[0]
    np.testing.assert_array_equal(slots, np.tile(once, 8192 // period))
    assert set(once) <= {0.0, *picture.ravel()}


CONV = Conv2d(np.ones((4, 1, 7, 7)), np.ones(4), 3)
DENSE = Dense(np.ones((2, 256)), np.ones(2))


@pytest.mark.parametrize(
    "layers",
    [
        (),
        (Square(),),
        (DENSE,),
        (CONV, Square()),
        (CONV, Square(), DENSE, Square()),
        (DENSE, Square(), DENSE),
        (CONV, Square(), DENSE, Square(), CONV, Square(), DENSE),
        (Conv2d(np.ones((4, 3, 7, 7)), np.ones(4), 3), Square(), DENSE),
    ],
    ids=lambda layers: "-".join(type(layer).__name__ for layer in layers) or "nothing",
)
def test_a_model_that_cannot_be_encrypted_is_refused(layers: tuple[Layer, ...]) -> None:
    card = ModelCard("MNIST", "any", ("a", "b"), 0.0, 0, 20.0, 1.0, "")
    with pytest.raises(ModelError, match="The model odd cannot be encrypted as it is"):
        circuit_shape(Network("odd", layers, card))


def test_an_impossible_setting_is_refused_before_planning(model: Network) -> None:
    with pytest.raises(ParameterError) as caught:
        build_circuit(model, Settings(poly_modulus_degree=4096))
    assert caught.value.suggestion is not None
    build_circuit(model, caught.value.suggestion)


def test_refreshes_cut_off_each_convolution_and_at_a_small_n_each_layer() -> None:
    network = network_named("mnist-network2")
    for degree, legs in (
        (
            8192,
            [["conv-1", "square-1"], ["conv-2", "square-2"], ["dense-1", "square-3", "dense-2"]],
        ),
        (
            4096,
            [["conv-1", "square-1"], ["conv-2", "square-2"], ["dense-1", "square-3"], ["dense-2"]],
        ),
    ):
        wanted = Settings(poly_modulus_degree=degree, scale_bits=24, protocol="refresh")
        circuit = build_circuit(network, wanted)
        assert [[stage.key for stage in leg.stages] for leg in circuit.legs] == legs
        assert circuit.parameters.chain.top_level == 2
        for leg, following in itertools.pairwise(circuit.legs):
            assert len(leg.packing.result_slots) == following.packing.value_of_slot.max() + 1


def test_a_model_with_one_dense_layer_is_refused_with_refreshes_only() -> None:
    network = network_of((CONV, Square(), Dense(np.ones((2, 256)), np.ones(2))))
    circuit_shape(network)
    with pytest.raises(ModelError, match="fewer than two dense layers"):
        build_circuit(network, Settings(protocol="refresh"))


def test_the_shape_of_network_1_is_two_squares_and_its_largest_score(model: Network) -> None:
    shape = circuit_shape(model)
    assert (shape.squares, shape.slots) == (2, 64)
    assert shape.largest_logit == model.card.largest_logit
