"""How far a value can be from the exact one: bounds of each operation's error, in units of 1/scale.

An error is looked at where it is felt, in the slots (the canonical embedding). Each bound is
exceeded by a slot about once in 10^12: a Gaussian by its variance, a product of two by both
(Cheon et al., 2017; Costache et al., 2022, with SEAL's own digits, which are not centred).
"""

import math
from collections.abc import Sequence

TAIL = 28.0
"""-log of how seldom a bound may be exceeded."""

NORMAL = math.sqrt(TAIL)
"""Standard deviations that a complex Gaussian stays below."""

TWOFOLD = TAIL / 2
"""The same for a product of two independent ones: a b at its largest where a^2 + b^2 = TAIL."""

THREEFOLD = 2 * (TAIL / 3) ** 1.5
"""The same for one of them times the square of the other."""

ERROR_DEVIATION = math.sqrt(21 / 2)
"""SEAL's centred binomial noise in fresh encryptions and keys."""

FLOAT = 2.0**-40
"""SEAL encodes and decodes in double precision; its transform loses at most so much of a value."""


def fresh(degree: int) -> float:
    """Return the bound of a fresh encryption's noise."""
    return NORMAL * ERROR_DEVIATION * math.sqrt(degree)


def encoding(numbers: int) -> float:
    """Return the bound of rounding `numbers` repeated values: 2 x numbers coefficients by half."""
    return float(numbers)


def rescale(degree: int, size: int) -> float:
    """Return the bound of rounding `size` polynomials after a division; the second meets the key.

    The key's coefficients are ternary, of variance 2/3, those of the rounding uniform, of 1/12.
    """
    rounding, key = math.sqrt(degree / 12), math.sqrt(2 * degree / 3)
    bound = NORMAL * rounding + TWOFOLD * rounding * key
    return bound if size == 2 else bound + THREEFOLD * rounding * key**2


def key_switch(degree: int, primes: Sequence[int], special_prime: int) -> float:
    """Return the bound of a key switch of a ciphertext over `primes`.

    Its digits go from 0 to q: their mean is felt most in the first slot, q N / pi (measured).
    """
    spread = NORMAL * math.sqrt(degree / 12) + degree / math.pi
    digits = spread * math.sqrt(sum(float(prime) ** 2 for prime in primes))
    errors = NORMAL * ERROR_DEVIATION * math.sqrt(degree)
    return digits * errors / special_prime + rescale(degree, 2)
