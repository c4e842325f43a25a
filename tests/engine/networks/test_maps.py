import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_networks import network_of, networks

from engine.networks.layers import Conv2d, Dense, Layer, Network, Polynomial, Square
from engine.networks.maps import linear_maps


@given(network=networks(), seed=st.integers(0, 2**32 - 1))
def test_maps_with_squares_between_equal_the_network(network: Network, seed: int) -> None:
    picture = np.random.default_rng(seed).normal(size=network.card.input_shape)
    *before, last = linear_maps(network)
    x = picture.ravel()
    for linear in before:
        x = linear.apply(x) ** 2
    clear = network.forward(picture[None])[0]
    np.testing.assert_allclose(last.apply(x), clear, atol=1e-6 * (1 + np.abs(clear).max()))


def test_neighbouring_linear_layers_become_one_map() -> None:
    ones = np.ones((2, 1, 3, 3))
    network = network_of(
        Conv2d(ones, np.ones(2), 1),
        Conv2d(np.ones((1, 2, 2, 2)), np.ones(1), 2),
        Square(),
        Dense(np.ones((3, 4)), np.zeros(3)),
        Dense(np.ones((2, 3)), np.ones(2)),
        shape=(1, 6, 6),
        classes=2,
    )
    first, second = linear_maps(network)
    assert (first.kind, first.shape_out, first.stride) == ("conv", (1, 2, 2), 2)
    assert (second.kind, second.shape_out) == ("dense", (2, 1, 1))


@pytest.mark.parametrize("layers", [
    (Dense(np.ones((2, 5)), np.ones(2)),),
    (Conv2d(np.ones((2, 3, 2, 2)), np.ones(2), 1), Dense(np.ones((2, 18)), np.ones(2))),
    (Conv2d(np.ones((2, 1, 5, 5)), np.ones(2), 1), Dense(np.ones((2, 2)), np.ones(2))),
    (Dense(np.ones((2, 16)), np.ones(2)), Square()),
    (Polynomial(np.ones((3, 2)), np.ones(2)), Dense(np.ones((2, 16)), np.ones(2))),
    (Polynomial(np.zeros((3, 1)), np.ones(1)), Dense(np.ones((2, 16)), np.ones(2))),
])  # fmt: skip
def test_layers_that_do_not_fit_are_told(layers: tuple[Layer, ...]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        linear_maps(network_of(*layers, shape=(1, 4, 4), classes=2))
