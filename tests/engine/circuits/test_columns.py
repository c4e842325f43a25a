"""Layers that the client packs for: what a plan computes on plain slots is what the layer does."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.arrays import Array
from engine.circuits.clear import ClearBackend
from engine.circuits.columns import columns, least_slots, output_shape, plan_columns
from engine.circuits.diagonals import PackingError
from engine.circuits.execution import EncodedPlan, run_stage
from engine.circuits.stages import LinearStage
from engine.networks.layers import Conv2d, Dense

babies = st.sampled_from((1, 2, 3, 64))
seeds = st.integers(0, 2**32 - 1)
slot_counts = st.sampled_from((64, 128, 256, 1024))


def check(layer: Conv2d | Dense, side: int, x: Array, slots: int, most_babies: int) -> None:
    """Pack x, run the plan, and find the layer's output at every place that the plan names."""
    shape = (x.shape[1], side)
    assume(least_slots(layer, shape) <= slots)
    plan, value_of_slot = plan_columns(layer, shape, slots, most_babies)
    assert value_of_slot.shape == (plan.ciphertexts, slots)
    assert len(plan.baby_steps) <= most_babies
    stage = LinearStage("it", plan, level=2, drop=1, mask_scale=1.0, bias_scale=1.0)
    packed = np.append(x.ravel(), 0.0)[value_of_slot]
    y = run_stage(stage, {"it": EncodedPlan(plan.masks, plan.bias)}, ClearBackend(), *packed)
    expected = layer.forward(x).ravel()
    for copies in plan.output.slots.T:
        np.testing.assert_allclose(y[copies], expected, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    channels=st.integers(1, 5),
    side=st.integers(3, 9),
    kernel=st.integers(1, 3),
    stride=st.integers(1, 3),
    outputs=st.integers(1, 9),
    slots=slot_counts,
    most_babies=babies,
    seed=seeds,
)
def test_a_convolution_on_columns_equals_the_layer(
    channels: int,
    side: int,
    kernel: int,
    stride: int,
    outputs: int,
    slots: int,
    most_babies: int,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    weight = rng.normal(size=(outputs, channels, kernel, kernel))
    layer = Conv2d(weight, rng.normal(size=outputs), stride)
    check(layer, side, rng.normal(size=(1, channels, side, side)), slots, most_babies)


@settings(max_examples=60, deadline=None)
@given(
    inputs=st.integers(1, 300),
    outputs=st.integers(1, 40),
    slots=slot_counts,
    most_babies=babies,
    seed=seeds,
)
def test_a_dense_layer_on_columns_equals_the_layer(
    inputs: int, outputs: int, slots: int, most_babies: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    layer = Dense(rng.normal(size=(outputs, inputs)), rng.normal(size=outputs))
    check(layer, 1, rng.normal(size=(1, inputs, 1, 1)), slots, most_babies)


def test_columns_are_the_windows_of_every_channel() -> None:
    layer = Conv2d(np.ones((4, 2, 2, 2)), np.ones(4), 1)
    assert columns(layer, (2, 3)).tolist() == [
        *([0, 1, 3, 4], [1, 2, 4, 5], [3, 4, 6, 7], [4, 5, 7, 8]),
        *([9, 10, 12, 13], [10, 11, 13, 14], [12, 13, 15, 16], [13, 14, 16, 17]),
    ]
    assert output_shape(layer, (2, 3)) == (4, 2)


def test_values_are_repeated_where_that_saves_rotations() -> None:
    layer = Dense(np.ones((64, 400)), np.zeros(64))
    narrow, _ = plan_columns(layer, (400, 1), 512, 1)
    wide, value_of_slot = plan_columns(layer, (400, 1), 4096, 1)
    assert len(wide.rotations) < len(narrow.rotations)
    counts = np.unique(value_of_slot[value_of_slot >= 0], return_counts=True)[1]
    assert len(counts) == 400
    assert len(set(counts)) == 1


def test_outputs_that_do_not_fit_into_the_slots_are_refused() -> None:
    layer = Dense(np.ones((65, 4)), np.zeros(65))
    with pytest.raises(PackingError, match="65 outputs of 1 windows do not fit into 64 slots"):
        plan_columns(layer, (4, 1), 64, 1)
