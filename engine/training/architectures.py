"""The networks as torch trains them: linear layers with a square, however prepared, between them.

A batch normalisation with its own gain and shift followed by x² is a general quadratic
a·x² + b·x + c once the next layer's bias is counted, so no coefficients are learned besides.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor, nn

from engine.networks.architecture import Architecture, ConvSpec, DenseSpec, Spec, Specs
from engine.networks.layers import Shape


@dataclass(frozen=True)
class Noise:
    """How much the input of a square is disturbed in training, in parts of its channel's size.

    `each` value by itself, as CKKS will do: measured on MNIST's network 1, the scores are then 20
    to 30 times less sensitive to noise before and after its first square, at no loss of accuracy.
    And a `common` amount for all values of a convolution's channel, as the rounding of its mask
    does: measured on Fashion-MNIST's network 1, 5% divide the error of the scores by 30.
    """

    each: float = 0.03
    common: float = 0.0


NOISE = Noise()


class Activation(StrEnum):
    """What stands between two linear layers; folded, each is a square of a linear layer.

    SQUARE is x² of the layer itself, as in CryptoNets (Gilad-Bachrach et al., 2016). Before the
    others comes batch normalisation: LEARNED then has a gain and a shift to learn, RELU_FIT those
    of the quadratic that is nearest to ReLU.
    """

    SQUARE = "square"
    LEARNED = "learned quadratic"
    RELU_FIT = "quadratic fitted to ReLU"


# Gain and shift, at first or for good. Learned: (0.7 z + 0.7)² = z²/2 + z + 1/2, since a shift of
# zero would hide the sign of z. Fitted: a z² + z/2 + c with a = 1 / sqrt(8 pi), from the Hermite
# expansion of ReLU, is the least-squares fit over a normal distribution of deviation 1.
_FITTED = 1 / math.sqrt(8 * math.pi)
_GAIN_AND_SHIFT = {
    Activation.LEARNED: (0.7, 0.7),
    Activation.RELU_FIT: (math.sqrt(_FITTED), 0.25 / math.sqrt(_FITTED)),
}


def network1(width: int = 64, classes: int = 10) -> Specs:
    """Return network 1: one convolution, a dense layer of `width`, and the scores."""
    return (ConvSpec(channels=4, kernel=7, stride=3), DenseSpec(width), DenseSpec(classes))


def network2(width: int = 64) -> Specs:
    """Return network 2: two convolutions with a pool, a dense layer of `width`, and the scores."""
    return (
        ConvSpec(channels=8, kernel=5, stride=2),
        ConvSpec(channels=16, kernel=3, stride=1, pool=2),
        DenseSpec(width),
        DenseSpec(10),
    )


class Square(nn.Module):
    """x², remembering its input so that the loss can keep it small.

    In training its input is disturbed by `noise`: without that a channel may end as a nearly linear
    (1 + small)², whose signal drowns.
    """

    def __init__(self, noise: Noise = NOISE) -> None:
        super().__init__()
        self.noise = noise
        self.input = torch.zeros(0)

    def forward(self, x: Tensor) -> Tensor:
        """Square every value; any shape."""
        self.input = x
        if self.training:
            size = x.detach().square().mean(dim=(0, *range(2, x.ndim)), keepdim=True).sqrt()
            disturbed = x + self.noise.each * size * torch.randn_like(x)
            if self.noise.common and x.ndim == 4:
                amount = torch.randn((*x.shape[:2], 1, 1))
                disturbed = disturbed + self.noise.common * size * amount
            x = disturbed
        return x * x


def colour(width: int = 128) -> Specs:
    """Return a network for colour photos: two convolutions with a pool, two dense layers."""
    return (
        ConvSpec(channels=32, kernel=5, stride=2),
        ConvSpec(channels=64, kernel=3, stride=1, pool=2),
        DenseSpec(width),
        DenseSpec(10),
    )


class Normalise(nn.Module):
    """Each channel of a picture times `gain` plus `shift`, as a network was fed before."""

    def __init__(self, gain: Tensor, shift: Tensor) -> None:
        super().__init__()
        self.gain, self.shift = gain, shift

    def forward(self, x: Tensor) -> Tensor:
        """Keep the shape (n, channels, height, width)."""
        return x * self.gain[:, None, None] + self.shift[:, None, None]


class Power(nn.Module):
    """A polynomial of degree 3 or 4 with coefficients of its own for each channel, learned.

    It reads normalised values, and remembers them so that the loss can keep them small.
    """

    def __init__(self, degree: int, channels: int, noise: Noise) -> None:
        super().__init__()
        first = torch.tensor((0.2, 0.5, 0.3, 0.02, 0.01)[: degree + 1])
        self.coefficients = nn.Parameter(first[:, None].repeat(1, channels))
        self.noise = noise
        self.input = torch.zeros(0)

    def forward(self, x: Tensor) -> Tensor:
        """Map every value; any shape (n, channels, ...)."""
        self.input = x
        if self.training:
            x = x + self.noise.each * torch.randn_like(x)
        column = (-1, *(1,) * (x.ndim - 2))
        y = torch.zeros_like(x)
        for each in reversed(self.coefficients):
            y = y * x + each.view(column)
        return y


def build(
    specs: Specs,
    shape: Shape = (1, 28, 28),
    noise: Noise = NOISE,
    activation: Activation = Activation.LEARNED,
    dropout: float = 0.0,
) -> nn.Sequential:
    """Return the untrained network for pictures of `shape`: an activation after all but the last.

    `activation` says how those of degree 2 are made. So many of the values that enter a dense layer
    after a convolution are dropped in training.
    """
    layers: list[nn.Module] = []
    shapes = (shape, *Architecture(shape, specs).shapes())
    for place, spec in enumerate(specs):
        before, after = shapes[place : place + 2]
        if isinstance(spec, ConvSpec):
            layers.append(
                nn.Conv2d(before[0], spec.channels, spec.kernel, spec.stride, spec.padding)
            )
            if spec.pool > 1:
                layers.append(nn.AvgPool2d(spec.pool))
        else:
            if not place or isinstance(specs[place - 1], ConvSpec):
                layers.append(nn.Flatten())
                if dropout and place:
                    layers.append(nn.Dropout(dropout))
            layers.append(nn.Linear(math.prod(before), spec.width))
        if place + 1 < len(specs):
            layers += _activated(spec, after[0], noise, activation)
    return nn.Sequential(*layers)


def _activated(spec: Spec, channels: int, noise: Noise, activation: Activation) -> list[nn.Module]:
    """Return what stands after a layer: nothing, or a normalisation and a polynomial."""
    kind = nn.BatchNorm2d if isinstance(spec, ConvSpec) else nn.BatchNorm1d
    if spec.degree == 1:
        return []
    if spec.degree > 2:
        return [kind(channels, affine=False), Power(spec.degree, channels, noise)]
    if activation is Activation.SQUARE:
        return [Square(noise)]
    norm = kind(channels)
    gain, shift = _GAIN_AND_SHIFT[activation]
    nn.init.constant_(norm.weight, gain)
    nn.init.constant_(norm.bias, shift)
    return [norm.requires_grad_(activation is Activation.LEARNED), Square(noise)]
