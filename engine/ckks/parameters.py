"""CKKS parameters: a person's settings, a circuit's needs, and the modulus chain that meets both.

`engine.ckks.chains` works the chain out; whether it can work is decided in
`engine.ckks.feasibility`, before any key is made.
"""

import itertools
import math
from dataclasses import dataclass
from typing import Literal, get_args

POLY_MODULUS_DEGREES = (4096, 8192, 16384, 32768)
SCALE_BITS_RANGE = range(15, 51)
OUTER_BITS_RANGE = range(20, 61)
CONJUGATION = 0
"""Stands for the complex conjugation among the steps of rotations; by 0 nothing is rotated."""

MAX_PRIME_BITS = 60
"""SEAL's limit for one prime of the chain."""
LEAST_PRIME_BITS = 20
"""Below, a prime is lost in noise, and SEAL finds too few of them."""

KEY_SWITCH_NOISE_BITS = 14
"""Noise of a key switch in a slot when its largest prime equals the special prime (measured)."""

RESCALE_NOISE_BITS = 11
"""Noise of a rescale in a slot at N = 8192: sqrt(N/12 * (1 + 2N/3)), as derived from SEAL."""

SQUARE_NOISE_BITS = 18
"""The same for a square that was not relinearised: the square of the secret key makes it larger."""

QUIET_BITS = 12
"""A conjugation or a refresh may disturb values, of size 1, by less than 2^-12."""

QUIET_ROTATION_BITS = 9.5
"""An input may be rotated if that disturbs its values, of size 1, by less than 2^-9.5: that is
0.05 % of network 2's scores (measured), where the rounding of its masks is 0.2 %."""

LOGIT_MARGIN = 4
"""Room above the largest value met in testing, for pictures unlike any of the data set."""

ProtocolName = Literal["one-shot", "refresh"]
"""One ciphertext up and one down; or, as the poster did it, a fresh encryption after each
convolution block, for which the client decrypts what the block gave."""
PROTOCOLS: tuple[ProtocolName, ...] = get_args(ProtocolName)

SHORT_DEGREE = 4096
"""Up to this N the secure modulus has room for one square only: all squares are refreshed."""

ACTIVATION_MARGIN = 2
"""Room above the largest activation met in testing. Noise and inverted pictures stay below, and
so does every picture in the first layer, whose weights bound it (1.7 times, measured)."""


@dataclass(frozen=True)
class Settings:
    """What a person chooses.

    `scale_bits` is the modulus budget of one multiplication. With `outer_bits` None the engine
    packs the whole budget into as few primes as it can (fast); with a number the chain is the one
    that TenSEAL users write, [outer_bits, scale_bits, ..., scale_bits, outer_bits].
    """

    model: str = "mnist-network1"
    poly_modulus_degree: int = 8192
    scale_bits: int = 26
    outer_bits: int | None = None
    protocol: ProtocolName = "one-shot"


@dataclass(frozen=True)
class CircuitShape:
    """What the parameters must carry from one encryption to the decryption.

    There are `squares` activations between `squares` + 1 linear layers, `slots` slots in one
    period of the packing, and scores up to `largest_logit`. `baby_steps` tells that the circuit
    would be far slower if only products could be rotated. With refreshes (`refreshed`) this is the
    last leg: it sets the chain, and `refreshed_parameters` fits the others to it.
    """

    squares: int
    slots: int
    largest_logit: float
    baby_steps: bool
    refreshed: bool = False


@dataclass(frozen=True)
class Chain:
    """The ring and its primes; `coeff_modulus_bits` ends with the special prime."""

    poly_modulus_degree: int
    coeff_modulus_bits: tuple[int, ...]

    @property
    def slots(self) -> int:
        """Return the number of values one ciphertext holds."""
        return self.poly_modulus_degree // 2

    @property
    def top_level(self) -> int:
        """Return the number of primes of a fresh ciphertext."""
        return len(self.coeff_modulus_bits) - 1


@dataclass(frozen=True)
class Parameters:
    """A chain that works, and how a circuit spends it.

    Every linear layer drops `linear_drop` primes, square i drops `square_drops[i]`.
    `input_scale_bits` has the scale of each linear layer's input (first the fresh ciphertext),
    `weight_scale_bits` that of the last weights.
    """

    chain: Chain
    linear_drop: int
    square_drops: tuple[int, ...]
    input_scale_bits: tuple[float, ...]
    weight_scale_bits: float

    @property
    def weight_bits(self) -> tuple[float, ...]:
        """Return the bits of each linear layer's weights, where only squares drop primes."""
        bits, level, found = self.chain.coeff_modulus_bits, self.chain.top_level, list[float]()
        for drop, (scale, following) in zip(
            self.square_drops, itertools.pairwise(self.input_scale_bits), strict=True
        ):
            found.append((sum(bits[level - drop : level]) + following) / 2 - scale)
            level -= drop
        return (*found, self.weight_scale_bits)

    def rotates_quietly(self, layer: int, level: int) -> bool:
        """Tell whether the input of linear layer `layer` may be rotated: only then are baby steps.

        Its noise must stay QUIET_ROTATION_BITS below the input's scale; products stand at a far
        higher scale and may always be rotated. `level` is the number of primes left at that layer.
        """
        bits = self.chain.coeff_modulus_bits
        excess = max(bits[:level]) - bits[-1]
        noise = max(RESCALE_NOISE_BITS, KEY_SWITCH_NOISE_BITS + excess)
        return noise + QUIET_ROTATION_BITS < self.input_scale_bits[layer]


def score_bits(score: float) -> int:
    """Return the bits, sign included, that scores up to `score` need above their scale."""
    return math.ceil(math.log2(score)) + 1
