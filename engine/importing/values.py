"""What an exported graph computes with: polynomials of the last tensor that a layer made.

Exporters spell an activation as Pow, Mul and Add in any order; all of them are sums of powers of
one tensor, channel by channel, perhaps transposed.
"""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.errors import ModelError
from engine.importing.input_order import as_shape
from engine.networks.layers import MOST_DEGREE, Shape
from engine.networks.maps import IntArray

Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class Value:
    """The sum of `coefficients`[k] * x^k, with x the tensor number `tensor`, in another order.

    `coefficients` has shape (degree + 1, channels of the tensor, 1 or the places in a channel).
    `sides` is the shape without the batch, and value i there is value `order`[i] of the tensor:
    transposes only change that, so that they cancel. The zeros of `padding` come besides, and wait
    for the layer that reads them: none, or how many at begin and end of each side.
    """

    tensor: int
    sides: tuple[int, ...]
    coefficients: Array
    order: IntArray
    padding: Pairs = ()

    @property
    def shape(self) -> Shape:
        """Return channels, height and width."""
        return as_shape(self.sides)

    @property
    def is_in_order(self) -> bool:
        """Tell whether it has the tensor's own order."""
        return bool((self.order == np.arange(len(self.order))).all())

    def plus(self, other: "Value | Array", sign: float = 1.0) -> "Value":
        """Return the sum; ModelError if it is not one of the same tensor's powers."""
        if not isinstance(other, Value):
            other = dataclasses.replace(self, coefficients=self.placed(other)[None])
        self._check(other)
        first, second = self.coefficients, other.coefficients
        degrees, places = max(len(first), len(second)), max(first.shape[2], second.shape[2])
        terms = np.zeros((degrees, first.shape[1], places))
        terms[: len(first)] += first
        terms[: len(second)] += sign * second
        return dataclasses.replace(self, coefficients=terms)

    def times(self, other: "Value | Array") -> "Value":
        """Return the product; ModelError if its degree is too high or it joins two branches."""
        if not isinstance(other, Value):
            scaled = self.coefficients * self.placed(other)
            return dataclasses.replace(self, coefficients=scaled)
        self._check(other)
        first, second = self.coefficients, other.coefficients
        degree = len(first) + len(second) - 2
        if degree > MOST_DEGREE:
            raise ModelError(
                f"An activation of degree {degree} is above the {MOST_DEGREE} that run."
            )
        terms = np.zeros((degree + 1, first.shape[1], max(first.shape[2], second.shape[2])))
        for power, each in enumerate(second):
            terms[power : power + len(first)] += first * each
        return dataclasses.replace(self, coefficients=terms)

    def reshaped(self, sides: tuple[int, ...]) -> "Value":
        """Return the same values under another shape; ModelError if there are more or fewer."""
        if math.prod(sides) != len(self.order) or min(sides, default=1) < 1:
            raise ModelError(f"A tensor of {self.sides} cannot be read as {sides}.")
        return dataclasses.replace(self, sides=sides)

    def transposed(self, axes: Sequence[int]) -> "Value":
        """Return it with other axes first; the batch is none of them."""
        whole = self.order.reshape(self.sides).transpose(axes)
        return dataclasses.replace(self, sides=whole.shape, order=whole.ravel())

    def padded(self, pairs: Sequence[tuple[int, int]]) -> "Value":
        """Return it with zeros around, as many as each side's pair says."""
        return dataclasses.replace(self, padding=tuple(pairs) if any(map(any, pairs)) else ())

    def placed(self, constant: Array) -> Array:
        """Return a constant as (channels of the tensor, 1 or the places in a channel).

        ModelError if it does not fit.
        """
        sides = (1,) * (len(self.sides) + 1 - constant.ndim) + constant.shape
        fits = len(sides) == len(self.sides) + 1 and sides[0] == 1
        if not fits or any(a not in {1, b} for a, b in zip(sides[1:], self.sides, strict=True)):
            raise ModelError(f"A constant of shape {constant.shape} does not fit {self.sides}.")
        channels = self.coefficients.shape[1]
        if constant.size == 1:
            return np.full((channels, 1), float(constant.ravel()[0]))
        whole = np.empty(len(self.order))
        whole[self.order] = np.broadcast_to(constant.reshape(sides[1:]), self.sides).ravel()
        return merged(whole.reshape(channels, -1))

    def under(self, order: IntArray, channels: int) -> "Value":
        """Return it as of the tensor that the tensor is in another order, of so many channels."""
        terms = self.coefficients.repeat(
            math.prod(self.sides) // math.prod(self.coefficients.shape[1:]), axis=2
        ).reshape(len(self.coefficients), -1)[:, order]
        places = np.empty_like(order)
        places[order] = np.arange(len(order))
        return Value(
            self.tensor,
            self.sides,
            merged(terms.reshape(len(terms), channels, -1)),
            places[self.order],
        )

    def _check(self, other: "Value") -> None:
        alike = (self.tensor, self.sides) == (other.tensor, other.sides)
        in_one_order = self.order is other.order or np.array_equal(self.order, other.order)
        if not alike or not in_one_order:
            raise ModelError("The network joins two branches, which cannot run encrypted here.")


def merged(numbers: Array) -> Array:
    """Return (..., channels, places) as (..., channels, 1) if a channel has the same everywhere."""
    first = numbers[..., :1]
    return first if (numbers == first).all() else numbers
