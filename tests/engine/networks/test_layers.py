"""Layers against their definition."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.networks.layers import Conv2d, Dense, Square


@settings(max_examples=30)
@given(
    kernel=st.integers(1, 4),
    stride=st.integers(1, 3),
    inputs=st.integers(1, 3),
    outputs=st.integers(1, 3),
    side=st.integers(4, 9),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_convolution_is_the_sum_of_products_in_each_window(
    kernel: int, stride: int, inputs: int, outputs: int, side: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    weight, bias = rng.normal(size=(outputs, inputs, kernel, kernel)), rng.normal(size=outputs)
    x = rng.normal(size=(2, inputs, side, side))
    y = Conv2d(weight, bias, stride).forward(x)
    count = (side - kernel) // stride + 1
    assert y.shape == (2, outputs, count, count)
    for row, column in np.ndindex(count, count):
        top, left = row * stride, column * stride
        window = x[:, :, top : top + kernel, left : left + kernel]
        expected = (window[:, None] * weight).sum(axis=(2, 3, 4)) + bias
        np.testing.assert_allclose(y[:, :, row, column], expected, atol=1e-12)


def test_a_dense_layer_flattens_its_input_channel_first() -> None:
    x = np.arange(12.0).reshape(1, 3, 2, 2)
    np.testing.assert_array_equal(Dense(np.eye(12), np.zeros(12)).forward(x)[0], np.arange(12))


def test_the_activation_is_the_square() -> None:
    np.testing.assert_array_equal(Square().forward(np.array([-3.0, 0.5])), [9.0, 0.25])
