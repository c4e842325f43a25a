"""Modulus chains: from settings and a circuit's needs to primes, and how each leg spends them.

Three kinds of chain. The one TenSEAL users write has one prime of `scale_bits` for each
multiplication. The *grouped* chain spends the same budget on fewer and larger primes: a linear
layer and the square after it share one rescale. A key switch costs about the square of the
number of primes left, so network 1 runs in half the time on 3 primes instead of 6 (measured).
The *short* chain is for refreshes at a small N: two primes, one linear layer and one square.
"""

import dataclasses
import math
from dataclasses import dataclass

from engine.ckks.parameters import (
    ACTIVATION_MARGIN,
    KEY_SWITCH_NOISE_BITS,
    LEAST_PRIME_BITS,
    LOGIT_MARGIN,
    MAX_PRIME_BITS,
    QUIET_BITS,
    SHORT_DEGREE,
    SQUARE_NOISE_BITS,
    Chain,
    CircuitShape,
    Parameters,
    Settings,
    score_bits,
)
from engine.ckks.security import GUIDELINES_2024

WHOLE_GROUP_BITS = 58
"""One prime of so many bits still leaves the special prime room to keep key switches quiet."""
SPARED_BITS = 5
FRESH_SHARE = 0.6
"""Of the bits that fill up the first group so much goes into fresh ciphertexts, whose noise and
whose rotations weigh most there; the rest into the first weights (measured on network 2: an error
of 0.18 instead of 0.26 %)."""


def make_parameters(settings: Settings, shape: CircuitShape) -> Parameters:
    """Return the chain that `settings` ask for, whether or not it can work.

    `engine.ckks.feasibility.choose_parameters` also checks it.
    """
    if shape.refreshed and settings.poly_modulus_degree <= SHORT_DEGREE:
        shape = dataclasses.replace(shape, squares=0)
    if settings.outer_bits is not None:
        return _flat(settings, shape, settings.outer_bits, settings.outer_bits)
    if not shape.squares:
        return _short(settings, shape)
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

    All bits that its results, up to `largest_activation`, leave free go into the scales.
    """
    bits = last.chain.coeff_modulus_bits[:-1]
    room = math.log2(largest_activation * ACTIVATION_MARGIN) + 1
    if not last.square_drops:  # a short chain: the linear layer has a prime, the square the rest
        return Parameters(
            chain=last.chain,
            linear_drop=1,
            square_drops=(0,),
            input_scale_bits=((sum(bits[:-1]) - room) / 2,),
            weight_scale_bits=float(bits[-1]),
        )
    # The chain carries another linear layer: nothing need be dropped before the square, and after
    # it as much as leaves the result quiet, which a rescale of three polynomials disturbs most.
    product = (sum(bits) - room - 1) / 2
    kept = next(
        count
        for count in range(1, len(bits) + 1)
        if sum(bits[:count]) - room - 1 >= SQUARE_NOISE_BITS + QUIET_BITS or count == len(bits)
    )
    return Parameters(
        chain=last.chain,
        linear_drop=0,
        square_drops=(len(bits) - kept,),
        input_scale_bits=(product / 2,),
        weight_scale_bits=product / 2,
    )


def _flat(settings: Settings, shape: CircuitShape, first: int, special: int) -> Parameters:
    """Return a chain of `first`, one prime of the bit scale a multiplication, and `special`."""
    # The legs before the last have two multiplications.
    count = max(2 * shape.squares + 1, 2 if shape.refreshed else 1)
    inner = (settings.scale_bits,) * count
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
    squares, top_bits = shape.squares, math.log2(shape.largest_logit * LOGIT_MARGIN) + 1
    middle = 6.4 if shape.baby_steps else 4.2  # room for the noise of rotating the input itself
    budget = (2 * squares + 2) * settings.scale_bits
    fixed = 2 * 2.4 + (squares - 1) * (2 * (middle + 2.2) - middle) + 2.2
    w = (budget - fixed) / (3 * squares + 2)
    # Deep networks leave few masks and many folds for the last layer: its rounding counts most.
    last_weights = w + (3.7 if shape.baby_steps else 2.2)
    products = [2 * w + 2.4, *((2 * w + middle + 2.2,) * (squares - 1))]
    inputs = [w + 2.4, *((w + middle,) * (squares - 1))]
    fitted = _fit_groups(inputs, products)
    if fitted is not None:
        room = WHOLE_GROUP_BITS - _first_bits(fitted.products[-1], last_weights, top_bits)
        if room > -1:
            inputs, products = fitted.inputs, fitted.products
            products[-1] += min(room, fitted.spared / 2)
            free = max(0.0, WHOLE_GROUP_BITS - 2 * products[0] + inputs[1])
            products[0] += free / 2
            inputs[0] += FRESH_SHARE * free
    first_bits = _first_bits(products[-1], last_weights, top_bits)
    last_input = max(w + middle, first_bits - last_weights - top_bits)
    inputs.append(last_input)
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
        input_scale_bits=tuple(inputs),
        weight_scale_bits=last_weights,
    )


@dataclass
class _Fitted:
    """Scales of inputs and products after groups were made to fit; `spared` bits are left."""

    inputs: list[float]
    products: list[float]
    spared: float = 0.0


def _fit_groups(inputs: list[float], products: list[float]) -> _Fitted | None:
    """Return scales with which groups a little too large for one prime fit; None if none is.

    Two primes instead of one would make every key switch before them a third dearer. What is lost
    is shared by the weights before such a group and the input of their layer (measured on network
    2 with 27 bits: with the weights alone an error of 1.0 %).
    """
    fitted = _Fitted(list(inputs), list(products))
    for place in reversed(range(len(products) - 1)):
        group = 2 * fitted.products[place] - fitted.inputs[place + 1]
        excess = group - WHOLE_GROUP_BITS
        if 0 < excess <= SPARED_BITS:
            fitted.spared += excess
            if place:
                fitted.inputs[place] -= 0.41 * excess
            fitted.products[place] = (WHOLE_GROUP_BITS + fitted.inputs[place + 1]) / 2
    return fitted if fitted.spared else None


def _first_bits(last_product: float, last_weights: float, top_bits: float) -> float:
    """Return the bits of the first prime if the second, dropped by the last square, has as many."""
    return (2 * last_product + last_weights + top_bits) / 2


def _short(settings: Settings, shape: CircuitShape) -> Parameters:
    # For legs of a linear layer, which drops the second prime, and a square, which needs two
    # budgets, no key switch and no rescale. Key switches are made before, on products of both
    # primes together; what they disturb stays 2^-12 below values of size 1.
    first, second = 2 * settings.scale_bits + 2, settings.scale_bits - 2
    least = first - second - settings.scale_bits + KEY_SWITCH_NOISE_BITS + 14
    spare = GUIDELINES_2024[settings.poly_modulus_degree][0] - first - second
    scale = first - score_bits(shape.largest_logit * LOGIT_MARGIN)
    return Parameters(
        chain=Chain(settings.poly_modulus_degree, (first, second, max(least, spare))),
        linear_drop=1,
        square_drops=(),
        input_scale_bits=(float(scale),),
        weight_scale_bits=float(second),
    )


def _split(bits: float) -> list[int]:
    """Return as few primes as can have `bits` bits together, equally large."""
    count = math.ceil((bits - 1) / MAX_PRIME_BITS)
    return [min(MAX_PRIME_BITS, round(bits / count))] * count
