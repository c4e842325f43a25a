"""Networks as data: layers, what is known of a trained network, and the clear forward pass.

This is the reference that the encrypted circuit is compared with. A trained network arrives here
with batch normalisation and the coefficients of its polynomial activations already folded into
weights and biases, so the only activation is the square.
"""

from dataclasses import dataclass

import numpy as np

from engine.arrays import Array


@dataclass(frozen=True)
class Conv2d:
    """A convolution without padding: `weight` (out, in, kernel, kernel), `bias` (out,)."""

    weight: Array
    bias: Array
    stride: int

    def forward(self, x: Array) -> Array:
        """Map (batch, in, height, width) to (batch, out, height', width')."""
        kernel = self.weight.shape[-1]
        windows = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), axis=(2, 3))
        windows = windows[:, :, :: self.stride, :: self.stride]
        out: Array = np.einsum("bihwkl,oikl->bohw", windows, self.weight, optimize=True)
        return out + self.bias[:, None, None]


@dataclass(frozen=True)
class Square:
    """The activation x², slot by slot."""

    def forward(self, x: Array) -> Array:
        """Square every value; any shape."""
        return x * x


@dataclass(frozen=True)
class Dense:
    """A linear layer: `weight` (out, in), `bias` (out,). Flattens its input channel first."""

    weight: Array
    bias: Array

    def forward(self, x: Array) -> Array:
        """Map (batch, ...) with `in` values a picture to (batch, out)."""
        return x.reshape(len(x), -1) @ self.weight.T + self.bias


Layer = Conv2d | Square | Dense


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


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network: pictures (batch, 1, 28, 28) in [0, 1] to logits (batch, classes).

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
        return x


def relative_errors(scores: Array, clear: Array) -> Array:
    """Return the largest error of each picture's scores over its largest clear score: (pictures,).

    Both have shape (pictures, classes).
    """
    errors: Array = np.abs(scores - clear).max(axis=1) / np.abs(clear).max(axis=1)
    return errors
