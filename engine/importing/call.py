"""An operator of a file with its operands, and what operators share in reading them."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.arrays import Array
from engine.errors import ModelError
from engine.importing.expressions import Builder
from engine.importing.values import Pairs, Value

Operand = Value | Array | None
Attributes = Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """An operator with its operands and attributes, and the builder that takes its layers."""

    operands: tuple[Operand, ...]
    attributes: Attributes
    builder: Builder

    def value(self, place: int = 0) -> Value:
        """Return an operand that depends on the picture; ModelError if it does not."""
        value, pairs = self.padded(place)
        if any(map(any, pairs)):
            raise ModelError("Padding can be read by a Conv or an AveragePool only.")
        return value

    def padded(self, place: int = 0) -> tuple[Value, Pairs]:
        """Return an operand that depends on the picture, and the zeros around each of its sides."""
        operand = self.operands[place] if place < len(self.operands) else None
        if not isinstance(operand, Value):
            raise ModelError("It reads no picture.")
        pairs = operand.padding or ((0, 0),) * len(operand.sides)
        return dataclasses.replace(operand, padding=()), pairs

    def constant(self, place: int) -> Array:
        """Return an operand that is a constant; ModelError if it is not."""
        operand = self.operands[place] if place < len(self.operands) else None
        if operand is None or isinstance(operand, Value):
            raise ModelError("It needs a constant where the network computes one.")
        return operand

    def operand(self, place: int) -> Value | Array:
        """Return an operand of either kind; ModelError if there is none."""
        operand = self.operands[place] if place < len(self.operands) else None
        return self.value(place) if isinstance(operand, Value) else self.constant(place)

    def has(self, place: int) -> bool:
        """Tell whether there is such an operand."""
        return place < len(self.operands) and self.operands[place] is not None


def axes_of(call: Call, place: int = 1) -> list[int]:
    """Return the axes of an operator, an attribute or operand `place`; none if it names none."""
    axes = call.attributes.get("axes")
    if axes is None and call.has(place):
        axes = call.constant(place).ravel().tolist()
    return [int(axis) for axis in axes or ()]
