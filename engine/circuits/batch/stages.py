"""Thousands of pictures at once: the network on one ciphertext a pixel, a pair of pictures a slot.

A weight is then the same number in every slot, a scalar, and nothing is ever rotated (as in
CryptoNets, Gilad-Bachrach et al., 2016). The two pictures of a slot are its real and its imaginary
part (`engine.ckks.pairs`). Linear layers have real weights and treat both pictures at once.

This is the plan; `engine.circuits.batch.execution` runs it. Layers before a square compute half
their values, because the square begins with z + conj(z), twice the first picture.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import Array, Weights
from engine.circuits.schedule import LayerSpend, schedule
from engine.circuits.stages import circuit_shape, linear_keys
from engine.ckks.feasibility import choose_parameters
from engine.ckks.pairs import joined, parts
from engine.ckks.parameters import (
    KEY_SWITCH_NOISE_BITS,
    QUIET_BITS,
    CircuitShape,
    Parameters,
    Settings,
)
from engine.errors import ModelError, ParameterError
from engine.networks.layers import Conv2d, Dense, Network, Square

PICTURE_SIDE = 28


@dataclass(frozen=True)
class Grid:
    """The values of one picture between two layers: each is a ciphertext of the batch."""

    channels: int
    height: int
    width: int


@dataclass(frozen=True)
class BatchLinear:
    """A linear layer as a convolution: a dense one is a kernel as large as its input.

    `weight` (out, in, height, width) and `bias` (out,) are what is encoded: halved before a
    square, the weights rounded to multiples of 1 / `weight_scale`. The layer enters with `level`
    primes, drops `drop`, and its bias is encoded at `bias_scale`.
    """

    key: str
    weight: Array
    bias: Array
    stride: int
    output: Grid
    level: int
    drop: int
    weight_scale: float
    bias_scale: float


@dataclass(frozen=True)
class BatchSquare:
    """The activation on every ciphertext of `output`: enters with `level` primes, drops `drop`."""

    key: str
    output: Grid
    level: int
    drop: int


BatchStage = BatchLinear | BatchSquare


@dataclass(frozen=True)
class BatchCircuit:
    """A network ready to run on a batch of encrypted pictures; `scale` is that of the pixels."""

    parameters: Parameters
    scale: float
    stages: tuple[BatchStage, ...]

    @property
    def capacity(self) -> int:
        """Return how many pictures one batch holds."""
        return 2 * self.parameters.chain.slots


def check_protocol(settings: Settings) -> None:
    """Raise ParameterError if batches cannot be classified as `settings` want it."""
    if settings.protocol != "one-shot":
        raise ParameterError(
            f"Batches know no {settings.protocol} protocol: they classify in one shot.",
            dataclasses.replace(settings, protocol="one-shot"),
        )


def batch_shape(network: Network) -> CircuitShape:
    """Return what a batch asks of the parameters; raise ModelError if it cannot run in batches."""
    layers, shape = network.layers, network.card.input_shape
    known = all(isinstance(layer, Conv2d | Dense) for layer in layers[::2])
    known &= all(isinstance(layer, Square) for layer in layers[1::2])
    windows = [layer for layer in layers if isinstance(layer, Conv2d)]
    plain = all(
        (any(each.padding), each.dilation, each.groups) == (False, 1, 1)
        and isinstance(each.stride, int)
        for each in windows
    )
    first = len(windows) and isinstance(layers[0], Conv2d)
    if not (known and plain and first and shape == (1, PICTURE_SIDE, PICTURE_SIDE)):
        raise ModelError(
            f"The model {network.name} cannot run in batches: they know convolutions without "
            "padding, squares and dense layers on 28 x 28 grey levels; it runs picture by picture."
        )
    # One slot a picture is enough, and nothing is rotated, so no noise of rotations either.
    return dataclasses.replace(circuit_shape(network), slots=1, baby_steps=False)


def build_batch_circuit(
    network: Network, settings: Settings, primes: Sequence[int] | None = None
) -> BatchCircuit:
    """Plan `network` for batches; `primes` are the real data primes, as in `build_circuit`.

    Raises ParameterError and ModelError.
    """
    check_protocol(settings)
    parameters = choose_parameters(settings, batch_shape(network))
    check_noise(settings, parameters)
    if primes is None:
        primes = [2**bits for bits in parameters.chain.coeff_modulus_bits[:-1]]
    stages: list[BatchStage] = []
    grid, keys = Grid(1, PICTURE_SIDE, PICTURE_SIDE), iter(linear_keys(network))
    for layer, spend in zip(network.layers, schedule(parameters, primes), strict=True):
        if isinstance(layer, Square):
            key = f"square-{len(stages) // 2 + 1}"
            stages.append(BatchSquare(key, grid, spend.level, spend.drop))
        elif isinstance(layer, Conv2d | Dense):
            gain = 1.0 if layer is network.layers[-1] else 0.5
            stages.append(_plan_linear(next(keys), layer, grid, spend, gain))
            grid = stages[-1].output
    return BatchCircuit(parameters, 2.0 ** parameters.input_scale_bits[0], tuple(stages))


def check_noise(settings: Settings, parameters: Parameters) -> None:
    """Refuse a special prime so small that splitting the two pictures of a slot drowns them.

    Where every multiplication has its own prime, the conjugation meets a ciphertext at the bit
    scale itself; at N = 8192 with 30 bits single scores were off by a thousand times (measured).
    """
    bits = parameters.chain.coeff_modulus_bits
    noise_bits = KEY_SWITCH_NOISE_BITS + max(bits[:-1]) - bits[-1]
    if parameters.linear_drop and noise_bits + QUIET_BITS > settings.scale_bits:
        raise ParameterError(
            f"A bit scale of {settings.scale_bits} at N = {settings.poly_modulus_degree} leaves a "
            f"special prime of {bits[-1]} bits, too few for batches; use a smaller bit scale or a "
            "larger N."
        )


def pair_pictures(values: Array, slots: int) -> Weights:
    """Return slot vectors (..., slots) of `values` (..., n), n at most 2 * slots."""
    padded = np.zeros((*values.shape[:-1], 2 * slots))
    padded[..., : values.shape[-1]] = values
    return joined(padded.reshape(*values.shape[:-1], 2, slots))


def part_pictures(slots: Weights, count: int) -> Array:
    """Return the first `count` pictures' values (..., count) of slot vectors (..., slots)."""
    return np.concatenate(parts(slots), axis=-1)[..., :count]


