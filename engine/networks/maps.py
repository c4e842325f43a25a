"""A network as the circuit sees it: sparse linear maps with a square of every value between them.

Whatever stands between two activations becomes one map: convolutions, pooling, normalisations,
dense layers, and what makes squares of polynomials (`engine.networks.squares`).
"""

import dataclasses
import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import Array
from engine.networks.layers import (
    Affine,
    AveragePool,
    Conv2d,
    Dense,
    Network,
    Padding,
    Permute,
    Polynomial,
    Reshape,
    Shape,
    Square,
    pair,
)
from engine.networks.squares import Mix, mixes, scaling

IntArray = npt.NDArray[np.int64]

MOST_WEIGHTS = 2**25
"""A map of more entries takes more memory than planning may."""

CACHED_SUMS = 1 << 18


@dataclass(frozen=True, eq=False)
class LinearMap:
    """y[`outputs`] += `weights` * x[`inputs`], entry by entry, plus `bias` (values out,).

    Values are counted channel by channel, row by row. `stride` is how far windows of neighbouring
    outputs are apart, at least; `kind` names the most telling of the layers it was made of.
    """

    shape_in: Shape
    shape_out: Shape
    outputs: IntArray
    inputs: IntArray
    weights: Array
    bias: Array
    stride: int
    kind: str

    @functools.cached_property
    def channel_pairs(self) -> IntArray:
        """Return which channels of the input meet which of the output, (pairs, 2)."""
        inputs, outputs = self.inputs // self._area(0), self.outputs // self._area(1)
        return _pairs(inputs, outputs, self.shape_in[0], self.shape_out[0])

    @functools.cached_property
    def place_pairs(self) -> IntArray:
        """Return which places in a channel of the input meet which of the output, (pairs, 2)."""
        inputs, outputs = self.inputs % self._area(0), self.outputs % self._area(1)
        return _pairs(inputs, outputs, self._area(0), self._area(1))

    def _area(self, side: int) -> int:
        _, height, width = (self.shape_in, self.shape_out)[side]
        return height * width

    def apply(self, x: Array) -> Array:
        """Map (values in,) to (values out,)."""
        products = self.weights * x[self.inputs]
        return np.bincount(self.outputs, products, minlength=len(self.bias)) + self.bias

    def then(self, other: "LinearMap") -> "LinearMap":
        """Return the map that does this one and then `other`."""
        outputs, inputs, weights = _product(self, other)
        shifted = np.bincount(
            other.outputs, other.weights * self.bias[other.inputs], minlength=len(other.bias)
        )
        kinds = self.kind, other.kind
        return LinearMap(
            self.shape_in,
            other.shape_out,
            outputs,
            inputs,
            weights,
            shifted + other.bias,
            self.stride * other.stride,
            next((kind for kind in ("conv", "dense") if kind in kinds), other.kind),
        )


