"""The primes that SEAL picks for a chain, worked out without it.

The rules of the playground follow exact scales where SEAL is not loaded; a test keeps both equal.
"""

import functools
from collections import Counter

from engine.ckks.parameters import Chain

WITNESSES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
"""Enough to tell every prime below 2^64 (Sorenson and Webster, 2015)."""


@functools.cache
def chain_primes(chain: Chain) -> tuple[int, ...]:
    """Return the primes in the order of the chain's bits, the special one last.

    Of each size SEAL takes the largest that are 1 modulo 2N, smallest first.
    """
    wanted = Counter(chain.coeff_modulus_bits)
    found = {
        bits: _largest_primes(2 * chain.poly_modulus_degree, bits, count)
        for bits, count in wanted.items()
    }
    return tuple(found[bits].pop() for bits in chain.coeff_modulus_bits)


def _largest_primes(step: int, bits: int, count: int) -> list[int]:
    """Return `count` primes of so many bits that are 1 modulo `step`, largest first."""
    candidate, primes = ((1 << bits) - 1) // step * step + 1, list[int]()
    while len(primes) < count:
        if _is_prime(candidate):
            primes.append(candidate)
        candidate -= step
    return primes


def _is_prime(number: int) -> bool:
    """Tell by Miller and Rabin's test: right for every odd number from 38 to 2^64."""
    twos = ((number - 1) & (1 - number)).bit_length() - 1
    odd = (number - 1) >> twos
    return all(_passes(number, pow(witness, odd, number), twos) for witness in WITNESSES)


def _passes(number: int, power: int, twos: int) -> bool:
    if power in (1, number - 1):
        return True
    for _ in range(twos - 1):
        power = power * power % number
        if power == number - 1:
            return True
    return False
