"""The settings to begin with, for any network: the fastest that keep its precision."""

import contextlib
import dataclasses
import functools
import json
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
    CircuitShape,
    Parameters,
    ProtocolName,
    Settings,
)
from engine.errors import ModelError, ParameterError
from engine.files import write_whole
from engine.resources import model_sha256
from engine.session.forecast import network_named

LEAST_BITS = (26, 26, 26, 27, 30)
"""For so many squares; every square doubles what was wrong before it. Measured: network 1 with 26
bits is off by 0.1 % of its largest score, network 2 with 27 by 0.25 % (with 28 by 0.16 %, but on
five primes instead of four, a third slower), a LeNet-5 (four squares) by 3 % with 28 and 0.3 % with
30."""

UNTRIMMED_BITS = 1
"""More for networks from elsewhere with three squares and more: ours were trained to bear noise
(measured on a network of three for colour pictures: 0.6 % with 28 bits, 0.3 % with 29)."""

VERSION = 1
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
    """Return the fastest setting for a model that keeps its precision, perhaps at a given N.

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
    network = network_named(model)
    shape = circuit_shape(network, protocol)
    least_bits = LEAST_BITS[min(shape.squares, len(LEAST_BITS) - 1)]
    least_bits += UNTRIMMED_BITS * (shape.squares > 2 and not network.card.test_pictures)
    degrees = (poly_modulus_degree,) if poly_modulus_degree else POLY_MODULUS_DEGREES
    found: list[tuple[float, Settings]] = []
    for degree in degrees:
        maps = cut_network(network, protocol, degree)[-1]
        for settings, parameters in _candidates(
            shape, Settings(model, degree, least_bits, None, protocol)
        ):
            try:
                cost = estimate(maps, degree // 2, layer_limits(parameters))
            except PackingError:
                continue
            found.append((cost * degree * degree.bit_length(), settings))
        if len({settings.poly_modulus_degree for _, settings in found}) == 2:
            break
    if not found:
        if poly_modulus_degree:
            return Settings(model, poly_modulus_degree, least_bits, None, protocol)
        raise ParameterError(_too_deep(model, shape))
    fastest = min(cost for cost, _ in found)
    near = [settings for cost, settings in found if cost <= SLACK * fastest]
    return max(near, key=lambda settings: (-settings.poly_modulus_degree, settings.scale_bits))


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
    best = 1
    for (_, quiet), candidate in sorted(kinds.items(), key=lambda kind: kind[0]):
        if quiet < best:  # more primes only where that lets more layers rotate
            best = quiet
            yield candidate


def _too_deep(model: str, shape: CircuitShape) -> str:
    largest = POLY_MODULUS_DEGREES[-1]

    def carries(squares: int) -> bool:
        fewer = CircuitShape(squares, 1, shape.largest_logit, baby_steps=True)
        return find_fault(Settings(model, largest, LEAST_BITS[-1]), fewer) is None

    most = max(filter(carries, range(shape.squares)), default=0)
    return (
        f"The model {model} needs {2 * shape.squares + 1} levels, for {shape.squares} squares "
        f"between linear layers, but N = {largest} has {2 * most + 1} without bootstrapping, which "
        f"SEAL lacks; {most} squares can run."
    )
