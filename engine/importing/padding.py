"""Zeros around a picture: an operator's own, and those that a Pad leaves for what reads it next."""

import math

from engine.errors import ModelError
from engine.importing.call import Call, axes_of
from engine.importing.values import Value
from engine.networks.layers import Padding, Shape

MOST_PADDING = 64
"""Rows or columns at an edge; as many as the side is long may be more."""


def pad(call: Call) -> Value:
    """Pad with zeros, which wait for the Conv or AveragePool that reads them."""
    x, before = call.padded()
    pads = call.attributes.get("pads")
    pads = [int(each) for each in (call.constant(1).ravel() if pads is None else pads)]
    axes = axes_of(call, 3) or list(range(len(x.sides) + 1))
    if len(pads) != 2 * len(axes):
        raise ModelError(f"{len(pads)} numbers are no padding of {len(axes)} axes.")
    if any(pads):
        _check_zeros(call)
    pairs = [(0, 0), *before]
    for axis, begin, end in zip(axes, pads, pads[len(axes) :], strict=False):
        pairs[axis] = pairs[axis][0] + begin, pairs[axis][1] + end
        _check(begin, end, *pairs[axis], side=(1, *x.sides)[axis])
    if any(pairs[0]):
        raise ModelError(f"Padding of {pads} adds pictures.")
    return x.padded(pairs[1:])


def waiting(call: Call) -> tuple[Value, Padding]:
    """Return what an operator with windows reads, and the zeros that a Pad left around it."""
    x, pairs = call.padded()
    if any(pairs[0]):
        raise ModelError("Padding adds channels; only places can be added.")
    (top, bottom), (left, right) = ((0, 0), (0, 0), *pairs[1:])[-2:]
    return x, (top, left, bottom, right)


def own_padding(
    call: Call, places: tuple[int, int], reach: tuple[int, int], strides: tuple[int, int]
) -> Padding:
    """Return the padding that a Conv or a pool of `places` (height, width) has by itself."""
    kind = call.attributes.get("auto_pad", b"NOTSET")
    if kind in {b"SAME_UPPER", b"SAME_LOWER"}:
        pairs = []
        for side, window, stride in zip(places, reach, strides, strict=True):
            whole = max(0, (math.ceil(side / stride) - 1) * stride + window - side)
            small, large = whole // 2, whole - whole // 2
            pairs.append((small, large) if kind == b"SAME_UPPER" else (large, small))
        return pairs[0][0], pairs[1][0], pairs[0][1], pairs[1][1]
    pads = [int(each) for each in call.attributes.get("pads", ())]
    if not pads or kind == b"VALID":
        return 0, 0, 0, 0
    if len(pads) == 2:
        return 0, pads[0], 0, pads[1]
    top, left, bottom, right = pads
    return top, left, bottom, right


def added(first: Padding, second: Padding, shape: Shape) -> Padding:
    """Return both paddings of `shape` together; ModelError if they cut or are out of proportion."""
    top, left, bottom, right = (one + other for one, other in zip(first, second, strict=True))
    _check(second[0], second[2], top, bottom, side=shape[1])
    _check(second[1], second[3], left, right, side=shape[2])
    return top, left, bottom, right


def places_of(shape: Shape, padding: Padding) -> tuple[int, int]:
    """Return height and width with the padding."""
    top, left, bottom, right = padding
    return shape[1] + top + bottom, shape[2] + left + right


def _check_zeros(call: Call) -> None:
    mode = call.attributes.get("mode", b"constant")
    fill = call.constant(2).ravel()[0] if call.has(2) else call.attributes.get("value", 0.0)
    if mode != b"constant" or fill:
        kind = f"with {fill}" if mode == b"constant" else f"of the kind {mode.decode()}"
        raise ModelError(f"Padding {kind} is not supported; padding with zeros is.")


def _check(*pads: int, side: int) -> None:
    if min(pads) < 0:
        raise ModelError(f"Negative padding is not supported: {min(pads)}.")
    if max(pads) > max(MOST_PADDING, side):
        raise ModelError(f"Padding by {max(pads):,} is too much for a side of {side}.")