def _plan_linear(
    key: str, layer: Conv2d | Dense, grid: Grid, spend: LayerSpend, gain: float
) -> BatchLinear:
    assert spend.weight_scale is not None  # linear layers and squares alternate
    weight, stride = _as_kernel(layer, grid)
    height, width = weight.shape[2:]
    output = Grid(
        len(weight), (grid.height - height) // stride + 1, (grid.width - width) // stride + 1
    )
    return BatchLinear(
        key=key,
        weight=_round(weight * gain, spend.weight_scale),
        bias=layer.bias * gain,
        stride=stride,
        output=output,
        level=spend.level,
        drop=spend.drop,
        weight_scale=spend.weight_scale,
        bias_scale=spend.scale,
    )


def _as_kernel(layer: Conv2d | Dense, grid: Grid) -> tuple[Array, int]:
    if isinstance(layer, Conv2d):
        assert isinstance(layer.stride, int)  # others do not run in batches
        return layer.weight, layer.stride
    return layer.weight.reshape(-1, grid.channels, grid.height, grid.width), 1


def _round(weight: Array, scale: float) -> Array:
    """Round to multiples of 1 / scale; an output of zeros keeps one unit.

    SEAL refuses a ciphertext that depends on no other, and one unit is less than the rounding.
    """
    units = np.rint(weight * scale)
    units[~units.any(axis=(1, 2, 3)), 0, 0, 0] = 1
    rounded: Array = units / scale
    return rounded
