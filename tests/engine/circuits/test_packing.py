"""The planner, exactly: what a plan computes on plain slots is what the layer computes."""

import dataclasses

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.arrays import Array
from engine.circuits.circuit import LinearStage
from engine.circuits.clear import ClearBackend
from engine.circuits.diagonals import Layout, LinearPlan, PackingError, plan_linear
from engine.circuits.execution import EncodedPlan, run_stage
from engine.circuits.packing import (
    image_to_column,
    patch_count,
    patch_grid,
    plan_convolution,
    plan_dense,
    plan_patches,
)
from engine.networks.network import Conv2d, Dense

MOST_BABIES = (1, 2, 3, 64)

seeds = st.integers(0, 2**32 - 1)
babies = st.sampled_from(MOST_BABIES)


class CountingBackend(ClearBackend):
    """Runs on plain slots and remembers every rotation."""

    def __init__(self) -> None:
        self.rotations: list[int] = []

    def rotate(self, x: Array, step: int) -> Array:
        self.rotations.append(step)
        return super().rotate(x, step)


def run(plan: LinearPlan, x: Array, backend: ClearBackend | None = None) -> Array:
    stage = LinearStage("it", plan, level=2, drop=1, mask_scale=1.0, bias_scale=1.0)
    masks = {"it": EncodedPlan(plan.masks, plan.bias)}
    return run_stage(stage, masks, backend or ClearBackend(), x)


def assert_holds(slots: Array, layout: Layout, values: Array) -> None:
    """Every copy of every value stands where the layout says."""
    expected = np.broadcast_to(values[:, None], layout.slots.shape)
    np.testing.assert_allclose(slots[layout.slots], expected, atol=1e-9, rtol=1e-9)


def spread(values: Array, layout: Layout, rng: np.random.Generator) -> Array:
    """Put the values on their slots and noise, larger than they are, on all others."""
    slots = rng.normal(scale=1e3, size=layout.period)
    slots[layout.slots] = values[:, None]
    return slots


def packed(picture: Array, kernel: int, stride: int) -> Array:
    return np.append(picture.ravel(), 0.0)[image_to_column(len(picture), kernel, stride)]


@st.composite
def patch_shapes(draw: st.DrawFn) -> tuple[int, int, int, int]:
    """Draw (side, kernel, stride, channels) of a first convolution that can be planned."""
    side = draw(st.integers(2, 11))
    kernel = draw(st.integers(2, min(side, 5)))
    stride = draw(st.integers(1, 4))
    channels = draw(st.integers(1, min(6, kernel**2)))
    return side, kernel, stride, channels


@given(shape=patch_shapes())
def test_image_to_column_lists_the_pixels_of_each_window(
    shape: tuple[int, int, int, int],
) -> None:
    side, kernel, stride, _ = shape
    index = image_to_column(side, kernel, stride)
    count = patch_count(side, kernel, stride)
    pitch = 1 << (count - 1).bit_length()
    picture = np.arange(side**2).reshape(side, side)
    windows = np.lib.stride_tricks.sliding_window_view(picture, (kernel, kernel))
    windows = windows[::stride, ::stride].reshape(count, count, kernel**2)
    grid = index.reshape(-1, pitch, pitch)
    np.testing.assert_array_equal(grid[: kernel**2, :count, :count], np.moveaxis(windows, 2, 0))
    assert (index >= 0).sum() == windows.size


@given(shape=patch_shapes())
def test_a_picture_can_be_read_back_from_its_packing(shape: tuple[int, int, int, int]) -> None:
    side, kernel, stride, _ = shape
    picture = np.random.default_rng(side).random((side, side))
    slots = packed(picture, kernel, stride)
    index = image_to_column(side, kernel, stride)
    restored = np.full(side**2, np.nan)
    restored[index[index >= 0]] = slots[index >= 0]
    seen = ~np.isnan(restored)
    np.testing.assert_array_equal(restored[seen], picture.ravel()[seen])
    if stride <= kernel and (side - kernel) % stride == 0:
        assert seen.all()
    assert not slots[index < 0].any()


