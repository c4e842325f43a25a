"""The networks as torch trains them: linear layers with a square, however prepared, between them.

A batch normalisation with its own gain and shift followed by x² is a general quadratic
a·x² + b·x + c once the next layer's bias is counted, so no coefficients are learned besides.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor, nn

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


@dataclass(frozen=True)
class ConvSpec:
    """A convolution without padding, then the average of `pool` x `pool` neighbours."""

    channels: int
    kernel: int
    stride: int
    pool: int = 1


@dataclass(frozen=True)
class DenseSpec:
    """A linear layer with `width` outputs."""

    width: int


Specs = tuple[ConvSpec | DenseSpec, ...]


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


def build(
    specs: Specs,
    shape: Shape = (1, 28, 28),
    noise: Noise = NOISE,
    activation: Activation = Activation.LEARNED,
    dropout: float = 0.0,
) -> nn.Sequential:
    """Return the untrained network for pictures of `shape`: `activation` after all but the last.

    So many of the values that enter a dense layer after a convolution are dropped in training.
    """
    layers: list[nn.Module] = []
    channels, side, _ = shape
    width = channels * side * side
    for spec in specs:
        norm: nn.BatchNorm1d | nn.BatchNorm2d
        if isinstance(spec, ConvSpec):
            layers.append(nn.Conv2d(channels, spec.channels, spec.kernel, spec.stride))
            channels, side = spec.channels, (side - spec.kernel) // spec.stride + 1
            if spec.pool > 1:
                layers.append(nn.AvgPool2d(spec.pool))
                side //= spec.pool
            width = channels * side * side
            norm = nn.BatchNorm2d(channels)
        else:
            if width == channels * side * side:
                layers.append(nn.Flatten())
                if dropout and len(layers) > 1:
                    layers.append(nn.Dropout(dropout))
            layers.append(nn.Linear(width, spec.width))
            width = spec.width
            norm = nn.BatchNorm1d(width)
        if activation is not Activation.SQUARE:
            layers.append(_prepared(norm, activation))
        layers.append(Square(noise))
    end = 1 if activation is Activation.SQUARE else 2
    return nn.Sequential(*layers[:-end])


def _prepared(norm: nn.BatchNorm1d | nn.BatchNorm2d, activation: Activation) -> nn.Module:
    gain, shift = _GAIN_AND_SHIFT[activation]
    nn.init.constant_(norm.weight, gain)
    nn.init.constant_(norm.bias, shift)
    return norm.requires_grad_(activation is Activation.LEARNED)
