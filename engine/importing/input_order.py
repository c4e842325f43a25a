"""The order in which a network reads its input: with the channels first, whatever its file has."""

import math

import numpy as np

from engine.errors import ModelError
from engine.networks.layers import Shape
from engine.networks.maps import IntArray

MOST_COLOURS = 3
MOST_SIDE = 64


def as_shape(sides: tuple[int, ...]) -> Shape:
    """Return channels, height, width of a vector, a signal or a picture; ModelError for others."""
    if len(sides) == 1:
        return sides[0], 1, 1
    if len(sides) == 2:
        return sides[0], 1, sides[1]
    if len(sides) == 3:
        return sides[0], sides[1], sides[2]
    raise ModelError(f"A tensor of {len(sides) + 1} dimensions is neither a picture nor a signal.")


def input_order(
    sides: tuple[int, ...], shape: Shape, read: tuple[int, ...], order: IntArray
) -> tuple[IntArray, Shape] | None:
    """Return in which order and shape a network is to read an input of `sides`, `shape` by itself.

    Its first layer reads the shape `read`, of which value i is value `order`[i] of the input. None
    if the input is to stay as it is, as a picture with its colours first is.
    """
    if len(sides) == 3 and sides[0] <= MOST_COLOURS < sides[-1]:
        return None
    inputs = np.arange(math.prod(sides))
    last = np.moveaxis(inputs.reshape(sides), -1, 0)
    is_vector, is_in_order = len(read) == 1, np.array_equal(order, inputs)
    if not is_vector and np.array_equal(order, last.ravel()):
        return order, as_shape(read)
    if len(sides) == 3 and sides[-1] <= MOST_COLOURS < sides[0] and (is_vector or not is_in_order):
        return last.ravel(), as_shape(last.shape)
    if len(sides) == 2 and is_vector and max(sides) <= MOST_SIDE:
        return inputs, (1, *sides)
    if not is_vector and shape[1:] == (1, 1):
        return order, as_shape(read)
    return None
