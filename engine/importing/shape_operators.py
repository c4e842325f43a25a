"""Operators that change or compute shapes; the batch stays the first axis."""

import math

import numpy as np

from engine.arrays import Array
from engine.errors import ModelError
from engine.importing.call import Call, axes_of
from engine.importing.values import Value


def flatten(call: Call) -> Value:
    """Flatten from the first axis on."""
    x = call.value()
    if int(call.attributes.get("axis", 1)) not in {1, -len(x.sides)}:
        raise ModelError("Flatten must keep the batch apart.")
    return x.reshaped((math.prod(x.sides),))


def reshape(call: Call) -> Value:
    """Reshape to constant sides, of which one may be -1; the batch stays the first."""
    wanted = [int(side) for side in call.constant(1).ravel()]
    x, batch = call.value(), call.builder.batch
    sides = [(batch, *x.sides)[place] if side == 0 else side for place, side in enumerate(wanted)]
    total = batch * math.prod(x.sides)
    known = -math.prod(sides)
    if sides.count(-1) == 1 and known > 0 and total % known == 0:
        sides[sides.index(-1)] = total // known
    if len(sides) < 2 or sides[0] != batch:
        raise ModelError(f"A reshape to {wanted} does not keep the batch apart.")
    return x.reshaped(tuple(sides[1:]))


def squeeze(call: Call) -> Value:
    """Squeeze axes of length 1."""
    axes = axes_of(call)
    x = call.value()
    dropped = {axis % (len(x.sides) + 1) for axis in axes} or {
        axis for axis in range(1, len(x.sides) + 1) if x.sides[axis - 1] == 1
    }
    return x.reshaped(tuple(s for axis, s in enumerate(x.sides, 1) if axis not in dropped))


def unsqueeze(call: Call) -> Value:
    """Unsqueeze new axes of length 1."""
    axes = axes_of(call)
    x, padding = call.padded()
    sides, pairs = list(x.sides), list(padding)
    for axis in sorted(axis % (len(x.sides) + 1 + len(axes)) for axis in axes):
        sides.insert(axis - 1, 1)
        pairs.insert(axis - 1, (0, 0))
    return x.reshaped(tuple(sides)).padded(pairs)


def transpose(call: Call) -> Value:
    """Transpose of anything but the batch, as networks with channels last have it."""
    axes = [int(axis) for axis in call.attributes.get("perm", ())]
    x, padding = call.padded()
    if sorted(axes) != list(range(len(x.sides) + 1)) or axes[0] != 0:
        raise ModelError(f"A transpose to {axes} does not keep the batch apart.")
    order = [axis - 1 for axis in axes[1:]]
    return x.transposed(order).padded([padding[axis] for axis in order])


def shape(call: Call) -> Array:
    """Shape, or the part of it from `start` to `end`: always known here."""
    x, padding = call.padded()
    padded = (side + begin + end for side, (begin, end) in zip(x.sides, padding, strict=True))
    sides = np.array([call.builder.batch, *padded])
    return sides[call.attributes.get("start") : call.attributes.get("end")]
