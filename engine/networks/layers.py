"""Networks as data: layers, what is known of a trained network, and the clear forward pass.

This is the reference that the encrypted circuit is compared with. A trained network arrives here
with batch normalisation and the coefficients of its polynomial activations already folded into
weights and biases, so the only activation is the square; a network from elsewhere keeps its own
layers, which `engine.networks.maps` folds.
"""

import math
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array

Shape = tuple[int, int, int]
"""Channels, height, width; a vector of n values is (n, 1, 1), a signal (channels, 1, length)."""

Padding = tuple[int, int, int, int]
"""Rows and columns of zeros around a picture: top, left, bottom, right."""

Steps = int | tuple[int, int]
"""How far windows are apart: the same along both sides, or along height and width."""

MOST_DEGREE = 4
"""Of an activation: two squares, one after the other."""

NO_PADDING: Padding = (0, 0, 0, 0)


@dataclass(frozen=True)
class Conv2d:
    """A convolution: `weight` (out, in / groups, height, width), `bias` (out,)."""

    weight: Array
    bias: Array
    stride: Steps
    padding: Padding = NO_PADDING
    dilation: int = 1
    groups: int = 1

    def forward(self, x: Array) -> Array:
        """Map (batch, in, height, width) to (batch, out, height', width')."""
        windows = _windows(_padded(x, self.padding), self.reach, self.stride)
        windows = windows[..., :: self.dilation, :: self.dilation]
        batch, height, width = len(x), *windows.shape[2:4]
        grouped = windows.reshape(batch, self.groups, -1, *windows.shape[2:])
        weight = self.weight.reshape(self.groups, -1, *self.weight.shape[1:])
        out: Array = np.einsum("bgihwkl,goikl->bgohw", grouped, weight, optimize=True)
        return out.reshape(batch, -1, height, width) + self.bias[:, None, None]

    @property
    def reach(self) -> tuple[int, int]:
        """Return the rows and columns that a window spans."""
        height, width = self.weight.shape[2:]
        return (height - 1) * self.dilation + 1, (width - 1) * self.dilation + 1

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of what it makes of `shape`; ValueError if that cannot be."""
        if shape[0] != self.weight.shape[1] * self.groups or len(self.weight) % self.groups:
            raise ValueError(
                f"a convolution of {self.weight.shape[1] * self.groups} channels in "
                f"{self.groups} groups does not fit {shape[0]} channels"
            )
        return len(self.weight), *_counts(shape, self.reach, self.stride, self.padding)


@dataclass(frozen=True)
class AveragePool:
    """The average of each window of `kernel` (height, width).

    Padding counts as zeros, or, with `counts_padding` 0, not at all.
    """

    kernel: tuple[int, int]
    stride: Steps
    padding: Padding = NO_PADDING
    counts_padding: int = 1

    def forward(self, x: Array) -> Array:
        """Map (batch, channels, height, width) to (batch, channels, height', width')."""
        windows = _windows(_padded(x, self.padding), self.kernel, self.stride)
        averages: Array = windows.sum(axis=(-2, -1)) / self.counts(x.shape[2], x.shape[3])
        return averages

    def counts(self, height: int, width: int) -> Array:
        """Return by how much the sum of each window is divided: (height', width')."""
        ones = np.ones((1, 1, height, width))
        padded = _padded(ones, self.padding)
        if self.counts_padding:
            padded = np.ones_like(padded)
        counts: Array = _windows(padded, self.kernel, self.stride).sum(axis=(-2, -1))[0, 0]
        return np.maximum(counts, 1)

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of what it makes of `shape`; ValueError if that cannot be."""
        return shape[0], *_counts(shape, self.kernel, self.stride, self.padding)


@dataclass(frozen=True)
class Affine:
    """Each channel times its `gain` plus its `shift`: a normalisation, folded when planned."""

    gain: Array
    shift: Array

    def forward(self, x: Array) -> Array:
        """Keep the shape (batch, channels, ...)."""
        column = (-1, *(1,) * (x.ndim - 2))
        return x * self.gain.reshape(column) + self.shift.reshape(column)

    def output_shape(self, shape: Shape) -> Shape:
        """Return `shape`; ValueError if it has other channels."""
        if not len(self.gain) == len(self.shift) == shape[0]:
            raise ValueError(f"{len(self.gain)} gains do not fit {shape[0]} channels")
        return shape


@dataclass(frozen=True)
class Reshape:
    """The same values in the same order under another shape."""

    shape: Shape

    def forward(self, x: Array) -> Array:
        """Map (batch, ...) to (batch, *shape)."""
        return x.reshape(len(x), *self.shape)

    def output_shape(self, shape: Shape) -> Shape:
        """Return the new shape; ValueError if it has other values."""
        if math.prod(shape) != math.prod(self.shape) or len(self.shape) != 3:
            raise ValueError(f"{shape} cannot be read as {self.shape}")
        return self.shape


