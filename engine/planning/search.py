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
from engine.circuits.limits import LayerLimits, layer_limits
from engine.circuits.stages import Circuit, LinearStage, circuit_shape
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
from engine.planning.forecast import circuit_for, expected_precision, network_named

LEAST_BITS = 24
"""With fewer no network here kept its precision; the search begins there."""

DEEPEST_BITS = 30
"""Networks as deep as any that can run need so many (measured on a LeNet-5 of four squares)."""

PRECISE = 6e-3
"""The largest error of a score, over the largest score, unless another is asked for."""

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
    def is_evenly_noisy(self) -> bool:
        """Tell whether the special prime is as large as any other."""
        *data, special = self.parameters.chain.coeff_modulus_bits
        return special >= max(data)

    @property
    def quiet(self) -> int:
        return sum(limit.most_babies > 1 for limit in layer_limits(self.parameters))


@dataclass(frozen=True)
class _Planned:
    """A setting, about what a picture costs under it, and the error to expect."""

    settings: Settings
    cost: float
    error: float


def fastest_precise(
    model: str,
    protocol: ProtocolName,
    poly_modulus_degree: int | None,
    most_error: float = PRECISE,
) -> Settings:
    """Return the fastest setting whose expected error is at most that, else the most exact.

    Raises ModelError, and ParameterError if the network is too deep or too wide.
    """
    shape = circuit_shape(network_named(model), protocol)
    degrees: tuple[int, ...] = POLY_MODULUS_DEGREES
    if poly_modulus_degree:
        degrees = (poly_modulus_degree,)
    elif protocol == "refresh":
        # There every layer is refreshed: over a network, more messages cost more than it saves.
        degrees = tuple(degree for degree in degrees if degree > SHORT_DEGREE)
    found: list[_Planned] = []
    for degree in degrees:
        here = _planned(shape, Settings(model, degree, LEAST_BITS, None, protocol), most_error)
        enough = (found and here) or any(each.error <= most_error for each in here)
        found += here
        if enough:
            break
    if not found:
        if poly_modulus_degree:
            return Settings(model, poly_modulus_degree, LEAST_BITS, None, protocol)
        for degree in reversed(degrees):
            _check_room(shape, Settings(model, degree, LEAST_BITS, None, protocol))
        raise ParameterError(_too_deep(model, shape))
    return _fastest(found, most_error).settings


def _fastest(found: list[_Planned], most_error: float) -> _Planned:
    """Return the fastest that is precise, or one a little slower but better."""
    precise = [each for each in found if each.error <= most_error]
    if not precise:
        return min(found, key=lambda each: each.error)
    slowest = SLACK * min(each.cost for each in precise)
    return max(
        (each for each in precise if each.cost <= slowest),
        key=lambda each: (-each.settings.poly_modulus_degree, each.settings.scale_bits),
    )


def _planned(shape: CircuitShape, least: Settings, most_error: float) -> list[_Planned]:
    """Plan the candidates of one N.

    After one that is precise only those follow that rotate more inputs on at most one prime more,
    and are not too slow to be chosen; how precise it is, is only asked of one that could be. After
    one that is not, with a special prime as large as any other, no fewer bits on as many primes.
    """
    planned: list[_Planned] = []
    too_few: dict[int, int] = {}
    quiet, most_primes, best = -1, math.inf, _Planned(least, math.inf, math.inf)
    by_primes = sorted(
        _candidates(shape, least), key=lambda each: (each.primes, -each.settings.scale_bits)
    )
    for candidate in by_primes:
        bits = candidate.settings.scale_bits
        if candidate.primes > most_primes or candidate.quiet <= quiet:
            continue
        if bits < too_few.get(candidate.primes, 0):
            continue
        with contextlib.suppress(PackingError):
            cost = _cost(circuit_for(candidate.settings))
            if cost > SLACK * best.cost:
                continue
            if cost >= best.cost and bits < best.settings.scale_bits:
                quiet = candidate.quiet
                continue
            error = expected_precision(candidate.settings).relative_error
            planned.append(_Planned(candidate.settings, cost, error))
            if error <= most_error:
                quiet = candidate.quiet
                most_primes = min(most_primes, candidate.primes + 1)
                best = min(best, planned[-1], key=lambda each: each.cost)
            elif candidate.is_evenly_noisy:
                too_few[candidate.primes] = bits
    return planned


def _cost(circuit: Circuit) -> float:
    """Return about what a circuit costs, a square being as dear as a rotation."""
    degree = circuit.parameters.chain.poly_modulus_degree
    layers = [stage for stage in circuit.stages if isinstance(stage, LinearStage)]
    return degree * degree.bit_length() * sum(map(_layer_cost, layers))


def _layer_cost(stage: LinearStage) -> float:
    plan = stage.plan
    rotations = len(plan.rotations) + plan.output.ciphertexts
    return LayerLimits(stage.level, 1).cost(rotations, sum(1 for _ in plan.masks))


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
            kinds[candidate.primes, candidate.quiet, candidate.is_evenly_noisy] = candidate
    yield from kinds.values()


def _check_room(shape: CircuitShape, least: Settings) -> None:
    """Raise ParameterError if a chain of this N carries the network, but no layout of it fits."""
    for candidate in _candidates(shape, least):
        try:
            circuit_for(candidate.settings)
        except PackingError as error:
            why = str(error)
            raise ParameterError(
                f"The model {least.model} cannot be laid out in ciphertexts of N = "
                f"{least.poly_modulus_degree}: {why[0].lower()}{why[1:]}"
            ) from error


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
