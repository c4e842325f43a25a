"""Whether settings can work, decided before any key is made; and if not, what is nearest.

Every refusal says what is wrong, with which value, and which setting works instead.
"""

import dataclasses
import functools
import math
from collections.abc import Iterator

from engine.ckks.chains import make_parameters
from engine.ckks.parameters import (
    LEAST_PRIME_BITS,
    OUTER_BITS_RANGE,
    POLY_MODULUS_DEGREES,
    PROTOCOLS,
    SCALE_BITS_RANGE,
    CircuitShape,
    Parameters,
    Settings,
    score_bits,
)
from engine.ckks.security import GUIDELINES_2024
from engine.errors import ParameterError


def choose_parameters(settings: Settings, shape: CircuitShape) -> Parameters:
    """Return the parameters for `settings`; raise ParameterError, with a suggestion, if none work.

    The error names what is wrong and the nearest setting that works.
    """
    if settings.protocol not in PROTOCOLS:
        raise ParameterError(
            f"A protocol named {settings.protocol!r} is none of {', '.join(PROTOCOLS)}.",
            dataclasses.replace(settings, protocol=PROTOCOLS[0]),
        )
    reason = find_fault(settings, shape)
    if reason is None:
        return make_parameters(settings, shape)
    suggestion = nearest_working(settings, shape)
    advice = "no setting works for this model"
    if suggestion is not None:
        advice = (
            f"the nearest setting that works is N = {suggestion.poly_modulus_degree} "
            f"with a bit scale of {suggestion.scale_bits}"
        )
        if suggestion.outer_bits != settings.outer_bits:
            advice += " and a chain chosen by the engine"
    raise ParameterError(f"{reason}; {advice}.", suggestion)


def nearest_working(settings: Settings, shape: CircuitShape) -> Settings | None:
    """Return the working setting closest to `settings`: one step of N weighs as six bits."""
    index = {degree: place for place, degree in enumerate(POLY_MODULUS_DEGREES)}
    here = index.get(settings.poly_modulus_degree, 1)

    def distance(other: Settings) -> float:
        return (
            6 * abs(index[other.poly_modulus_degree] - here)
            + abs(other.scale_bits - settings.scale_bits)
            + 4 * (other.outer_bits != settings.outer_bits)
        )

    working = (each for each in _grid(settings) if find_fault(each, shape) is None)
    return min(working, key=distance, default=None)


def _grid(settings: Settings) -> Iterator[Settings]:
    for outer_bits in dict.fromkeys((settings.outer_bits, None)):
        for degree in POLY_MODULUS_DEGREES:
            for scale_bits in SCALE_BITS_RANGE:
                yield dataclasses.replace(
                    settings,
                    poly_modulus_degree=degree,
                    scale_bits=scale_bits,
                    outer_bits=outer_bits,
                )


def find_fault(settings: Settings, shape: CircuitShape) -> str | None:
    """Return what is wrong with `settings`, without a full stop; None if they can work."""
    degree, scale_bits = settings.poly_modulus_degree, settings.scale_bits
    if degree not in POLY_MODULUS_DEGREES:
        return f"A poly modulus degree of {degree} is not one of {POLY_MODULUS_DEGREES}"
    if scale_bits not in SCALE_BITS_RANGE:
        return (
            f"A bit scale of {scale_bits} is outside "
            f"{SCALE_BITS_RANGE.start} to {SCALE_BITS_RANGE.stop - 1}"
        )
    if settings.outer_bits is not None and settings.outer_bits not in OUTER_BITS_RANGE:
        return (
            f"Outer primes of {settings.outer_bits} bits are outside "
            f"{OUTER_BITS_RANGE.start} to {OUTER_BITS_RANGE.stop - 1}"
        )
    if degree // 2 < shape.slots:
        return f"N = {degree} gives {degree // 2} slots, but one picture needs {shape.slots}"
    limit = GUIDELINES_2024[degree][0]
    bits = make_parameters(settings, shape).chain.coeff_modulus_bits
    if sum(bits) > limit:
        return (
            f"A bit scale of {scale_bits} needs a coefficient modulus of {sum(bits)} bits, but "
            f"N = {degree} is 128-bit secure only up to {limit}"
        )
    return _fault_of_primes(settings, bits) or _fault_of_headroom(settings, shape)


def _fault_of_primes(settings: Settings, bits: tuple[int, ...]) -> str | None:
    degree = settings.poly_modulus_degree
    if min(bits) < LEAST_PRIME_BITS:
        return (
            f"A bit scale of {settings.scale_bits} at N = {degree} leaves a prime of {min(bits)} "
            f"bits, but the least is {LEAST_PRIME_BITS}"
        )
    for size in sorted(set(bits)):
        if bits.count(size) > _prime_count(degree, size):
            return (
                f"N = {degree} has only {_prime_count(degree, size)} primes of {size} bits, "
                f"but the chain needs {bits.count(size)}"
            )
    return None


def _fault_of_headroom(settings: Settings, shape: CircuitShape) -> str | None:
    if settings.outer_bits is None:
        return None
    headroom, needed = settings.outer_bits - settings.scale_bits, score_bits(shape.largest_logit)
    if headroom < needed:
        return (
            f"Scores up to {shape.largest_logit:.0f} need the outer primes to be "
            f"{needed} bits above the bit scale, not {headroom}"
        )
    return None


@functools.cache
def _prime_count(degree: int, bits: int) -> int:
    """Return how many primes of `bits` bits are 1 modulo 2N, as SEAL needs; "many" is 64."""
    if 2**bits // (2 * degree) > 2048:
        return 64
    first = 2 ** (bits - 1) // (2 * degree) * 2 * degree + 1
    count = 0
    for candidate in range(max(first, 2 * degree + 1), 2**bits, 2 * degree):
        if candidate.bit_length() == bits and all(
            candidate % divisor for divisor in range(3, math.isqrt(candidate) + 1, 2)
        ):
            count += 1
            if count == 64:
                break
    return count
