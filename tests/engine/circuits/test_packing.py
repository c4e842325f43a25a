"""The planner, exactly: what a plan computes on plain slots is what the layer computes."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from planning import assert_holds, babies, layouts, packed, run, seeds

from engine.arrays import Array
from engine.circuits.diagonals import Layout, PackingError
from engine.circuits.packing import (
    image_to_column,
    patch_count,
    patch_grid,
    plan_convolution,
    plan_dense,
    plan_patches,
)
from engine.networks.layers import Conv2d, Dense


def spread(values: Array, layout: Layout, rng: np.random.Generator) -> Array:
    """Put the values on their slots and noise, larger than they are, on all others."""
    slots = rng.normal(scale=1e3, size=layout.period)
    slots[layout.slots] = values[:, None]
    return slots


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
