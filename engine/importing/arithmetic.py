"""Operators of arithmetic, on what depends on the picture and on constants."""

import dataclasses
from collections.abc import Callable

import numpy as np

from engine.arrays import Array
from engine.errors import ModelError
from engine.importing.call import Call, Operand
from engine.importing.values import Value


def add(call: Call) -> Value:
    """Add."""
    return _arithmetic(call, lambda x, y: x.plus(y))


def subtract(call: Call) -> Value:
    """Sub."""
    if not isinstance(call.operands[0], Value):
        return call.value(1).times(np.array(-1.0)).plus(call.constant(0))
    return _arithmetic(call, lambda x, y: x.plus(y, -1.0))


def multiply(call: Call) -> Value:
    """Mul."""
    return _arithmetic(call, lambda x, y: x.times(y))


def divide(call: Call) -> Value:
    """Div by a constant."""
    if isinstance(call.operands[1], Value):
        raise ModelError("Division by what depends on the picture is no polynomial.")
    return call.value().times(1 / call.constant(1).astype(np.float64))


def power(call: Call) -> Value:
    """Pow with a whole exponent from 0 to 4."""
    exponent = call.constant(1)
    if exponent.size != 1 or float(exponent.ravel()[0]) not in {0.0, 1.0, 2.0, 3.0, 4.0}:
        raise ModelError(f"A power of {exponent.ravel()[:3].tolist()} is none of 0, 1, 2, 3 and 4.")
    x = call.value()
    result = dataclasses.replace(x, coefficients=np.ones_like(x.coefficients[:1]))
    for _ in range(int(exponent.ravel()[0])):
        result = result.times(x)
    return result


def total(call: Call) -> Value:
    """Sum, of any number of operands."""
    places = range(len(call.operands))
    first = next(place for place in places if isinstance(call.operands[place], Value))
    result = call.value(first)
    for place in places:
        if place != first:
            result = result.plus(call.operand(place))
    return result


def negate(call: Call) -> Value:
    """Neg."""
    return call.value().times(np.array(-1.0))


def identity(call: Call) -> Operand:
    """Identity, Dropout, Cast: nothing, when a network answers."""
    return call.operands[0]


def _arithmetic(call: Call, both: Callable[[Value, Value | Array], Value]) -> Value:
    """Return the result for operands in either order; at least one depends on the picture."""
    first, second = (0, 1) if isinstance(call.operands[0], Value) else (1, 0)
    return both(call.value(first), call.operand(second))
