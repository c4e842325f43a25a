"""Operators that change or compute shapes; the batch stays the first axis."""

import math

import numpy as np

from engine.errors import ModelError
from engine.importing.call import Call, Operand, axes_of, limit
from engine.importing.expressions import Value, as_shape
from engine.networks.layers import Permute


def flatten(call: Call) -> Value:
    """Flatten from the first axis on."""
    x = call.value()
    if int(call.attributes.get("axis", 1)) not in {1, -len(x.sides)}:
        raise ModelError("Flatten must keep the batch apart.")
    return x.reshaped((math.prod(x.sides),))


def reshape(call: Call) -> Operand:
    """Reshape to constant sides, of which one may be -1; the batch stays the first."""
    wanted = [int(side) for side in call.constant(1).ravel()]
    if not isinstance(call.operands[0], Value):
        return call.constant(0).reshape(wanted)
    x = call.value()
    sides = [(1, *x.sides)[place] if side == 0 else side for place, side in enumerate(wanted)]
    total = math.prod(x.sides)
    known = -math.prod(sides)
    if sides.count(-1) == 1 and known > 0 and total % known == 0:
        sides[sides.index(-1)] = total // known
    if len(sides) < 2 or sides[0] != 1:
        raise ModelError(f"A reshape to {wanted} does not keep the batch apart.")
    return x.reshaped(tuple(sides[1:]))


def squeeze(call: Call) -> Operand:
    """Squeeze axes of length 1."""
    axes = axes_of(call)
    if not isinstance(call.operands[0], Value):
        return np.squeeze(call.constant(0), tuple(axes) if axes else None)
    x = call.value()
    dropped = {axis % (len(x.sides) + 1) for axis in axes} or {
        axis for axis in range(1, len(x.sides) + 1) if x.sides[axis - 1] == 1
    }
    return x.reshaped(tuple(s for axis, s in enumerate(x.sides, 1) if axis not in dropped))


def unsqueeze(call: Call) -> Operand:
    """Unsqueeze new axes of length 1."""
    axes = axes_of(call)
    if not isinstance(call.operands[0], Value):
        return np.expand_dims(call.constant(0), tuple(axes))
    x = call.value()
    sides = list(x.sides)
    for axis in sorted(axis % (len(x.sides) + 1 + len(axes)) for axis in axes):
        sides.insert(axis - 1, 1)
    return x.reshaped(tuple(sides))


def transpose(call: Call) -> Operand:
    """Transpose of anything but the batch, as networks with channels last have it."""
    axes = [int(axis) for axis in call.attributes.get("perm", ())]
    if not isinstance(call.operands[0], Value):
        return call.constant(0).transpose(axes or None)
    x = call.value()
    if sorted(axes) != list(range(len(x.sides) + 1)) or axes[0] != 0:
        raise ModelError(f"A transpose to {axes} does not keep the batch apart.")
    whole = np.arange(math.prod(x.sides)).reshape(1, *x.sides).transpose(axes)
    sides, order = whole.shape[1:], whole.ravel()
    if (order == np.arange(len(order))).all():
        return x.reshaped(sides)
    call.builder.settle(x)
    call.builder.add(Permute(order.astype(np.float64), as_shape(sides)))
    return call.builder.value(sides)


def shape(call: Call) -> Operand:
    """Shape: always known here, for one picture."""
    operand = call.operands[0]
    if isinstance(operand, Value):
        return np.array([1, *operand.sides])
    return np.array(call.constant(0).shape)


def gather(call: Call) -> Operand:
    """Gather of constants, as exporters compute shapes."""
    indices = call.constant(1).astype(np.int64)
    limit(indices.size * call.constant(0).size)
    return np.take(call.constant(0), indices, axis=int(call.attributes.get("axis", 0)))


def concatenate(call: Call) -> Operand:
    """Concat of constants, as exporters compute shapes."""
    parts = [call.constant(place) for place, _ in enumerate(call.operands)]
    limit(sum(part.size for part in parts))
    return np.concatenate(parts, axis=int(call.attributes["axis"]))