def _product(first: LinearMap, second: LinearMap) -> tuple[IntArray, IntArray, Array]:
    """Return the outputs, inputs and weights of the map that does one and then the other."""
    if _is_scaling(second):
        factor, target = np.zeros(len(first.bias)), np.zeros(len(first.bias), dtype=np.int64)
        factor[second.inputs], target[second.inputs] = second.weights, second.outputs
        return target[first.outputs], first.inputs, first.weights * factor[first.outputs]
    ended, begun = _in_order(first.outputs), _in_order(second.outputs)
    begin = np.searchsorted(first.outputs[ended], np.arange(len(first.bias) + 1))
    counts = np.diff(begin)[second.inputs]
    if counts.sum() > MOST_WEIGHTS:
        raise ValueError(f"two linear layers make {counts.sum():,} weights together")
    width = math.prod(first.shape_in)
    rows = max(1, CACHED_SUMS // width)
    firsts = np.arange(0, len(second.bias), rows)  # of as many rows as the cache holds
    groups = np.split(begun, np.searchsorted(second.outputs[begun], firsts[1:]))
    found: list[tuple[IntArray, IntArray, Array]] = []
    for row, group in zip(firsts.tolist(), groups, strict=True):
        # Entry by entry of `second`: all entries of `first` that end where it begins.
        count = counts[group]
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        entries = ended[np.repeat(begin[second.inputs[group]], count) + offset]
        products = np.repeat(second.weights[group], count) * first.weights[entries]
        places = np.repeat((second.outputs[group] - row) * width, count) + first.inputs[entries]
        sums = np.bincount(places, products, rows * width).astype(float, copy=False)
        is_there = np.zeros(rows * width, dtype=bool)
        is_there[places] = True
        there = np.flatnonzero(is_there)
        found.append((there // width + row, there % width, sums[there]))
    outputs, inputs, weights = zip(*found, strict=True)
    return np.concatenate(outputs), np.concatenate(inputs), np.concatenate(weights)


def _is_scaling(linear: LinearMap) -> bool:
    """Tell whether every value of the input gives one of the output, each another."""
    values = math.prod(linear.shape_in)
    return len(linear.weights) == len(linear.bias) == values and all(
        np.bincount(each, minlength=values).max() == 1 for each in (linear.inputs, linear.outputs)
    )


def _in_order(values: IntArray) -> IntArray:
    """Return what sorts values; equal ones stay in order."""
    short = np.min_scalar_type(int(values.max(initial=0)))  # up to 16 bits sort in linear time
    return np.argsort(values.astype(short), kind="stable")


def _pairs(first: IntArray, second: IntArray, firsts: int, seconds: int) -> IntArray:
    seen = np.zeros(firsts * seconds, dtype=bool)
    seen[first * seconds + second] = True
    return np.stack(np.divmod(np.flatnonzero(seen), seconds), axis=1)


@functools.lru_cache(maxsize=4)
def linear_maps(network: Network) -> tuple[LinearMap, ...]:
    """Return the maps of a network; every one but the last is followed by a square.

    Raises ValueError where layers do not fit one another, or if an activation comes last.
    """
    return tuple(_maps(network))


def _maps(network: Network) -> Iterator[LinearMap]:
    shape = network.card.input_shape
    current: LinearMap | None = None
    for layer in network.layers:
        following = layer.output_shape(shape)
        if isinstance(layer, Square):
            yield current or _mixed(scaling(np.ones(shape[0]), np.zeros(shape[0])), shape)
            current = None
        elif isinstance(layer, Polynomial):
            *before, last = mixes(layer)
            for mix in before:
                yield _then(current, _mixed(mix, shape))
                current = None
            current = _mixed(last, shape)
        elif isinstance(layer, Reshape):
            current = current and dataclasses.replace(current, shape_out=following)
        elif isinstance(layer, Affine):
            current = _then(current, _mixed(scaling(layer.gain, layer.shift), shape))
        else:
            current = _then(current, _map(layer, shape, following))
        shape = following
    if current is None:
        raise ValueError("it ends with an activation" if network.layers else "it has no layers")
    yield current


def _then(first: LinearMap | None, second: LinearMap) -> LinearMap:
    return second if first is None else first.then(second)


def _mixed(mix: Mix, shape: Shape) -> LinearMap:
    """Return a mix of values as a map; value j of channel c is channel j * channels + c."""
    channels, height, width = shape
    area = height * width
    results, values, _ = mix.gain.shape
    to, source, channel = np.nonzero(mix.gain)
    place = np.arange(area)
    return LinearMap(
        (values * channels, height, width),
        (results * channels, height, width),
        (((to * channels + channel) * area)[:, None] + place).ravel(),
        (((source * channels + channel) * area)[:, None] + place).ravel(),
        np.repeat(mix.gain[to, source, channel], area),
        np.repeat(mix.shift.ravel(), area),
        1,
        "scale",
    )


def _map(
    layer: Conv2d | AveragePool | Permute | Dense, shape: Shape, following: Shape
) -> LinearMap:
    if isinstance(layer, Permute):
        count = len(layer.order)
        order, ones = layer.order.astype(np.int64), np.ones(count)
        places, zeros = np.arange(count), np.zeros(count)
        return LinearMap(shape, following, places, order, ones, zeros, 1, "scale")
    if isinstance(layer, Dense):
        outputs, inputs = np.nonzero(layer.weight)
        weights = layer.weight[outputs, inputs]
        return LinearMap(shape, following, outputs, inputs, weights, layer.bias, 1, "dense")
    if isinstance(layer, AveragePool):
        ones = np.ones((shape[0], 1, *layer.kernel))
        pool = Conv2d(ones, np.zeros(shape[0]), layer.stride, layer.padding, 1, shape[0])
        sums = _convolution(pool, shape, following, "pool")
        counts = np.tile(layer.counts(*shape[1:]).ravel(), shape[0])
        return dataclasses.replace(sums, weights=sums.weights / counts[sums.outputs])
    return _convolution(layer, shape, following, "conv")


def _convolution(layer: Conv2d, shape: Shape, following: Shape, kind: str) -> LinearMap:
    outputs, inputs, height, width = layer.weight.shape
    rows = _reached(height, following[1], layer, shape[1], axis=0)
    columns = _reached(width, following[2], layer, shape[2], axis=1)
    out, each, *_ = np.ix_(*map(np.arange, (outputs, inputs, height, width, *following[1:])))
    channel = out // (outputs // layer.groups) * inputs + each
    row, column = rows[:, None, :, None], columns[None, :, None, :]
    y, x = np.arange(following[1])[:, None], np.arange(following[2])
    grid = (outputs, inputs, height, width, *following[1:])
    if math.prod(grid) > MOST_WEIGHTS:
        raise ValueError(f"a convolution has {math.prod(grid):,} weights in all of its windows")
    to = np.broadcast_to((out * following[1] + y) * following[2] + x, grid)
    source = np.broadcast_to((channel * shape[1] + row) * shape[2] + column, grid)
    weight = np.broadcast_to(layer.weight[..., None, None], grid)
    used = np.broadcast_to((row >= 0) & (column >= 0), grid) & (weight != 0)
    bias = np.repeat(layer.bias, following[1] * following[2])
    return LinearMap(
        shape, following, to[used], source[used], weight[used], bias, min(pair(layer.stride)), kind
    )


def _reached(kernel: int, count: int, layer: Conv2d, side: int, *, axis: int) -> IntArray:
    """Return the row or column that each place of the kernel meets in each window, -1 outside."""
    padding: Padding = layer.padding
    places = (
        np.arange(kernel)[:, None] * layer.dilation + np.arange(count) * pair(layer.stride)[axis]
    )
    places -= padding[axis]
    return np.where((places >= 0) & (places < side), places, -1)
