"""A network of an architecture with weights by chance: all that planning asks for.

What it costs does not depend on weights. How exact it is depends on how large values are: every
channel is normalised before its activation, as trained networks are.
"""

import dataclasses

import numpy as np

from engine.arrays import Array
from engine.networks.architecture import Architecture, ConvSpec, Spec
from engine.networks.architecture_text import as_notation
from engine.networks.blobs import blobs
from engine.networks.layers import (
    AveragePool,
    Conv2d,
    Dense,
    Layer,
    ModelCard,
    Network,
    Polynomial,
    Shape,
    Square,
)

PICTURES = 64
LARGEST_LOGIT = 20.0
"""As trained networks have (12 to 31 for those that come along)."""

TYPICAL_SCORE = 6.0
SHIFT = 0.7
"""The learned quadratic of the training begins as (0.7 z + 0.7)²."""

COMMON = 1.5
"""So large, beside their rest, is what the weights of an output, and of a channel to it, share.

Trained weights respond to what values have in common, so that values grow more than errors. Drafts
of the study's networks with nothing in common were expected to err 2.0 (MNIST) and 7.0 times
(CIFAR-10) as much as the trained ones do, so 1.1 and 2.7 times (geometric means)."""

COEFFICIENTS = {3: (0.3, 0.5, 0.3, 0.1), 4: (0.3, 0.5, 0.3, 0.1, 0.05)}


def draft(architecture: Architecture) -> Network:
    """Return a network that nobody trained; raise ModelError for an architecture that cannot be."""
    shapes = (architecture.input_shape, *architecture.shapes())
    rng = np.random.default_rng(1)
    x = blobs(PICTURES, architecture.input_shape)
    layers: list[Layer] = []
    for number, spec in enumerate(architecture.layers):
        is_last = number + 1 == len(architecture.layers)
        linear, pool = _linear(spec, shapes[number], rng)
        y = _run(x, linear, *pool)
        size = TYPICAL_SCORE if is_last else 1.0
        linear = _normalised(linear, y, size, SHIFT if spec.degree == 2 and not is_last else 0.0)
        after = () if is_last else _activation(spec, shapes[number + 1][0])
        layers += [linear, *pool, *after]
        x = _run(x, linear, *pool, *after)
    classes = tuple(map(str, range(shapes[-1][0])))
    card = ModelCard(
        dataset="",
        architecture=as_notation(architecture),
        classes=classes,
        clear_accuracy=0.0,
        test_pictures=0,
        largest_logit=LARGEST_LOGIT,
        largest_activation=LARGEST_LOGIT**2,
        training="not trained: weights by chance",
        input_shape=architecture.input_shape,
    )
    return Network(as_notation(architecture), tuple(layers), card)


def _linear(
    spec: Spec, shape: Shape, rng: np.random.Generator
) -> tuple[Conv2d | Dense, tuple[AveragePool, ...]]:
    if not isinstance(spec, ConvSpec):
        weight = _weights(spec.width, shape[0], shape[1:], rng)
        return Dense(weight.reshape(spec.width, -1), np.zeros(spec.width)), ()
    weight = _weights(spec.channels, shape[0], (spec.kernel, spec.kernel), rng)
    layer = Conv2d(weight, np.zeros(spec.channels), spec.stride, (spec.padding,) * 4)
    return layer, (AveragePool((spec.pool, spec.pool), spec.pool),) if spec.pool > 1 else ()


def _weights(outputs: int, inputs: int, places: tuple[int, int], rng: np.random.Generator) -> Array:
    """Return weights (outputs, inputs, *places), which have something in common: see COMMON."""
    parts = (outputs, inputs, *places), (outputs, inputs, 1, 1), (outputs, 1, 1, 1)
    own, of_channel, of_output = (rng.normal(size=part) for part in parts)
    weights: Array = own + COMMON * (of_channel + of_output)
    return weights


def _normalised(layer: Conv2d | Dense, y: Array, size: float, shift: float) -> Conv2d | Dense:
    """Return the layer with outputs of mean `shift` and deviation `size`, or SHIFT with a shift."""
    axes = (0, *range(2, y.ndim))
    gain = (shift or size) / np.maximum(y.std(axis=axes), 1e-9)
    bias = shift - y.mean(axis=axes) * gain
    weight = layer.weight * gain.reshape(-1, *(1,) * (layer.weight.ndim - 1))
    return dataclasses.replace(layer, weight=weight, bias=bias)


def _activation(spec: Spec, channels: int) -> tuple[Layer, ...]:
    if spec.degree == 1:
        return ()
    if spec.degree == 2:
        return (Square(),)
    terms = np.array(COEFFICIENTS[spec.degree])[:, None] * np.ones(channels)
    return (Polynomial(terms, np.ones(channels)),)


def _run(x: Array, *layers: Layer) -> Array:
    for layer in layers:
        x = layer.forward(x)
    return x
