"""Operators of arithmetic, on what depends on the picture and on constants."""

import math
from collections.abc import Callable

import numpy as np

from engine.arrays import Array
from engine.errors import ModelError
from engine.importing.call import Call, Operand, limit
from engine.importing.expressions import Value


def add(call: Call) -> Operand:
    """Add."""
    return _arithmetic(call, np.add, lambda x, y: x.plus(y))


def subtract(call: Call) -> Operand:
    """Sub."""
    if not isinstance(call.operands[0], Value) and isinstance(call.operands[1], Value):
        return call.operands[1].times(np.array(-1.0)).plus(call.constant(0))
    return _arithmetic(call, np.subtract, lambda x, y: x.plus(y, -1.0))


def multiply(call: Call) -> Operand:
    """Mul."""
    return _arithmetic(call, np.multiply, lambda x, y: x.times(y))


def divide(call: Call) -> Operand:
    """Div by a constant."""
    if isinstance(call.operands[1], Value):
        raise ModelError("Division by what depends on the picture is no polynomial.")
    divisor = call.constant(1)
    if not isinstance(call.operands[0], Value):
        whole = np.issubdtype(divisor.dtype, np.integer)
        return call.constant(0) // divisor if whole else call.constant(0) / divisor
    return call.value().times(1 / divisor.astype(np.float64))


def power(call: Call) -> Value:
    """Pow with a whole exponent from 1 to 4."""
    exponent = call.constant(1)
    if exponent.size != 1 or float(exponent.ravel()[0]) not in {1.0, 2.0, 3.0, 4.0}:
        raise ModelError(f"A power of {exponent.ravel()[:3].tolist()} is none of 1, 2, 3 and 4.")
    result = call.value()
    for _ in range(int(exponent.ravel()[0]) - 1):
        result = result.times(call.value())
    return result


def negate(call: Call) -> Value:
    """Neg."""
    return call.value().times(np.array(-1.0))


def identity(call: Call) -> Operand:
    """Identity, Dropout, Cast: nothing, when a network answers."""
    return call.operands[0]


def _arithmetic(
    call: Call,
    constants: Callable[[Array, Array], Array],
    values: Callable[[Value, Value | Array], Value],
) -> Operand:
    first, second = call.operands
    if isinstance(first, Value) and second is not None:
        return values(first, second)
    if isinstance(second, Value) and first is not None:
        return values(second, first)
    x, y = call.constant(0), call.constant(1)
    limit(math.prod(np.broadcast_shapes(x.shape, y.shape)))
    return constants(x, y)
