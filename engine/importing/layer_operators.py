"""Operators that are layers: convolutions, pooling, dense layers, normalisations."""

import math

import numpy as np

from engine.arrays import Array
from engine.errors import ModelError
from engine.importing.call import Call, axes_of
from engine.importing.expressions import Value
from engine.networks.layers import AveragePool, Conv2d, Dense, Padding


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
    if sorted(axis % (len(x.sides) + 1) for axis in axes_of(call)) != every:
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
