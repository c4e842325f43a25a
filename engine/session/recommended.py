"""The settings to begin with, for any network: the fastest that keep its precision."""

import contextlib
import dataclasses
import functools
import json
import math
from collections.abc import Iterator
from pathlib import Path

import platformdirs

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
from engine.errors import ModelError, ParameterError
from engine.files import write_whole
from engine.resources import model_sha256
from engine.session.forecast import expected_precision, network_named

LEAST_BITS = 24
"""With fewer no network here kept its precision; the search begins there."""

DEEPEST_BITS = 30
"""Networks as deep as any that can run need so many (measured on a LeNet-5 of four squares)."""

PRECISE = 6e-3
"""The largest error of a score, over the largest score, that a recommended setting may have."""

VERSION = 2
"""Of what is kept: one more when another setting may be recommended."""

SLACK = 1.1
"""A setting a tenth slower is taken if it is more exact."""


def known_recommendation(model: str, protocol: ProtocolName = "one-shot") -> Settings | None:
    """Return what `recommended` found on this computer before, without any planning, else None."""
    try:
        degree, bits = _kept()[_key(model, protocol, None)]
    except (KeyError, ModelError):
        return None
    return Settings(model, degree, bits, None, protocol)


@functools.lru_cache(maxsize=64)
def recommended(
    model: str, protocol: ProtocolName = "one-shot", poly_modulus_degree: int | None = None
) -> Settings:
    """Return the fastest setting for a model whose expected error is PRECISE, perhaps at a given N.

    Where none is, the most exact.

    What was found is kept in the user's cache folder, under the hash of the model's file.

    Every prime makes each rotation dearer, and a special prime too small forbids to rotate inputs;
    so the few chains that are best in either are planned and compared. Raises ModelError, and
    ParameterError if the network is too deep.
    """
    key = _key(model, protocol, poly_modulus_degree)
    if (kept := _kept().get(key)) is not None:
        return Settings(model, *kept, None, protocol)
    found = _found(model, protocol, poly_modulus_degree)
    _keep(key, found)
    return found


def _found(model: str, protocol: ProtocolName, poly_modulus_degree: int | None) -> Settings:
    shape = circuit_shape(network_named(model), protocol)
    degrees: tuple[int, ...] = POLY_MODULUS_DEGREES
    if poly_modulus_degree:
        degrees = (poly_modulus_degree,)
    elif protocol == "refresh":
        # There every layer is refreshed: over a network, more messages cost more than it saves.
        degrees = tuple(degree for degree in degrees if degree > SHORT_DEGREE)
    found: list[tuple[float, Settings]] = []
    for degree in degrees:
        least = Settings(model, degree, LEAST_BITS, None, protocol)
        found += _costs(shape, least)
        if len({settings.poly_modulus_degree for _, settings in found}) == 2:
            break
    if not found:
        if poly_modulus_degree:
            return least
        raise ParameterError(_too_deep(model, shape))
    return _fastest_precise(found)


def _fastest_precise(costs: list[tuple[float, Settings]]) -> Settings:
    """Return of several settings the fastest that is precise, or one a little slower but better."""
    errors: dict[Settings, float] = {}
    slowest = math.inf
    for cost, settings in sorted(costs, key=lambda each: each[0]):
        if cost > slowest:
            break
        errors[settings] = expected_precision(settings).relative_error
        if errors[settings] <= PRECISE:
            slowest = min(slowest, SLACK * cost)
    precise = [settings for settings, error in errors.items() if error <= PRECISE]
    if not precise:
        return min(errors, key=lambda settings: errors[settings])
    return max(precise, key=lambda settings: (-settings.poly_modulus_degree, settings.scale_bits))


def _costs(shape: CircuitShape, least: Settings) -> Iterator[tuple[float, Settings]]:
    """Return what the candidates of one N cost, where they can be planned."""
    degree = least.poly_modulus_degree
    maps = cut_network(network_named(least.model), least.protocol, degree)[-1]
    for settings, parameters in _candidates(shape, least):
        with contextlib.suppress(PackingError):
            cost = estimate(maps, degree // 2, layer_limits(parameters))
            yield cost * degree * degree.bit_length(), settings


def _kept_path() -> Path:
    return platformdirs.user_cache_path("ciphersketch") / "recommended.json"


def _kept() -> dict[str, tuple[int, int]]:
    """Return the (degree, bits) that were found before; none if the file cannot be used."""
    try:
        data = json.loads(_kept_path().read_text())
        return {
            str(key): (degree, bits)
            for key, (degree, bits) in data.items()
            if degree in POLY_MODULUS_DEGREES and bits in SCALE_BITS_RANGE
        }
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _keep(key: str, settings: Settings) -> None:
    entry = settings.poly_modulus_degree, settings.scale_bits
    with contextlib.suppress(OSError):  # found again the next time
        write_whole(_kept_path(), json.dumps(_kept() | {key: entry}))


def _key(model: str, protocol: ProtocolName, poly_modulus_degree: int | None) -> str:
    return f"{VERSION} {model_sha256(model)} {protocol} {poly_modulus_degree}"


def _candidates(shape: CircuitShape, least: Settings) -> Iterator[tuple[Settings, Parameters]]:
    """Return for each number of primes and of layers that may rotate their input the most bits."""
    kinds: dict[tuple[int, int], tuple[Settings, Parameters]] = {}
    for bits in SCALE_BITS_RANGE:
        settings = dataclasses.replace(least, scale_bits=bits)
        if bits >= least.scale_bits and find_fault(settings, shape) is None:
            parameters = make_parameters(settings, shape)
            quiet = sum(limit.most_babies > 1 for limit in layer_limits(parameters))
            kinds[parameters.chain.top_level, -quiet] = settings, parameters
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
