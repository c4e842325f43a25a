"""Random small networks of every kind of layer, for tests of maps, plans and files."""

import numpy as np
from hypothesis import strategies as st

from engine.networks.layers import (
    Affine,
    AveragePool,
    Conv2d,
    Dense,
    Layer,
    ModelCard,
    Network,
    Padding,
    Permute,
    Polynomial,
    Shape,
    Square,
    Steps,
)


def network_of(*layers: Layer, shape: Shape, classes: int) -> Network:
    card = ModelCard(
        dataset="none",
        architecture="small",
        classes=tuple(map(str, range(classes))),
        clear_accuracy=0.0,
        test_pictures=0,
        largest_logit=10.0,
        largest_activation=10.0,
        training="by chance",
        input_shape=shape,
    )
    return Network("small", layers, card)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Draw a network of convolutions, pools, normalisations and dense layers, one- or 2-D."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    flat = draw(st.booleans())
    side = draw(st.integers(5, 9))
    shape: Shape = (draw(st.integers(1, 3)), 1 if flat else side, side)
    first, layers = shape, list[Layer]()
    for _ in range(draw(st.integers(0, 2))):
        layers.append(draw(_convolutions(shape, rng)))
        shape = layers[-1].output_shape(shape)
        if draw(st.booleans()):
            layers.append(Affine(rng.normal(size=shape[0]), rng.normal(size=shape[0])))
        layers.append(draw(_activations(shape, rng)))
        kernel = min(2, shape[1]), min(2, shape[2])
        if draw(st.booleans()):
            layers.append(AveragePool(kernel, draw(_strides(2)), *draw(_paddings(kernel))))
            shape = layers[-1].output_shape(shape)
    if draw(st.booleans()):
        order = rng.permutation(int(np.prod(shape))).astype(np.float64)
        layers.append(Permute(order, (len(order), 1, 1)))
        shape = layers[-1].output_shape(shape)
    if draw(st.booleans()):
        layers.append(_dense(draw(st.integers(1, 9)), shape, rng))
        shape = layers[-1].output_shape(shape)
        layers.append(draw(_activations(shape, rng)))
    classes = draw(st.integers(2, 7))
    layers.append(_dense(classes, shape, rng))
    return network_of(*layers, shape=first, classes=classes)


def _strides(most: int) -> st.SearchStrategy[Steps]:
    return st.integers(1, most) | st.tuples(st.integers(1, most), st.integers(1, most))


def _paddings(kernel: tuple[int, int]) -> st.SearchStrategy[tuple[Padding, int]]:
    if kernel == (2, 2):
        return st.tuples(st.sampled_from([(0, 0, 0, 0), (1, 0, 0, 1)]), st.integers(0, 1))
    return st.just(((0, 0, 0, 0), 1))


def _dense(outputs: int, shape: Shape, rng: np.random.Generator) -> Dense:
    inputs = int(np.prod(shape))
    return Dense(rng.normal(size=(outputs, inputs)) / np.sqrt(inputs), rng.normal(size=outputs))


@st.composite
def _convolutions(draw: st.DrawFn, shape: Shape, rng: np.random.Generator) -> Conv2d:
    channels, height, width = shape
    groups = channels if draw(st.booleans()) else 1
    kernel = min(height, draw(st.integers(1, 3))), min(width, draw(st.integers(1, 3)))
    dilation = draw(st.integers(1, 2))
    padding: Padding = (0, 0, 0, 0)
    if height > 1:
        top, left, bottom, right = (draw(st.integers(0, 2)) for _ in range(4))
        padding = (top, left, bottom, right)
    weight = rng.normal(size=(groups * draw(st.integers(1, 3)), channels // groups, *kernel))
    weight /= np.sqrt(weight[0].size) * 2
    stride = draw(_strides(3))
    layer = Conv2d(weight, rng.normal(size=len(weight)), stride, padding, dilation, groups)
    reach = layer.reach
    if reach[0] > height or reach[1] > width:
        return Conv2d(weight, layer.bias, stride, padding, 1, groups)
    return layer


@st.composite
def _activations(draw: st.DrawFn, shape: Shape, rng: np.random.Generator) -> Square | Polynomial:
    if draw(st.booleans()):
        return Square()
    coefficients = rng.normal(size=(draw(st.integers(3, 5)), shape[0])) / 2
    coefficients[-1] += np.copysign(0.2, coefficients[-1])
    return Polynomial(coefficients, 0.5 + rng.random(shape[0]))
