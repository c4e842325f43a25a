"""Pictures of no data set: soft and hard blobs, for measures that must not wait for real ones."""

import numpy as np

from engine.arrays import Array
from engine.networks.layers import Shape

COARSE = 5


def blobs(count: int, shape: Shape) -> Array:
    """Return `count` pictures (count, *shape) in [0, 1], half of them hard; always the same."""
    channels, height, width = shape
    coarse = np.random.default_rng(1).random((count // 2, channels, COARSE, COARSE))
    soft = _between(_between(coarse, height, axis=2), width, axis=3)
    return np.concatenate((soft, 1 / (1 + np.exp(-20 * (soft - 0.6)))))


def _between(values: Array, count: int, axis: int) -> Array:
    """Return `count` values along an axis, linearly between those that are there."""
    places = np.linspace(0, COARSE - 1, count)
    low = np.minimum(places.astype(int), COARSE - 2)
    weight = np.expand_dims(places - low, tuple(range(1, values.ndim - axis)))
    first, second = np.take(values, low, axis), np.take(values, low + 1, axis)
    between: Array = first + weight * (second - first)
    return between
