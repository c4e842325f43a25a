"""What each ONNX operator means for a network here; every other one is refused by name."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.errors import ModelError
from engine.importing.expressions import Builder, Value, as_shape
from engine.networks.layers import AveragePool, Conv2d, Dense, Padding, Permute

MOST_CONSTANTS = 2**20

Operand = Value | Array | None
Attributes = Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """An operator with its operands and attributes, and the builder that takes its layers."""

    name: str
    operands: tuple[Operand, ...]
    attributes: Attributes
    builder: Builder

    def value(self, place: int = 0) -> Value:
        """Return an operand that depends on the picture; ModelError if it does not."""
        operand = self.operands[place] if place < len(self.operands) else None
        if not isinstance(operand, Value):
            raise ModelError(f"{self.name} reads no picture.")
        return operand

    def constant(self, place: int) -> Array:
        """Return an operand that is a constant; ModelError if it is not."""
        operand = self.operands[place] if place < len(self.operands) else None
        if operand is None or isinstance(operand, Value):
            raise ModelError(f"{self.name} needs a constant where the network computes one.")
        return operand

    def has(self, place: int) -> bool:
        """Tell whether there is such an operand."""
        return place < len(self.operands) and self.operands[place] is not None


def convolution(call: Call) -> Value:
    """Conv, of pictures or of signals."""
    x, weight = call.value(), call.constant(1).astype(np.float64)
    flat = weight.ndim == 3
    if weight.ndim not in {3, 4} or len(x.sides) != weight.ndim - 1:
        raise ModelError(f"A kernel of shape {weight.shape} does not fit a tensor of {x.sides}.")
    weight = weight[:, :, None] if flat else weight
    bias = call.constant(2) if call.has(2) else np.zeros(len(weight))
    dilation = _same(call, "dilations", 1)
    reach = tuple((side - 1) * dilation + 1 for side in weight.shape[2:])
    stride = _same(call, "strides", 1)
    layer = Conv2d(
        weight,
        bias.astype(np.float64),
        stride,
        _padding(call, x, reach, stride),
        dilation,
        int(call.attributes.get("group", 1)),
    )
    return _layer(call, x, layer, flat=flat)


def average_pool(call: Call) -> Value:
    """AveragePool; windows that `ceil_mode` adds count only what is inside the picture."""
    x = call.value()
    kernel = tuple(map(int, call.attributes["kernel_shape"]))
    flat = len(kernel) == 1
    height, width = (1, *kernel) if flat else kernel
    stride = _same(call, "strides", 1)
    padding = _padding(call, x, (height, width), stride)
    counts = int(call.attributes.get("count_include_pad", 0))
    if call.attributes.get("ceil_mode", 0):
        top, left, bottom, right = padding
        more = [
            -(side + begin + end - window) % stride
            for side, begin, end, window in zip(
                x.shape[1:], (top, left), (bottom, right), (height, width), strict=True
            )
        ]
        if counts and any(padding) and any(more):
            raise ModelError("AveragePool with ceil_mode and counted padding is not supported.")
        padding, counts = (top, left, bottom + more[0], right + more[1]), 0
    pool = AveragePool((height, width), stride, padding, counts if any(padding) else 1)
    return _layer(call, x, pool, flat=flat)


def global_average(call: Call) -> Value:
    """GlobalAveragePool: the average of each channel."""
    x = call.value()
    _, height, width = x.shape
    call.builder.settle(x)
    call.builder.add(AveragePool((height, width), 1))
    return call.builder.value((x.sides[0], *(1,) * (len(x.sides) - 1)))


def reduce_mean(call: Call) -> Value:
    """ReduceMean over all places of each channel."""
    x = call.value()
    every = list(range(2, len(x.sides) + 1))
    if sorted(axis % (len(x.sides) + 1) for axis in _axes(call)) != every:
        raise ModelError("ReduceMean runs over all places of a channel only.")
    pooled = global_average(call)
    return pooled if call.attributes.get("keepdims", 1) else pooled.reshaped((x.sides[0],))


def gemm(call: Call) -> Value:
    """Gemm: a dense layer, its weights perhaps transposed and scaled."""
    if call.attributes.get("transA", 0):
        raise ModelError("Gemm with a transposed picture is not supported.")
    weight = call.constant(1).astype(np.float64)
    weight = weight if call.attributes.get("transB", 0) else weight.T
    bias = call.constant(2).astype(np.float64) if call.has(2) else np.zeros(1)
    scaled = weight * float(call.attributes.get("alpha", 1.0))
    shift = np.broadcast_to(bias.ravel() * float(call.attributes.get("beta", 1.0)), (len(weight),))
    return _dense(call, scaled, shift)


def matmul(call: Call) -> Value:
    """MatMul with a constant on the right: a dense layer without bias."""
    weight = call.constant(1).astype(np.float64).T
    return _dense(call, weight, np.zeros(len(weight)))


def batch_normalisation(call: Call) -> Value:
    """BatchNormalization as it answers after training: a gain and a shift a channel."""
    gain, shift, mean, variance = (call.constant(place).astype(np.float64) for place in range(1, 5))
    factor = gain / np.sqrt(variance + float(call.attributes.get("epsilon", 1e-5)))
    column = (1, -1, *(1,) * (len(call.value().sides) - 1))
    scaled = call.value().times(factor.reshape(column))
    return scaled.plus((shift - mean * factor).reshape(column))


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
    axes = _axes(call)
    if not isinstance(call.operands[0], Value):
        return np.squeeze(call.constant(0), tuple(axes) if axes else None)
    x = call.value()
    dropped = {axis % (len(x.sides) + 1) for axis in axes} or {
        axis for axis in range(1, len(x.sides) + 1) if x.sides[axis - 1] == 1
    }
    return x.reshaped(tuple(s for axis, s in enumerate(x.sides, 1) if axis not in dropped))


def unsqueeze(call: Call) -> Operand:
    """Unsqueeze new axes of length 1."""
    axes = _axes(call)
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
    _limit(indices.size * call.constant(0).size)
    return np.take(call.constant(0), indices, axis=int(call.attributes.get("axis", 0)))


def concatenate(call: Call) -> Operand:
    """Concat of constants, as exporters compute shapes."""
    parts = [call.constant(place) for place, _ in enumerate(call.operands)]
    _limit(sum(part.size for part in parts))
    return np.concatenate(parts, axis=int(call.attributes["axis"]))


OPERATORS: dict[str, Callable[[Call], Operand]] = {
    "Add": add,
    "AveragePool": average_pool,
    "BatchNormalization": batch_normalisation,
    "Cast": identity,
    "Concat": concatenate,
    "Conv": convolution,
    "Div": divide,
    "Dropout": identity,
    "Flatten": flatten,
    "Gather": gather,
    "Gemm": gemm,
    "GlobalAveragePool": global_average,
    "Identity": identity,
    "MatMul": matmul,
    "Mul": multiply,
    "Neg": negate,
    "Pow": power,
    "ReduceMean": reduce_mean,
    "Reshape": reshape,
    "Shape": shape,
    "Squeeze": squeeze,
    "Sub": subtract,
    "Transpose": transpose,
    "Unsqueeze": unsqueeze,
}


def _limit(count: int) -> None:
    """Refuse constants that would grow: exporters compute with a handful of numbers."""
    if count > MOST_CONSTANTS:
        raise ModelError(f"{count:,} constants are computed with; up to {MOST_CONSTANTS:,} may be.")


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
    _limit(math.prod(np.broadcast_shapes(x.shape, y.shape)))
    return constants(x, y)


def _layer(call: Call, x: Value, layer: Conv2d | AveragePool, *, flat: bool) -> Value:
    call.builder.settle(x)
    channels, height, width = call.builder.add(layer)
    return call.builder.value((channels, width) if flat else (channels, height, width))


def _dense(call: Call, weight: Array, bias: Array) -> Value:
    x = call.value()
    if weight.ndim != 2 or len(x.sides) != 1:
        raise ModelError(f"A dense layer of {weight.shape} does not fit a tensor of {x.sides}.")
    call.builder.settle(x)
    return call.builder.value(call.builder.add(Dense(weight, bias))[:1])


def _same(call: Call, attribute: str, default: int) -> int:
    numbers = {int(each) for each in call.attributes.get(attribute, (default,))}
    if len(numbers) != 1:
        raise ModelError(f"{call.name} has different {attribute} along its sides: {numbers}.")
    return numbers.pop()


def _padding(call: Call, x: Value, reach: tuple[int, ...], stride: int) -> Padding:
    kind = call.attributes.get("auto_pad", b"NOTSET")
    if kind in {b"SAME_UPPER", b"SAME_LOWER"}:
        pairs = []
        for side, window in zip(x.shape[1:], reach, strict=True):
            whole = max(0, (math.ceil(side / stride) - 1) * stride + window - side)
            small, large = whole // 2, whole - whole // 2
            pairs.append((small, large) if kind == b"SAME_UPPER" else (large, small))
        return pairs[0][0], pairs[1][0], pairs[0][1], pairs[1][1]
    pads = [int(each) for each in call.attributes.get("pads", ())]
    if any(each < 0 for each in pads):
        raise ModelError(f"{call.name} has negative padding: {pads}.")
    if not pads or kind == b"VALID":
        return 0, 0, 0, 0
    if len(pads) == 2:
        return 0, pads[0], 0, pads[1]
    top, left, bottom, right = pads
    return top, left, bottom, right


def _axes(call: Call) -> list[int]:
    axes = call.attributes.get("axes")
    if axes is None and call.has(1):
        axes = call.constant(1).ravel().tolist()
    return [int(axis) for axis in axes or ()]
