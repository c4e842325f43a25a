"""CKKS parameters: from a person's settings and a circuit's needs to a safe modulus chain.

Whether the chain can work is decided in `engine.feasibility`, before any key is made.

Two kinds of chain. The one TenSEAL users write has one prime of `scale_bits` for each
multiplication. The *grouped* chain spends the same budget on fewer and larger primes: a linear
layer and the square after it share one rescale. A key switch costs about the square of the
number of primes left, so network 1 runs in half the time on 3 primes instead of 6 (measured).
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from engine.security import GUIDELINES_2024

POLY_MODULUS_DEGREES = (4096, 8192, 16384, 32768)
SCALE_BITS_RANGE = range(15, 51)
OUTER_BITS_RANGE = range(20, 61)
MAX_PRIME_BITS = 60
"""SEAL's limit for one prime of the chain."""
LEAST_PRIME_BITS = 20
"""Below, a prime is lost in noise, and SEAL finds too few of them."""

KEY_SWITCH_NOISE_BITS = 14
"""Noise of a key switch in a slot when its largest prime equals the special prime (measured)."""

RESCALE_NOISE_BITS = 11
"""Noise of a rescale in a slot at N = 8192: sqrt(N/12 * (1 + 2N/3)), as derived from SEAL."""

QUIET_BITS = 12
"""An input may be rotated if that disturbs its values, of size 1, by less than 2^-12."""

LOGIT_MARGIN = 4
"""Room above the largest value met in testing, for pictures unlike any of the data set."""

