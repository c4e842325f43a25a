"""The same network on TenSEAL's own operations, as its tutorial and the poster use them.

Only the benchmark imports this. The chain is the shortest that carries the network, one prime of
the bit scale for each level, and TenSEAL uses all its threads: its best case. Only its time is
compared: on computed vectors `pack_vectors` gives wrong values (TenSEAL issue 240), so that the
scores are off at any precision.
"""

import time

import tenseal as ts

from engine.arrays import Array
from engine.ckks.security import STANDARD_2018, security_bits
from engine.errors import ModelError, ParameterError
from engine.networks.layers import Conv2d, Dense, Network, Square

HEADROOM_BITS = 5
"""The outer primes have this much more than the scale: 31 and 26 in TenSEAL's tutorial."""


class StockNetwork:
    """Network 1 on `im2col_encoding`, `conv2d_im2col`, `pack_vectors` and `mm`.

    Raises ModelError for any other network, ParameterError if its chain would not be secure.
    """

    def __init__(self, network: Network, poly_modulus_degree: int, scale_bits: int) -> None:
        match network.layers:
            case (Conv2d() as conv, Square(), Dense() as first, Square(), Dense() as last):
                pass
            case _:
                raise ModelError(
                    f"TenSEAL's stock operations run network 1 in one shot, not {network.name}."
                )
        self._kernels = [kernel[0].tolist() for kernel in conv.weight]
        self._conv_bias, self._stride = conv.bias.tolist(), conv.stride
        self._dense = [(layer.weight.T.tolist(), layer.bias.tolist()) for layer in (first, last)]
        # `pack_vectors` uses up a level of its own.
        depth = len(network.layers) + 1
        outer = scale_bits + HEADROOM_BITS
        chain = [outer, *((scale_bits,) * depth), outer]
        if not security_bits(STANDARD_2018, poly_modulus_degree, sum(chain)):
            raise ParameterError(
                f"TenSEAL's stock circuit needs a chain of {sum(chain)} bits at a bit scale of "
                f"{scale_bits}, more than N = {poly_modulus_degree} makes secure; use fewer bits."
            )
        self._context = ts.context(
            ts.SCHEME_TYPE.CKKS, poly_modulus_degree, coeff_mod_bit_sizes=chain
        )
        self._context.global_scale = 2.0**scale_bits
        self._context.generate_galois_keys()

    def classify(self, picture: Array) -> tuple[list[float], float]:
        """Return the scores of a picture (28, 28) in [0, 1] and the cloud's seconds."""
        kernel = len(self._kernels[0])
        x, windows = ts.im2col_encoding(
            self._context, picture.tolist(), kernel, kernel, self._stride
        )
        begin = time.perf_counter()
        channels = [
            x.conv2d_im2col(kernel, windows) + bias
            for kernel, bias in zip(self._kernels, self._conv_bias, strict=True)
        ]
        y = ts.CKKSVector.pack_vectors(channels)
        for weight, bias in self._dense:
            y.square_()
            y = y.mm(weight) + bias
        seconds = time.perf_counter() - begin
        return y.decrypt(), seconds
