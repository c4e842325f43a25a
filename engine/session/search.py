"""The search for the settings to begin with: the fastest whose expected error is small enough.

Every prime makes each rotation dearer, and a special prime too small forbids to rotate inputs; so
for each number of primes, and of layers that may rotate their input, the most bits are planned. A
larger N makes every operation more than twice as dear, and is tried only where no smaller one is
precise.
"""

import contextlib
import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass

from engine.circuits.diagonals import PackingError
from engine.circuits.legs import cut_network
from engine.circuits.planner import estimate
from engine.circuits.stages import circuit_shape, layer_limits
from engine.ckks.chains import make_parameters
from engine.ckks.feasibility import find_fault
from engine.ckks.parameters import (
    POLY_MODULUS_DEGREES,
    SCALE_BITS_RANGE,
    SHORT_DEGREE,
    CircuitShape,
    Parameters,
    ProtocolName,
    Settings,
)
from engine.errors import ParameterError
from engine.session.forecast import expected_precision, network_named

LEAST_BITS = 24
"""With fewer no network here kept its precision; the search begins there."""

DEEPEST_BITS = 30
"""Networks as deep as any that can run need so many (measured on a LeNet-5 of four squares)."""

PRECISE = 6e-3
"""The largest error of a score, over the largest score, that a recommended setting may have."""

SLACK = 1.1
"""A setting a tenth slower is taken if it is more exact."""


@dataclass(frozen=True)
class _Candidate:
    """A setting with its number of primes and of layers whose input it may rotate."""

    settings: Settings
    parameters: Parameters

    @property
    def primes(self) -> int:
        return self.parameters.chain.top_level

    @property
    def quiet(self) -> int:
        return sum(limit.most_babies > 1 for limit in layer_limits(self.parameters))

    @property
    def error(self) -> float:
        return expected_precision(self.settings).relative_error


def fastest_precise(
    model: str, protocol: ProtocolName, poly_modulus_degree: int | None
) -> Settings:
    """Return the fastest setting whose expected error is PRECISE, else the most exact.

    Raises ModelError, and ParameterError if the network is too deep.
    """
    shape = circuit_shape(network_named(model), protocol)
    degrees: tuple[int, ...] = POLY_MODULUS_DEGREES
    if poly_modulus_degree:
        degrees = (poly_modulus_degree,)
    elif protocol == "refresh":
        # There every layer is refreshed: over a network, more messages cost more than it saves.
        degrees = tuple(degree for degree in degrees if degree > SHORT_DEGREE)
    found: dict[_Candidate, float] = {}
    for degree in degrees:
        here = _costs(shape, Settings(model, degree, LEAST_BITS, None, protocol))
        if (found and here) or any(each.error <= PRECISE for each in here):
            found |= here
            break
        found |= here
    if not found:
        if poly_modulus_degree:
            return Settings(model, poly_modulus_degree, LEAST_BITS, None, protocol)
        raise ParameterError(_too_deep(model, shape))
    return _fastest(found)


def _fastest(costs: dict[_Candidate, float]) -> Settings:
    """Return the fastest candidate that is precise, or one a little slower but better."""
    errors: dict[Settings, float] = {}
    slowest = math.inf
    for candidate, cost in sorted(costs.items(), key=lambda item: item[1]):
        if cost > slowest:
            break
        errors[candidate.settings] = candidate.error
        if candidate.error <= PRECISE:
            slowest = min(slowest, SLACK * cost)
    precise = [settings for settings, error in errors.items() if error <= PRECISE]
    if not precise:
        return min(errors, key=lambda settings: errors[settings])
    return max(precise, key=lambda settings: (-settings.poly_modulus_degree, settings.scale_bits))


def _costs(shape: CircuitShape, least: Settings) -> dict[_Candidate, float]:
    """Return about what the candidates of one N cost, where they can be planned.

    After one that is precise only those follow that rotate more inputs on at most one prime more.
    """
    degree = least.poly_modulus_degree
    maps = cut_network(network_named(least.model), least.protocol, degree)[-1]
    costs: dict[_Candidate, float] = {}
    quiet, most_primes = -1, math.inf
    by_primes = sorted(
        _candidates(shape, least), key=lambda each: (each.primes, -each.settings.scale_bits)
    )
    for candidate in by_primes:
        if candidate.primes > most_primes or candidate.quiet <= quiet:
            continue
        with contextlib.suppress(PackingError):
            cost = estimate(maps, degree // 2, layer_limits(candidate.parameters))
            costs[candidate] = cost * degree * degree.bit_length()
            if candidate.error <= PRECISE:
                quiet = max(quiet, candidate.quiet)
                most_primes = min(most_primes, candidate.primes + 1)
    return costs


def _candidates(shape: CircuitShape, least: Settings) -> Iterator[_Candidate]:
    """Return for each number of primes and of layers that may rotate their input the most bits.

    Where those leave a special prime smaller than others, so that key switches are noisy, also the
    most that do not.
    """
    kinds: dict[tuple[int, int, bool], _Candidate] = {}
    for bits in SCALE_BITS_RANGE:
        settings = dataclasses.replace(least, scale_bits=bits)
        if bits >= least.scale_bits and find_fault(settings, shape) is None:
            candidate = _Candidate(settings, make_parameters(settings, shape))
            *data, special = candidate.parameters.chain.coeff_modulus_bits
            kinds[candidate.primes, candidate.quiet, special >= max(data)] = candidate
    yield from kinds.values()


def _too_deep(model: str, shape: CircuitShape) -> str:
    largest = POLY_MODULUS_DEGREES[-1]

    def carries(squares: int) -> bool:
        fewer = CircuitShape(squares, 1, shape.largest_logit, baby_steps=True)
        return find_fault(Settings(model, largest, DEEPEST_BITS), fewer) is None

    most = max(filter(carries, range(shape.squares)), default=0)
    return (
        f"The model {model} needs {2 * shape.squares + 1} levels, for {shape.squares} squares "
        f"between linear layers, but N = {largest} has {2 * most + 1} without bootstrapping, which "
        f"SEAL lacks; {most} squares can run."
    )