ProtocolName = Literal["one-shot", "refresh"]
"""One ciphertext up and one down; or, as the poster did it, a fresh encryption after each
convolution block, for which the client decrypts what the block gave."""
PROTOCOLS: tuple[ProtocolName, ...] = get_args(ProtocolName)


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
    would be far slower if only products could be rotated. With refreshes this is the last leg,
    which is the longest: it sets the chain, and `refreshed_parameters` fits the others to it.
    """

    squares: int
    slots: int
    largest_logit: float
    baby_steps: bool


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

    def rotates_quietly(self, layer: int, level: int) -> bool:
        """Tell whether the input of linear layer `layer` may be rotated: only then are baby steps.

        Its noise must stay QUIET_BITS below the input's scale; products stand at a far higher
        scale and may always be rotated. `level` is the number of primes left at that layer.
        """
        bits = self.chain.coeff_modulus_bits
        excess = max(bits[:level]) - bits[-1]
        noise = max(RESCALE_NOISE_BITS, KEY_SWITCH_NOISE_BITS + excess)
        return noise + QUIET_BITS < self.input_scale_bits[layer]


def score_bits(score: float) -> int:
    """Return the bits, sign included, that scores up to `score` need above their scale."""
    return math.ceil(math.log2(score)) + 1


def make_parameters(settings: Settings, shape: CircuitShape) -> Parameters:
    """Return the chain that `settings` ask for, whether or not it can work.

    `engine.feasibility.choose_parameters` also checks it.
    """
    if settings.outer_bits is not None:
        return _flat(settings, shape, settings.outer_bits, settings.outer_bits)
    limit = GUIDELINES_2024[settings.poly_modulus_degree][0]
    grouped = _grouped(settings, shape)
    saves_primes = grouped.chain.top_level < 2 * shape.squares + 2
    if saves_primes and sum(grouped.chain.coeff_modulus_bits) <= limit:
        return grouped
    # Where grouping saves no prime, the chain with one for each multiplication is as fast and far
    # more exact (by 20 times at N = 16384 with 30 bits, measured); and it fits a little longer.
    first = min(
        MAX_PRIME_BITS, settings.scale_bits + score_bits(shape.largest_logit * LOGIT_MARGIN)
    )
    spare = limit - first - (2 * shape.squares + 1) * settings.scale_bits
    return _flat(settings, shape, first, min(MAX_PRIME_BITS, max(LEAST_PRIME_BITS, spare)))


def refreshed_parameters(last: Parameters, largest_activation: float) -> Parameters:
    """Return how a leg of one linear layer and its square spends the chain of the last leg.

    It has a multiplication less and so needs no more: all bits that its results, up to
    `largest_activation`, leave free go into the scales.
    """
    bits = last.chain.coeff_modulus_bits
    if last.linear_drop:
        return Parameters(
            chain=last.chain,
            linear_drop=1,
            square_drops=(1,),
            input_scale_bits=last.input_scale_bits[:1],
            weight_scale_bits=last.weight_scale_bits,
        )
    # Nothing is dropped before the square; after it all but one prime, which the result fits.
    product = (sum(bits[:-1]) - score_bits(largest_activation * LOGIT_MARGIN) - 1) / 2
    return Parameters(
        chain=last.chain,
        linear_drop=0,
        square_drops=(last.chain.top_level - 1,),
        input_scale_bits=((product + 2.4) / 2,),
        weight_scale_bits=(product - 2.4) / 2,
    )


def _flat(settings: Settings, shape: CircuitShape, first: int, special: int) -> Parameters:
    """Return a chain of `first`, one prime of the bit scale a multiplication, and `special`."""
    inner = (settings.scale_bits,) * (2 * shape.squares + 1)
    return Parameters(
        chain=Chain(settings.poly_modulus_degree, (first, *inner, special)),
        linear_drop=1,
        square_drops=(1,) * shape.squares,
        input_scale_bits=(float(settings.scale_bits),) * (shape.squares + 1),
        weight_scale_bits=settings.scale_bits,
    )


def _grouped(settings: Settings, shape: CircuitShape) -> Parameters:
    # The budget is that of one prime a multiplication, `scale_bits` each, plus q0. All scales
    # are offsets from w bits, chosen so that every source of error weighs about the same in the
    # scores (measured by adding noise to each layer of the shipped models): a fresh ciphertext
    # w + 2.4 and the first weights w, later inputs w + 4.2 and later weights w + 2.2. A square
    # of two such scales falls back to the next input by one group of primes.
    squares, top_bits = shape.squares, score_bits(shape.largest_logit * LOGIT_MARGIN)
    middle = 6.4 if shape.baby_steps else 4.2  # room for the noise of rotating the input itself
    budget = (2 * squares + 2) * settings.scale_bits
    fixed = 2 * 2.4 + (squares - 1) * (2 * (middle + 2.2) - middle) + 2.2
    w = (budget - fixed) / (3 * squares + 2)
    last_weights = w + 2.2
    products = [2 * w + 2.4, *((2 * w + middle + 2.2,) * (squares - 1))]
    last_input = max(w + middle, (2 * products[-1] - last_weights - top_bits) / 2)  # q0 = q1
    inputs = (w + 2.4, *((w + middle,) * (squares - 1)), last_input)
    groups = [2 * product - after for product, after in zip(products, inputs[1:], strict=True)]
    data = _split(last_input + last_weights + top_bits)
    drops = [_split(bits) for bits in groups]
    for primes in reversed(drops):
        data += primes
    # Key-switch noise stays 13 bits below the products that are rotated.
    least = max(data) + KEY_SWITCH_NOISE_BITS - int(products[0]) + 13
    spare = GUIDELINES_2024[settings.poly_modulus_degree][0] - sum(data)
    special = min(MAX_PRIME_BITS, max(least, spare))
    return Parameters(
        chain=Chain(settings.poly_modulus_degree, (*data, special)),
        linear_drop=0,
        square_drops=tuple(len(primes) for primes in drops),
        input_scale_bits=inputs,
        weight_scale_bits=last_weights,
    )


def _split(bits: float) -> list[int]:
    """Return as few primes as can have `bits` bits together, equally large."""
    count = math.ceil((bits - 1) / MAX_PRIME_BITS)
    return [min(MAX_PRIME_BITS, round(bits / count))] * count