@dataclass(frozen=True)
class Permute:
    """The same values in another order: value i is value `order`[i] of the input, flat."""

    order: Array
    shape: Shape

    def forward(self, x: Array) -> Array:
        """Map (batch, ...) to (batch, *shape)."""
        return x.reshape(len(x), -1)[:, self.order.astype(np.int64)].reshape(len(x), *self.shape)

    def output_shape(self, shape: Shape) -> Shape:
        """Return the new shape; ValueError unless every value of `shape` is in it once."""
        count = math.prod(shape)
        if len(self.shape) != 3 or math.prod(self.shape) != count:
            raise ValueError(f"{shape} cannot be put in order as {self.shape}")
        if self.order.shape != (count,) or (np.sort(self.order) != np.arange(count)).any():
            raise ValueError(f"an order of {len(self.order)} values is none of {count}")
        return self.shape


@dataclass(frozen=True)
class Square:
    """The activation x², slot by slot."""

    def forward(self, x: Array) -> Array:
        """Square every value; any shape."""
        return x * x

    def output_shape(self, shape: Shape) -> Shape:
        """Return `shape`."""
        return shape


@dataclass(frozen=True)
class Polynomial:
    """An activation of degree 2 to 4: `coefficients` (degree + 1, channels), the constant first.

    `size` (channels,) is about how large each channel of its input is: the circuit divides by it,
    since the noise of CKKS is the same for all.
    """

    coefficients: Array
    size: Array

    def forward(self, x: Array) -> Array:
        """Keep the shape (batch, channels, ...)."""
        column = (-1, *(1,) * (x.ndim - 2))
        *others, highest = self.coefficients
        y = np.broadcast_to(highest.reshape(column), x.shape)
        for each in reversed(others):
            y = y * x + each.reshape(column)
        return y

    def output_shape(self, shape: Shape) -> Shape:
        """Return `shape`; ValueError if it has other channels or cannot be computed."""
        degree = len(self.coefficients) - 1
        if self.coefficients.shape != (degree + 1, shape[0]) or self.size.shape != (shape[0],):
            raise ValueError(f"an activation's coefficients do not fit {shape[0]} channels")
        if not 2 <= degree <= MOST_DEGREE:
            raise ValueError(f"an activation of degree {degree} is not one of 2 to {MOST_DEGREE}")
        if not self.coefficients[-1].all() or not (self.size > 0).all():
            raise ValueError(f"an activation of degree {degree} is of lower degree in a channel")
        return shape


@dataclass(frozen=True)
class Dense:
    """A linear layer: `weight` (out, in), `bias` (out,). Flattens its input channel first."""

    weight: Array
    bias: Array

    def forward(self, x: Array) -> Array:
        """Map (batch, ...) with `in` values a picture to (batch, out)."""
        return x.reshape(len(x), -1) @ self.weight.T + self.bias

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape of what it makes of `shape`; ValueError if that cannot be."""
        if self.weight.shape[1] != math.prod(shape):
            raise ValueError(
                f"a dense layer of {self.weight.shape[1]} inputs does not fit {math.prod(shape)}"
            )
        return len(self.weight), 1, 1


Activation = Square | Polynomial
Layer = Conv2d | AveragePool | Affine | Reshape | Permute | Dense | Activation


def _padded(x: Array, padding: Padding) -> Array:
    top, left, bottom, right = padding
    return np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right))) if any(padding) else x


def pair(steps: Steps) -> tuple[int, int]:
    """Return the steps along height and width."""
    return (steps, steps) if isinstance(steps, int) else steps


def _windows(x: Array, reach: tuple[int, int], stride: Steps) -> Array:
    windows = np.lib.stride_tricks.sliding_window_view(x, reach, axis=(2, 3))
    down, across = pair(stride)
    return windows[:, :, ::down, ::across]


def _counts(
    shape: Shape, reach: tuple[int, int], stride: Steps, padding: Padding
) -> tuple[int, int]:
    """Return how many windows fit along each side."""
    top, left, bottom, right = padding
    down, across = pair(stride)
    height, width = shape[1] + top + bottom - reach[0], shape[2] + left + right - reach[1]
    if height < 0 or width < 0 or min(down, across, *reach) < 1:
        raise ValueError(
            f"a window of {reach[0]}x{reach[1]} does not fit {shape[1]}x{shape[2]} values"
        )
    return height // down + 1, width // across + 1


@dataclass(frozen=True)
class ModelCard:
    """What a model is and how it was made; stored in the model file.

    `clear_accuracy` is a percentage of `test_pictures` pictures; `largest_logit` and
    `largest_activation` are the largest absolute values met on them, which the encryption
    parameters must leave room for. Scores over `temperature` give calibrated probabilities.
    """

    dataset: str
    architecture: str
    classes: tuple[str, ...]
    clear_accuracy: float
    test_pictures: int
    largest_logit: float
    largest_activation: float
    training: str
    temperature: float = 1.0
    input_shape: Shape = (1, 28, 28)


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network: pictures (batch, *input_shape) in [0, 1] to logits (batch, classes).

    Compared by identity, so that what is planned for it can be kept.
    """

    name: str
    layers: tuple[Layer, ...]
    card: ModelCard

    def forward(self, pictures: Array) -> Array:
        """Return the logits, shape (batch, classes)."""
        x = np.asarray(pictures, dtype=np.float64)
        for layer in self.layers:
            x = layer.forward(x)
        return x.reshape(len(x), -1)


def relative_errors(scores: Array, clear: Array) -> Array:
    """Return the largest error of each picture's scores over its largest clear score: (pictures,).

    Both have shape (pictures, classes).
    """
    errors: Array = np.abs(scores - clear).max(axis=1) / np.abs(clear).max(axis=1)
    return errors
