import dataclasses

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from planning import MOST_BABIES, assert_holds, babies, layouts, packed, run, seeds

from engine.arrays import Array
from engine.circuits.clear import ClearBackend
from engine.circuits.diagonals import Layout, LinearPlan, PackingError, plan_linear
from engine.circuits.packing import (
    plan_dense,
    plan_patches,
)
from engine.networks.layers import Conv2d, Dense


class CountingBackend(ClearBackend):
    """Runs on plain slots and remembers every rotation."""

    def __init__(self) -> None:
        self.rotations: list[int] = []

    def rotate(self, x: Array, step: int) -> Array:
        self.rotations.append(step)
        return super().rotate(x, step)


def test_a_plan_is_the_same_in_every_copy_of_a_longer_ciphertext() -> None:
    rng = np.random.default_rng(3)
    conv = Conv2d(rng.normal(size=(4, 1, 3, 3)), rng.normal(size=4), 2)
    plan = plan_patches(conv, 7, 64)
    slots = packed(rng.random((7, 7)), 3, 2)
    masks = tuple(
        tuple(None if mask is None else np.tile(mask, 4) for mask in row) for row in plan.masks
    )
    tiled = dataclasses.replace(plan, masks=masks, bias=np.tile(plan.bias, 4))
    np.testing.assert_allclose(run(tiled, np.tile(slots, 4)), np.tile(run(plan, slots), 4))


@settings(max_examples=40, deadline=None)
@given(source=layouts(), outputs=st.integers(1, 16), most_babies=babies, seed=seeds)
def test_the_rotations_named_are_those_made(
    source: Layout, outputs: int, most_babies: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    layer = Dense(rng.normal(size=(outputs, len(source.slots))), np.zeros(outputs))
    try:
        plan = plan_dense(layer, source, most_babies)
    except PackingError:
        assume(False)
    backend = CountingBackend()
    run(plan, np.zeros(source.period), backend)
    assert sorted(backend.rotations) == sorted(plan.rotations)
    assert all(0 < step < source.period for step in plan.rotations)


@pytest.mark.parametrize("count", [1, 2, 5, 7, 9, 16])
@pytest.mark.parametrize("most_babies", MOST_BABIES)
def test_no_more_babies_are_made_than_allowed(count: int, most_babies: int) -> None:
    rng = np.random.default_rng(count)
    source = Layout(np.arange(16)[:, None], 16)
    matrix = np.zeros((16, 16))
    for step in range(count):  # the diagonals that so many rotations bring about
        matrix[np.arange(16), (np.arange(16) + step) % 16] = rng.normal(size=16)
    plan = plan_linear(matrix, np.zeros(16), source, source, (1, 2, 4, 8), (), most_babies)
    assert len(plan.baby_steps) == len(plan.masks[0]) <= most_babies
    assert len(plan.giant_steps) == len(plan.masks)
    x = rng.normal(size=16)
    assert_holds(run(plan, x), source, matrix @ x)


def test_rotations_that_no_weight_needs_are_not_made() -> None:
    source = Layout(np.arange(16)[:, None], 16)
    matrix = np.roll(np.eye(16), 8, axis=1)  # output i is input i + 8
    plan = plan_linear(matrix, np.zeros(16), source, source, (1, 2, 4, 8), (), 1)
    assert plan.rotations == (8,)
    assert_holds(run(plan, np.arange(16.0)), source, (np.arange(16.0) + 8) % 16)


def test_baby_steps_save_rotations() -> None:
    source = Layout(np.arange(64)[:, None], 64)
    layer = Dense(np.ones((64, 64)), np.zeros(64))
    assert len(plan_dense(layer, source, 64).rotations) < len(
        plan_dense(layer, source, 1).rotations
    )


def test_masks_of_zeros_are_left_out() -> None:
    layer = Dense(np.diag(np.arange(1.0, 9.0)), np.zeros(8))
    plan = plan_dense(layer, Layout(np.arange(8)[:, None], 8), 64)
    masks = [mask for row in plan.masks for mask in row if mask is not None]
    assert masks
    assert all(mask.any() for mask in masks)
    np.testing.assert_allclose(run(plan, np.ones(8))[plan.output.slots[:, 0]], np.arange(1.0, 9.0))


def test_network_1_takes_25_rotations(model_plans: list[LinearPlan]) -> None:
    assert [len(plan.rotations) for plan in model_plans] == [6, 8, 11]


def test_a_layer_with_more_outputs_than_slots_is_refused() -> None:
    source = Layout(np.arange(4)[:, None], 8)
    with pytest.raises(PackingError, match="9 outputs on 8 slots"):
        plan_dense(Dense(np.ones((9, 4)), np.ones(9)), source, 64)


def test_a_convolution_with_more_channels_than_the_picture_has_slots_is_refused() -> None:
    layer = Conv2d(np.ones((8, 1, 2, 2)), np.ones(8), 2)
    with pytest.raises(PackingError):
        plan_patches(layer, 8, 64)


@pytest.mark.parametrize(("steps", "folds"), [((), ()), ((1,), ()), ((), (1,)), ((2,), (4,))])
def test_an_output_that_cannot_reach_its_inputs_is_refused(
    steps: tuple[int, ...], folds: tuple[int, ...]
) -> None:
    source = Layout(np.arange(8)[:, None], 8)
    with pytest.raises(PackingError, match="Output 0 cannot reach"):
        plan_linear(
            np.ones((1, 8)),
            np.ones(1),
            source,
            Layout(np.zeros((1, 1), np.int64), 8),
            steps,
            folds,
            64,
        )


def test_a_layer_without_a_single_weight_is_refused() -> None:
    with pytest.raises(PackingError):
        plan_dense(Dense(np.zeros((2, 4)), np.ones(2)), Layout(np.arange(4)[:, None], 8), 64)


def test_a_layout_tells_which_slots_are_unknown() -> None:
    source = Layout(np.array([[0, 4], [3, 7]]), 8)
    assert source.value_at.tolist() == [0, -1, -1, 1, 0, -1, -1, 1]


@pytest.fixture(scope="module")
def model_plans() -> list[LinearPlan]:
    rng = np.random.default_rng(0)
    conv = Conv2d(rng.normal(size=(4, 1, 7, 7)), rng.normal(size=4), 3)
    plans = [plan_patches(conv, 28, 64)]
    for inputs, outputs in ((256, 64), (64, 10)):
        layer = Dense(rng.normal(size=(outputs, inputs)), rng.normal(size=outputs))
        plans.append(plan_dense(layer, plans[-1].output, 64))
    return plans
