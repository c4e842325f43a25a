"""What an exported graph computes with: polynomials of the last tensor that a layer made.

Exporters spell an activation as Pow, Mul and Add in any order; all of them are sums of powers of
one tensor, channel by channel. Only when a linear layer reads such a sum does it become a layer.
"""

import math
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.errors import ModelError
from engine.networks.layers import (
    MOST_DEGREE,
    NO_PADDING,
    Affine,
    Layer,
    Padding,
    Polynomial,
    Reshape,
    Shape,
)


@dataclass(frozen=True, eq=False)
class Value:
    """The sum of `coefficients`[k] * x^k, with x the tensor number `tensor`.

    `coefficients` has shape (degree + 1, channels); `sides` is the shape without the batch, and
    without the zeros of `padding`, which wait for the layer that reads them.
    """

    tensor: int
    sides: tuple[int, ...]
    coefficients: Array
    padding: Padding = NO_PADDING

    @property
    def shape(self) -> Shape:
        """Return channels, height and width."""
        return as_shape(self.sides)

    def plus(self, other: "Value | Array", sign: float = 1.0) -> "Value":
        """Return the sum; ModelError if it is not one of the same tensor's powers."""
        if not isinstance(other, Value):
            other = Value(self.tensor, self.sides, self.channels_of(other)[None])
        self._check(other)
        terms = np.zeros((max(len(self.coefficients), len(other.coefficients)), self.shape[0]))
        terms[: len(self.coefficients)] += self.coefficients
        terms[: len(other.coefficients)] += sign * other.coefficients
        return Value(self.tensor, self.sides, terms)

    def times(self, other: "Value | Array") -> "Value":
        """Return the product; ModelError if its degree is too high or it joins two branches."""
        if not isinstance(other, Value):
            return Value(self.tensor, self.sides, self.coefficients * self.channels_of(other))
        self._check(other)
        degree = len(self.coefficients) + len(other.coefficients) - 2
        if degree > MOST_DEGREE:
            raise ModelError(
                f"An activation of degree {degree} is above the {MOST_DEGREE} that run."
            )
        terms = np.zeros((degree + 1, self.shape[0]))
        for power, each in enumerate(other.coefficients):
            terms[power : power + len(self.coefficients)] += self.coefficients * each
        return Value(self.tensor, self.sides, terms)

    def reshaped(self, sides: tuple[int, ...]) -> "Value":
        """Return the same values under another shape; ModelError if there are more or fewer."""
        if math.prod(sides) != math.prod(self.sides):
            raise ModelError(f"A tensor of {self.sides} cannot be read as {sides}.")
        each = self.coefficients.repeat(math.prod(self.sides[1:]), axis=1)
        terms = each.reshape(len(each), sides[0], -1)
        if (terms != terms[:, :, :1]).any():
            raise ModelError(f"A tensor of {self.sides} is scaled and then read as {sides}.")
        return Value(self.tensor, sides, terms[:, :, 0])

    def channels_of(self, constant: Array) -> Array:
        """Return a constant as one number a channel; ModelError if it has one for each value."""
        sides = (1,) * (len(self.sides) + 1 - constant.ndim) + constant.shape
        channels = self.sides[0]
        if len(sides) != len(self.sides) + 1 or sides[0] != 1:
            raise ModelError(f"A constant of shape {constant.shape} does not fit {self.sides}.")
        if sides[1] not in {1, channels} or any(side != 1 for side in sides[2:]):
            raise ModelError(
                f"A constant of shape {constant.shape} differs within a channel of {self.sides}; "
                "only one number a channel can run."
            )
        return np.broadcast_to(constant.astype(np.float64).ravel(), (channels,))

    def _check(self, other: "Value") -> None:
        if (self.tensor, self.sides) != (other.tensor, other.sides):
            raise ModelError("The network joins two branches, which cannot run encrypted here.")


def as_shape(sides: tuple[int, ...]) -> Shape:
    """Return channels, height, width of a vector, a signal or a picture; ModelError for others."""
    if len(sides) == 1:
        return sides[0], 1, 1
    if len(sides) == 2:
        return sides[0], 1, sides[1]
    if len(sides) == 3:
        return sides[0], sides[1], sides[2]
    raise ModelError(f"A tensor of {len(sides) + 1} dimensions is neither a picture nor a signal.")


@dataclass(frozen=True)
class Replaced:
    """Layer number `layer` stands in for an `operator`, whose own numbers are its `parameters`."""

    layer: int
    operator: str
    parameters: tuple[float, ...] = ()


class Builder:
    """Collects layers, and which of them stand in for others (`replaced`).

    Each layer makes tensor number `tensor`, which values are sums of powers of. `batch` is the
    first axis of each, 1 where the file fixes none.
    """

    def __init__(self, sides: tuple[int, ...], batch: int = 1) -> None:
        self.layers: list[Layer] = []
        self.replaced: list[Replaced] = []
        self.batch = batch
        self.tensor = 0
        self._shape = as_shape(sides)

    def value(self, sides: tuple[int, ...]) -> Value:
        """Return the last tensor as a value."""
        channels = sides[0]
        return Value(self.tensor, sides, np.stack([np.zeros(channels), np.ones(channels)]))

    def add(self, layer: Layer) -> Shape:
        """Take a linear layer that reads the last tensor; return its result's shape."""
        try:
            self._shape = layer.output_shape(self._shape)
        except ValueError as error:
            raise ModelError(f"The layers do not fit one another: {error}.") from error
        self.layers.append(layer)
        self.tensor += 1
        return self._shape

    def settle(self, value: Value) -> None:
        """Make layers of a value, so that the last tensor is that value."""
        if value.tensor != self.tensor:
            raise ModelError("The network has two branches, which cannot run encrypted here.")
        if any(value.padding):
            raise ModelError("Padding stands where no Conv or AveragePool reads it.")
        terms = value.coefficients
        while len(terms) > 2 and not terms[-1].any():
            terms = terms[:-1]
        if not terms[1:].any():
            raise ModelError("A layer gives the same numbers for every picture.")
        here, there = self._shape, value.shape
        each = terms.repeat(math.prod(there[1:]), axis=1).reshape(len(terms), here[0], -1)
        if (each == each[:, :, :1]).all():
            self._take(each[:, :, 0])
        if here != there:
            self.add(Reshape(there))
        if (each != each[:, :, :1]).any():
            self._take(terms)

    def _take(self, terms: Array) -> None:
        if len(terms) > 2:
            self.add(Polynomial(terms, np.ones(terms.shape[1])))
        elif terms[0].any() or (terms[1] != 1).any():
            self.add(Affine(terms[1], terms[0]))