@settings(max_examples=60, deadline=None)
@given(shape=patch_shapes(), most_babies=babies, seed=seeds)
def test_a_planned_convolution_equals_the_layer(
    shape: tuple[int, int, int, int], most_babies: int, seed: int
) -> None:
    side, kernel, stride, channels = shape
    rng = np.random.default_rng(seed)
    layer = Conv2d(
        rng.normal(size=(channels, 1, kernel, kernel)), rng.normal(size=channels), stride
    )
    try:
        plan = plan_patches(layer, side, most_babies)
    except PackingError:
        assume(False)
    picture = rng.normal(size=(side, side))
    y = run(plan, packed(picture, kernel, stride))
    assert_holds(y, plan.output, layer.forward(picture[None, None]).ravel())


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """Draw a layout such as the planner makes them: blocks, strides, offsets, copies."""
    period = 1 << draw(st.integers(3, 8))
    block = 1 << draw(st.integers(0, 4))
    assume(block <= period // 2)
    values = draw(st.integers(2, period // block))
    reverse = draw(st.booleans())
    if reverse:
        assume(values <= block)
        first = -np.arange(values) % block
        return Layout(first[:, None] + np.arange(0, period, block), period)
    return Layout(np.arange(values)[:, None] * block, period)


@settings(max_examples=100, deadline=None)
@given(source=layouts(), outputs=st.integers(1, 16), most_babies=babies, seed=seeds)
def test_a_planned_dense_layer_equals_the_layer_whatever_else_is_in_the_slots(
    source: Layout, outputs: int, most_babies: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    values = len(source.slots)
    layer = Dense(rng.normal(size=(outputs, values)), rng.normal(size=outputs))
    try:
        plan = plan_dense(layer, source, most_babies)
    except PackingError:
        assume(False)
    x = rng.normal(size=values)
    y = run(plan, spread(x, source, rng))
    assert_holds(y, plan.output, layer.forward(x[None])[0])


@settings(max_examples=40, deadline=None)
@given(
    shape=patch_shapes(),
    channels=st.integers(1, 6),
    kernel=st.integers(1, 3),
    stride=st.integers(1, 3),
    classes=st.integers(1, 10),
    most_babies=babies,
    seed=seeds,
)
def test_a_convolution_planned_on_the_output_of_another_equals_both(
    shape: tuple[int, int, int, int],
    channels: int,
    kernel: int,
    stride: int,
    classes: int,
    most_babies: int,
    seed: int,
) -> None:
    side, *first_shape, inputs = shape
    side += 2
    rng = np.random.default_rng(seed)
    first = Conv2d(
        rng.normal(size=(inputs, 1, first_shape[0], first_shape[0])),
        np.ones(inputs),
        first_shape[1],
    )
    grid = patch_grid(first, side)
    assume(kernel <= grid.side)
    second = Conv2d(
        rng.normal(size=(channels, inputs, kernel, kernel)), rng.normal(size=channels), stride
    )
    values = channels * patch_count(grid.side, kernel, stride) ** 2
    last = Dense(rng.normal(size=(classes, values)), rng.normal(size=classes))
    try:
        plans = [plan_patches(first, side, most_babies)]
        plans.append(plan_convolution(second, plans[0].output, grid, most_babies))
        plans.append(plan_dense(last, plans[1].output, most_babies))
    except PackingError:
        assume(False)
    picture = rng.normal(size=(side, side))
    y = packed(picture, first_shape[0], first_shape[1])
    expected = picture[None, None]
    layers: tuple[Conv2d | Dense, ...] = (first, second, last)
    for plan, layer in zip(plans, layers, strict=True):
        y, expected = run(plan, y), layer.forward(expected)
        assert_holds(y, plan.output, expected.ravel())


@settings(max_examples=40, deadline=None)
@given(
    shape=patch_shapes(),
    hidden=st.integers(1, 12),
    classes=st.integers(1, 10),
    most_babies=babies,
    seed=seeds,
)
def test_layers_planned_one_after_the_other_equal_the_network(
    shape: tuple[int, int, int, int], hidden: int, classes: int, most_babies: int, seed: int
) -> None:
    side, kernel, stride, channels = shape
    rng = np.random.default_rng(seed)
    conv = Conv2d(rng.normal(size=(channels, 1, kernel, kernel)), np.ones(channels), stride)
    values = channels * patch_count(side, kernel, stride) ** 2
    layers: tuple[Conv2d | Dense, ...] = (
        conv,
        Dense(rng.normal(size=(hidden, values)), rng.normal(size=hidden)),
        Dense(rng.normal(size=(classes, hidden)), rng.normal(size=classes)),
    )
    picture = rng.normal(size=(side, side))
    y, expected = packed(picture, kernel, stride), picture[None, None]
    try:
        plans = [plan_patches(conv, side, most_babies)]
        for layer in layers[1:]:
            assert isinstance(layer, Dense)
            plans.append(plan_dense(layer, plans[-1].output, most_babies))
    except PackingError:
        assume(False)
    for plan, each in zip(plans, layers, strict=True):
        y, expected = run(plan, y), each.forward(expected)
    scale = np.abs(expected).max()
    assert_holds(y / scale, plans[-1].output, expected[0] / scale)


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
