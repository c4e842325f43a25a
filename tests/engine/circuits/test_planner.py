import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from small_networks import network_of, networks

from engine.arrays import Array, Weights
from engine.circuits.clear import ClearBackend
from engine.circuits.diagonals import IntArray, LinearPlan, PackingError
from engine.circuits.execution import EncodedPlan, run_stage
from engine.circuits.limits import LayerLimits
from engine.circuits.offers import offers_of
from engine.circuits.planner import plan_maps
from engine.circuits.stages import LinearStage
from engine.ckks.pairs import joined
from engine.networks.layers import Conv2d, Dense, Network, Square
from engine.networks.maps import linear_maps

SLOTS = 512
ANY = LayerLimits(level=2, most_babies=1 << 16)


class CountingBackend(ClearBackend):
    """Runs on plain slots and remembers every rotation."""

    def __init__(self) -> None:
        self.rotations: list[int] = []

    def rotate(self, x: Weights, step: int) -> Weights:
        self.rotations.append(step)
        return super().rotate(x, step)


def run(plan: LinearPlan, x: tuple[Weights, ...], backend: ClearBackend) -> tuple[Weights, ...]:
    def dense(output: int, row: int, baby: int) -> Weights | None:
        mask = plan.outputs[output].masks[row][baby]
        return None if mask is None else np.tile(mask.dense(), SLOTS // mask.period)

    stage = LinearStage("it", "dense", 1, plan, level=2, drop=1, mask_scale=1.0, bias_scale=1.0)
    masks = tuple(
        tuple(
            tuple(dense(which, row, baby) for baby, _ in enumerate(plan.babies))
            for row, _ in enumerate(output.masks)
        )
        for which, output in enumerate(plan.outputs)
    )
    encoded = EncodedPlan(masks, tuple(output.bias for output in plan.outputs))
    return run_stage(stage, {"it": encoded}, backend, x)


def packed(packing: IntArray, picture: Array) -> tuple[Weights, ...]:
    values = np.append(picture.ravel(), 0.0)[packing]
    return tuple(np.tile(joined(values), SLOTS // packing.shape[2]))


@settings(max_examples=60)
@given(network=networks(), most=st.sampled_from([1, 2, 1 << 16]), seed=st.integers(0, 2**32 - 1))
def test_a_plan_computes_the_network_in_slots(network: Network, most: int, seed: int) -> None:
    picture = np.random.default_rng(seed).normal(size=network.card.input_shape)
    maps = linear_maps(network)
    assume(all(len(linear.weights) for linear in maps))
    plans, packing = plan_maps(maps, SLOTS, [LayerLimits(2, most)] * len(maps))
    x = packed(packing, picture)
    backend, values = CountingBackend(), picture.ravel()
    for linear, plan in zip(maps, plans, strict=True):
        x, values = run(plan, x, backend), linear.apply(values)
        layout = plan.output
        for copy in range(0, SLOTS, layout.repeat):
            slots = (layout.slots + copy) % SLOTS
            found = [x[which][slot] for which, slot in zip(layout.ciphertext, slots, strict=True)]
            np.testing.assert_allclose(found, values, atol=1e-6 * (1 + np.abs(values).max()))
        assert len({step for _, step in plan.babies}) <= most
        x, values = tuple(each * each for each in x), values * values
    named = [step for plan in plans for step in plan.rotations]
    assert sorted(backend.rotations) == sorted(named)
    assert all(0 < step < SLOTS for step in named)


def test_results_that_one_ciphertext_cannot_hold_go_into_several() -> None:
    rng = np.random.default_rng(0)
    conv = Conv2d(rng.normal(size=(5, 1, 3, 3)), rng.normal(size=5), 1, (1, 1, 1, 1))
    network = network_of(
        conv, Dense(rng.normal(size=(2, 1280)), np.ones(2)), shape=(1, 16, 16), classes=2
    )
    first = linear_maps(network_of(conv, shape=(1, 16, 16), classes=1280))
    (plan,), _ = plan_maps(first, SLOTS, [ANY])
    assert plan.output.ciphertexts == 3
    (alone,), _ = plan_maps(linear_maps(network), SLOTS, [ANY])
    assert alone.output.ciphertexts == 1


def test_a_channel_larger_than_a_ciphertext_is_refused() -> None:
    conv = Conv2d(np.ones((1, 1, 1, 1)), np.ones(1), 1)
    maps = linear_maps(network_of(conv, shape=(1, 32, 32), classes=1024))
    with pytest.raises(PackingError, match="does not fit"):
        plan_maps(maps, SLOTS, [ANY])


def test_a_layer_without_a_single_weight_is_refused() -> None:
    maps = linear_maps(network_of(Dense(np.zeros((2, 4)), np.ones(2)), shape=(1, 2, 2), classes=2))
    with pytest.raises(PackingError, match="all zero"):
        plan_maps(maps, SLOTS, [ANY])


def test_baby_steps_save_rotations() -> None:
    rng = np.random.default_rng(0)
    dense = Dense(rng.normal(size=(64, 64)), np.ones(64))
    network = network_of(dense, Square(), dense, shape=(64, 1, 1), classes=64)
    few, many = (
        plan_maps(linear_maps(network), 64, [ANY, LayerLimits(2, most)])[0][1] for most in (1, 64)
    )
    assert len(many.rotations) < len(few.rotations)


@settings(max_examples=30)
@given(network=networks(), most=st.sampled_from([1, 2, 1 << 16]))
def test_no_placement_takes_less_than_its_bounds(network: Network, most: int) -> None:
    maps = linear_maps(network)
    assume(all(len(linear.weights) for linear in maps))
    first, *_ = offers_of(maps, SLOTS)
    for packing in first.packings(2):
        for placed in first.placements(packing.linear, packing.source, 2):
            assert placed.least_masks <= placed.splits.masks
            assert placed.least_rotations(most) <= placed.splits.cheapest(most).rotations


def test_settings_with_other_limits_share_what_layers_offer() -> None:
    rng = np.random.default_rng(0)
    dense = Dense(rng.normal(size=(16, 16)), np.ones(16))
    maps = linear_maps(network_of(dense, Square(), dense, shape=(16, 1, 1), classes=16))
    plans = [plan_maps(maps, SLOTS, [LayerLimits(level, 1)] * 2)[0] for level in (1, 2)]
    assert plans[0][1].output is plans[1][1].output
