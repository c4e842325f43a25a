"""The layers of an exported graph, made of what it computes only when a layer reads it.

Then a sum of powers becomes an activation, and what was transposed is put in order.
"""

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.errors import ModelError
from engine.importing.input_order import as_shape, input_order
from engine.importing.values import Value, merged
from engine.networks.layers import (
    Affine,
    Layer,
    Permute,
    Polynomial,
    Reshape,
    Shape,
)
from engine.networks.maps import IntArray

MOST_VALUES = 2**20
"""Of a tensor; more do not fit into the ciphertexts of a circuit."""


@dataclass(frozen=True)
class Replaced:
    """Layer number `layer` stands in for an `operator`, whose own numbers are its `parameters`."""

    layer: int
    operator: str
    parameters: tuple[float, ...] = ()


class Builder:
    """Collects layers, and which of them stand in for others (`replaced`).

    Each layer makes tensor number `tensor`, which values are sums of powers of. `batch` is the
    first axis of each, 1 where the file fixes none. The network reads `input_shape`, whose value i
    is value `input_order`[i] of what the file reads.
    """

    def __init__(self, sides: tuple[int, ...], batch: int = 1) -> None:
        self.layers: list[Layer] = []
        self.replaced: list[Replaced] = []
        self.batch = batch
        self.tensor = 0
        self.sides = sides
        self.shape = self.input_shape = _limited(as_shape(sides))
        self.input_order = np.arange(math.prod(sides))

    def value(self, sides: tuple[int, ...], order: IntArray | None = None) -> Value:
        """Return the last tensor as a value, perhaps in another order."""
        channels = self.shape[0]
        terms = np.stack([np.zeros((channels, 1)), np.ones((channels, 1))])
        return Value(
            self.tensor, sides, terms, np.arange(math.prod(sides)) if order is None else order
        )

    def add(self, layer: Layer) -> Shape:
        """Take a linear layer that reads the last tensor; return its result's shape."""
        try:
            self.shape = _limited(layer.output_shape(self.shape))
        except ValueError as error:
            raise ModelError(f"The layers do not fit one another: {error}.") from error
        self.layers.append(layer)
        self.tensor += 1
        return self.shape

    def settle(self, value: Value) -> Value:
        """Make layers of a value, so that the last tensor is that value; return it as that."""
        value = self.computed(value)
        self._arrange(value)
        return self.value(value.sides)

    def computed(self, value: Value) -> Value:
        """Make layers of a value's powers; return it as the last tensor in the order it had.

        What the first layers read says in which order the network reads its input.
        """
        if value.tensor != self.tensor:
            raise ModelError("The network has two branches, which cannot run encrypted here.")
        if value.padding:
            raise ModelError("Padding stands where no Conv or AveragePool reads it.")
        if not self.tensor:
            value = self._begun(value)
        terms = value.coefficients
        while len(terms) > 2 and not terms[-1].any():
            terms = terms[:-1]
        if not terms[1:].any():
            raise ModelError("A layer gives the same numbers for every picture.")
        if terms.shape[2] > 1 and len(value.sides) > 1:
            terms = terms.reshape(len(terms), -1)[:, value.order]
            terms = merged(terms.reshape(len(terms), value.sides[0], -1))
            if terms.shape[2] > 1:
                raise ModelError(
                    f"A constant differs within a channel of {value.sides}; "
                    "only one number a channel can run."
                )
            self._arrange(value)
            self._take(terms[:, :, 0])
            return self.value(value.sides)
        if terms.shape[2] > 1:
            self.add(Reshape((len(value.order), 1, 1)))
        self._take(terms.reshape(len(terms), -1))
        return self.value(value.sides, value.order)

    def _begun(self, value: Value) -> Value:
        """Choose the order of the input for the first value that layers read."""
        chosen = input_order(self.sides, self.shape, value.sides, value.order)
        if chosen is None:
            return value
        self.input_order, self.input_shape = chosen
        self.shape = self.input_shape
        self.tensor += 1
        return dataclasses.replace(value.under(self.input_order, self.shape[0]), tensor=self.tensor)

    def _arrange(self, value: Value) -> None:
        if not value.is_in_order:
            self.add(Permute(value.order.astype(np.float64), value.shape))
        elif self.shape != value.shape:
            self.add(Reshape(value.shape))

    def _take(self, terms: Array) -> None:
        if len(terms) > 2:
            self.add(Polynomial(terms, np.ones(terms.shape[1])))
        elif terms[0].any() or (terms[1] != 1).any():
            self.add(Affine(terms[1], terms[0]))


def _limited(shape: Shape) -> Shape:
    if math.prod(shape) > MOST_VALUES:
        raise ModelError(f"A tensor of {shape} is too large; up to {MOST_VALUES:,} values can run.")
    return shape
