"""Operators that are layers: convolutions, pooling, dense layers, normalisations."""

import math

import numpy as np

from engine.arrays import Array
from engine.errors import ModelError
from engine.importing.call import Call, axes_of
from engine.importing.input_order import as_shape
from engine.importing.padding import added, own_padding, places_of, waiting
from engine.importing.values import Value
from engine.networks.layers import AveragePool, Conv2d, Dense, Steps
from engine.networks.maps import MOST_WEIGHTS


def convolution(call: Call) -> Value:
    """Conv, of pictures or of signals."""
    (x, pending), weight = waiting(call), call.constant(1).astype(np.float64)
    flat = weight.ndim == 3
    if weight.ndim not in {3, 4} or len(x.sides) != weight.ndim - 1:
        raise ModelError(f"A kernel of shape {weight.shape} does not fit a tensor of {x.sides}.")
    weight = weight[:, :, None] if flat else weight
    bias = call.constant(2) if call.has(2) else np.zeros(len(weight))
    dilations = _pair(call, "dilations")
    height, width = weight.shape[2:]
    reach = (height - 1) * dilations[0] + 1, (width - 1) * dilations[1] + 1
    strides = _pair(call, "strides")
    padding = added(
        pending, own_padding(call, places_of(x.shape, pending), reach, strides), x.shape
    )
    places = places_of(x.shape, padding)
    dilation = _steps(dilations, (height > 1, width > 1))
    if not isinstance(dilation, int):
        weight, dilation = _spread(weight, dilation, reach, places), 1
    layer = Conv2d(
        weight,
        bias.astype(np.float64),
        _stride(strides, reach, places),
        padding,
        dilation,
        int(call.attributes.get("group", 1)),
    )
    return _layer(call, x, layer, flat=flat)


def average_pool(call: Call) -> Value:
    """AveragePool; windows that `ceil_mode` adds count only what is inside the picture."""
    x, pending = waiting(call)
    kernel = tuple(map(int, call.attributes["kernel_shape"]))
    flat = len(kernel) == 1
    height, width = (1, *kernel) if flat else kernel
    if _steps(_pair(call, "dilations"), (height > 1, width > 1)) != 1:
        raise ModelError("Dilated windows are not supported.")
    strides = _pair(call, "strides")
    own = own_padding(call, places_of(x.shape, pending), (height, width), strides)
    padding = added(pending, own, x.shape)
    counts = int(call.attributes.get("count_include_pad", 0))
    if any(pending):
        if any(own) and not counts:
            raise ModelError("Padding that counts around padding that does not is not supported.")
        counts = 1
    places = places_of(x.shape, padding)
    stride = _stride(strides, (height, width), places)
    if call.attributes.get("ceil_mode", 0):
        top, left, bottom, right = padding
        down, across = -(places[0] - height) % strides[0], -(places[1] - width) % strides[1]
        if down or across:
            if counts and any(padding):
                raise ModelError("AveragePool with ceil_mode and counted padding is not supported.")
            padding, counts = (top, left, bottom + down, right + across), 0
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
    """ReduceMean over places of each channel, all or those along one side."""
    return _reduced(call)[0]


def reduce_sum(call: Call) -> Value:
    """ReduceSum over places of each channel: so many times their average."""
    average, count = _reduced(call)
    return average.times(np.array(count))


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
    """MatMul with a constant on the right: a dense layer without bias, perhaps at each place."""
    x, weight = call.value(), call.constant(1).astype(np.float64).T
    bias = np.zeros(len(weight))
    if len(x.sides) == 1 or weight.shape[1:] != x.sides[-1:]:
        return _dense(call, weight, bias)
    last = len(x.sides) - 1
    call.builder.settle(x.transposed([last, *range(last)]))
    call.builder.add(Conv2d(weight[:, :, None, None], bias, 1))
    return call.builder.value((len(weight), *x.sides[:-1])).transposed([*range(1, last + 1), 0])


def batch_normalisation(call: Call) -> Value:
    """BatchNormalization as it answers after training: a gain and a shift a channel."""
    gain, shift, mean, variance = (call.constant(place).astype(np.float64) for place in range(1, 5))
    factor = gain / np.sqrt(variance + float(call.attributes.get("epsilon", 1e-5)))
    column = (1, -1, *(1,) * (len(call.value().sides) - 1))
    scaled = call.value().times(factor.reshape(column))
    return scaled.plus((shift - mean * factor).reshape(column))


def _reduced(call: Call) -> tuple[Value, int]:
    """Return the averages along the axes of an operator, and of how many values each is.

    The channels are the first axis or, where that is one of those, the last.
    """
    x = call.value()
    axes = {axis % (len(x.sides) + 1) - 1 for axis in axes_of(call)}
    rest = [axis for axis in range(len(x.sides)) if axis not in axes]
    if not axes or -1 in axes or not rest:
        raise ModelError("Only the places of a channel can be taken together.")
    channels = rest[0] if rest[0] == 0 else rest[-1]
    order = [channels, *(axis for axis in range(len(x.sides)) if axis != channels)]
    settled = call.builder.settle(x.transposed(order))
    windows = [x.sides[axis] if axis in axes else 1 for axis in order]
    call.builder.add(AveragePool(as_shape(tuple(windows))[1:], 1))
    kept = (side // window for side, window in zip(settled.sides, windows, strict=True))
    average = call.builder.value(tuple(kept)).transposed(np.argsort(order).tolist())
    if not call.attributes.get("keepdims", 1):
        average = average.reshaped(tuple(x.sides[axis] for axis in rest))
    return average, math.prod(windows)


def _layer(call: Call, x: Value, layer: Conv2d | AveragePool, *, flat: bool) -> Value:
    call.builder.settle(x)
    channels, height, width = call.builder.add(layer)
    return call.builder.value((channels, width) if flat else (channels, height, width))


def _dense(call: Call, weight: Array, bias: Array) -> Value:
    x = call.value()
    if weight.ndim != 2 or weight.shape[1:] != x.sides:
        raise ModelError(f"A dense layer of {weight.shape} does not fit a tensor of {x.sides}.")
    x = call.builder.computed(x)
    columns = np.empty_like(weight)
    columns[:, x.order] = weight
    return call.builder.value(call.builder.add(Dense(columns, bias))[:1])


def _pair(call: Call, attribute: str) -> tuple[int, int]:
    """Return an attribute along height and width; a signal has it along its width only."""
    numbers = [1, *(int(each) for each in call.attributes.get(attribute, (1, 1)))]
    return numbers[-2], numbers[-1]


def _spread(
    weight: Array, dilations: tuple[int, int], reach: tuple[int, int], places: tuple[int, int]
) -> Array:
    """Return a kernel with zeros between its values, which has no dilation of its own."""
    size = math.prod(weight.shape[:2]) * math.prod(reach)
    if size > MOST_WEIGHTS or reach[0] > places[0] or reach[1] > places[1]:
        raise ModelError(f"Windows of {reach} are too large for {places} places.")
    spread = np.zeros((*weight.shape[:2], *reach))
    spread[:, :, :: dilations[0], :: dilations[1]] = weight
    return spread


def _stride(strides: tuple[int, int], reach: tuple[int, int], places: tuple[int, int]) -> Steps:
    """Return the strides; along a side that one window fills there may be any."""
    return _steps(strides, (places[0] > reach[0], places[1] > reach[1]))


def _steps(numbers: tuple[int, int], matters: tuple[bool, bool]) -> Steps:
    """Return numbers along height and width, or one if they are the same or only one matters."""
    first, second = numbers
    if first != second and all(matters):
        return numbers
    return first if matters[0] else second
