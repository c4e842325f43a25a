"""A network on TenSEAL's own operations in the poster's protocol, for the benchmark to compare.

After each convolution and its square the client decrypts and encrypts again: columns of windows,
one ciphertext an input channel, as `conv2d_im2col` takes them, and at last one vector for `mm`.
Every leg has the smallest ring that holds it, where the poster has one ring for all, and TenSEAL
uses all its threads: its best case. Only its time is compared: a bias that TenSEAL adds stands in
the first slots alone, so that the next `mm` gives wrong values (measured; see its issue 240 too).
"""

import math
import time
from dataclasses import dataclass

import numpy as np
import tenseal as ts

from engine.arrays import Array
from engine.circuits.diagonals import power_of_two
from engine.ckks.parameters import POLY_MODULUS_DEGREES
from engine.ckks.security import STANDARD_2018, security_bits
from engine.networks.layers import Conv2d, Dense, Network

SCALE_BITS = 26
CHAIN = (32, SCALE_BITS, SCALE_BITS, SCALE_BITS, 32)
"""The poster's primes, with one inner prime for each multiplication between two encryptions."""


@dataclass(frozen=True)
class _Convolution:
    """A convolution leg: its context, its layer, and its kernels as TenSEAL takes them."""

    context: ts.Context
    layer: Conv2d
    kernels: list[list[list[list[float]]]]


class StockRefreshed:
    """Convolutions with squares, one leg each, then dense layers with squares between them."""

    def __init__(self, network: Network) -> None:
        self._convolutions: list[_Convolution] = []
        self._dense: list[tuple[list[list[float]], list[float]]] = []
        shape = network.card.input_shape
        for layer in network.layers:
            following = layer.output_shape(shape)
            if isinstance(layer, Conv2d):
                windows = math.prod(following[1:])
                degree = _least_degree(power_of_two(layer.weight[0, 0].size) * windows)
                context = _make_context(degree)
                self._convolutions.append(_Convolution(context, layer, layer.weight.tolist()))
            elif isinstance(layer, Dense):
                self._dense.append((layer.weight.T.tolist(), layer.bias.tolist()))
            shape = following
        inputs = max(len(weight) for weight, _ in self._dense)
        self._context = _make_context(_least_degree(inputs))

    def classify(self, picture: Array) -> tuple[list[float], float]:
        """Return the scores of a picture (28, 28) in [0, 1] and the cloud's seconds."""
        channels, seconds = picture[None], 0.0
        for leg in self._convolutions:
            kernel, stride = leg.layer.weight.shape[-1], leg.layer.stride
            encoded = [
                ts.im2col_encoding(leg.context, channel.tolist(), kernel, kernel, stride)
                for channel in channels
            ]
            begin = time.perf_counter()
            encrypted = [
                _convolve(encoded, kernels, bias)
                for kernels, bias in zip(leg.kernels, leg.layer.bias.tolist(), strict=True)
            ]
            seconds += time.perf_counter() - begin
            values = np.asarray([channel.decrypt() for channel in encrypted])
            side = round(values.shape[1] ** 0.5)
            channels = values.reshape(-1, side, side)
        y = ts.ckks_vector(self._context, channels.ravel().tolist())
        begin = time.perf_counter()
        for index, (weight, bias) in enumerate(self._dense):
            if index:
                y.square_()
            y = y.mm(weight) + bias
        seconds += time.perf_counter() - begin
        return y.decrypt(), seconds


def _convolve(
    encoded: list[tuple[ts.CKKSVector, int]], kernels: list[list[list[float]]], bias: float
) -> ts.CKKSVector:
    """Return one output channel, squared: the sum over the input channels."""
    products = [
        x.conv2d_im2col(kernel, windows)
        for (x, windows), kernel in zip(encoded, kernels, strict=True)
    ]
    total = products[0]
    for product in products[1:]:
        total += product
    total += bias
    return total.square_()


def _least_degree(slots: int) -> int:
    """Return the smallest ring that holds so many slots and keeps the chain secure."""
    return next(
        degree
        for degree in POLY_MODULUS_DEGREES
        if slots <= degree // 2 and security_bits(STANDARD_2018, degree, sum(CHAIN))
    )


def _make_context(degree: int) -> ts.Context:
    context = ts.context(ts.SCHEME_TYPE.CKKS, degree, coeff_mod_bit_sizes=list(CHAIN))
    context.global_scale = 2.0**SCALE_BITS
    context.generate_galois_keys()
    return context
