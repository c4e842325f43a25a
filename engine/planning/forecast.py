"""Everything that settings imply, worked out before anything runs.

The window shows a Forecast beside the settings at every change; it costs no cryptography. Sizes
follow from SEAL's format, times from the primitive costs measured on this machine.
"""

import math
from dataclasses import dataclass, replace

from engine.circuits.batch.stages import build_batch_circuit
from engine.circuits.diagonals import IntArray
from engine.circuits.expected.calibration import costs_path, load_costs
from engine.circuits.expected.cost import Counts, PrimitiveCosts, count_stages
from engine.circuits.expected.precision import (
    Precision,
    changed_answers,
    changed_words,
    predict_batch,
    predict_precision,
)
from engine.circuits.stages import Circuit, build_circuit
from engine.ckks.parameters import LEAST_PRIME_BITS, Chain, Settings
from engine.ckks.security import GUIDELINES_2024, STANDARD_2018, security_bits
from engine.errors import ParameterError
from engine.networks.architecture_text import from_notation, is_notation
from engine.networks.draft import draft
from engine.networks.files import load_network
from engine.networks.layers import Network
from engine.planning.journey import StageInfo, journey
from engine.planning.kept import kept_by_model
from engine.resources import model_path

# Bytes on the wire of one polynomial coefficient modulo a prime of 20, 21, ... 60 bits: SEAL
# stores 64-bit words and compresses them with zstd. Measured at N = 8192 with SEAL 4.3.
# fmt: off
COEFFICIENT_BYTES = (
    3.37, 3.33, 3.46, 3.42, 3.39, 3.87, 4.06, 4.20, 4.34, 4.44, 4.45, 4.38, 4.27, 4.86, 5.12,
    5.33, 5.51, 5.72, 5.87, 5.96, 6.02, 6.23, 6.40, 6.54, 6.66, 6.73, 6.78, 6.80, 6.84, 7.05,
    7.20, 7.32, 7.43, 7.49, 7.53, 7.54, 7.57, 7.68, 7.77, 7.86, 8.01,
)
# fmt: on

SETUP_SECONDS = 0.25
"""Contexts on both sides, reading the model and encoding its masks (measured on one core)."""


@dataclass(frozen=True)
class Forecast:
    """What a setting will give: sizes in bytes, times in seconds, security in bits (0: under 128).

    `relative_error` is the expected error of a score over the largest, `stage_bits` how many bits
    are right after each stage, and `changed_answers` the share of pictures that will get another
    answer than in the clear; the two are no numbers for a model that is the cloud's secret.

    `ciphertext_bytes` is what the encrypted picture takes. `coeff_modulus_bits` ends with the
    special prime; `levels` is the number of primes that can still be dropped from a fresh
    ciphertext. `stages` has every step, those between the legs of the refresh protocol too;
    `stage_seconds` has the predicted time of each cloud stage by its key; times are missing until
    this machine's primitive costs were measured, and follow what its runs took until `timed_on`, a
    day as in 2026-11-30, empty if unknown.
    """

    settings: Settings
    coeff_modulus_bits: tuple[int, ...]
    levels: int
    security_2018: int
    security_2024: int
    slots_used: int
    slots: int
    ciphertext_bytes: int
    relin_key_bytes: int
    galois_key_bytes: int
    galois_key_count: int
    stages: tuple[StageInfo, ...]
    stage_seconds: tuple[tuple[str, float], ...]
    key_seconds: float | None
    server_seconds: float | None
    relative_error: float
    stage_bits: tuple[tuple[str, float], ...]
    changed_answers: float
    timed_on: str = ""

    @property
    def consequence(self) -> str:
        """Return in words what the expected error does to answers."""
        return changed_words(self.changed_answers)


def timing_words(day: str) -> str:
    """Say where predicted times come from: `timed_on` of a forecast."""
    return "as measured on this machine" + (f", last on {day}" if day else "")


@dataclass(frozen=True)
class Refusal:
    """Why a setting cannot work, in one sentence, and the nearest one that does (if any)."""

    settings: Settings
    reason: str
    suggestion: Settings | None


def forecast(settings: Settings, costs: PrimitiveCosts | None = None) -> Forecast | Refusal:
    """Return what `settings` imply or why they cannot work; raise ModelError without a model.

    Times are predicted from `costs`, or from what was measured on this machine.
    """
    try:
        circuit = circuit_for(settings)
    except ParameterError as error:
        return Refusal(settings, str(error), error.suggestion)
    return _forecast(settings, circuit, costs or load_costs(costs_path()))


@kept_by_model(8)
def network_named(name: str) -> Network:
    """Return the model `name`, read once; raise ModelError if there is none or it is damaged.

    An architecture in one line (`engine.networks.architecture_text`) is a name too: that of a
    network nobody trained, which can be planned but not run.
    """
    if is_notation(name):
        return draft(from_notation(name))
    return load_network(model_path(name))


@kept_by_model(8)
def circuit_for(settings: Settings) -> Circuit:
    """Return the plan for `settings`, made once; raise ParameterError or ModelError.

    Few are kept: the masks of a colour network take 60 MB.
    """
    return build_circuit(network_named(settings.model), settings)


@kept_by_model(64)
def stage_counts(settings: Settings) -> dict[str, Counts]:
    """Return the primitives that each stage of `settings` is made of; raise as `circuit_for`."""
    return count_stages(circuit_for(settings))


@kept_by_model(64)
def expected_precision(settings: Settings) -> Precision:
    """Return how exact `settings` will be; raise ParameterError or ModelError."""
    network = network_named(settings.model)
    nobody_knows = not network.card.dataset and not is_notation(settings.model)
    return predict_precision(circuit_for(settings), network, reads_noise=nobody_knows)


@kept_by_model(64)
def expected_batch_error(settings: Settings) -> float:
    """Return the relative error to expect of a batch; raise ParameterError or ModelError."""
    network = network_named(settings.model)
    return predict_batch(build_batch_circuit(network, settings), network)


def sizes_only(
    settings: Settings,
    chain: Chain,
    packed: IntArray,
    rotations: int,
    stages: tuple[StageInfo, ...],
) -> Forecast:
    """Return what follows from parameters and packing alone: no times, and errors are no numbers.

    `packed` says which values go into the slots of the first leg, (ciphertexts, parts, slots).
    """
    degree, bits = chain.poly_modulus_degree, chain.coeff_modulus_bits
    per_coefficient = [COEFFICIENT_BYTES[each - LEAST_PRIME_BITS] for each in bits]
    # A seeded ciphertext stores one of its two polynomials, over the data primes; a key switching
    # key is one seeded ciphertext over the whole chain for each data prime.
    key_bytes = round(chain.top_level * degree * sum(per_coefficient))
    return Forecast(
        settings=settings,
        coeff_modulus_bits=bits,
        levels=chain.top_level - 1,
        security_2018=security_bits(STANDARD_2018, degree, sum(bits)),
        security_2024=security_bits(GUIDELINES_2024, degree, sum(bits)),
        slots_used=int((packed >= 0).any(axis=1).sum(axis=1).max()),
        slots=chain.slots,
        ciphertext_bytes=round(len(packed) * degree * sum(per_coefficient[:-1])),
        relin_key_bytes=key_bytes,
        galois_key_bytes=key_bytes * rotations,
        galois_key_count=rotations,
        stages=stages,
        stage_seconds=(),
        key_seconds=None,
        server_seconds=None,
        relative_error=math.nan,
        stage_bits=(),
        changed_answers=math.nan,
    )


def _forecast(settings: Settings, circuit: Circuit, costs: PrimitiveCosts | None) -> Forecast:
    chain = circuit.parameters.chain
    degree, count = chain.poly_modulus_degree, len(circuit.rotation_steps)
    stage_seconds: tuple[tuple[str, float], ...] = ()
    key_seconds = server_seconds = None
    if costs is not None:
        stage_seconds = tuple(
            (key, costs.total(counts, degree)) for key, counts in stage_counts(settings).items()
        )
        server_seconds = sum(seconds for _, seconds in stage_seconds)
        one_key = costs.predict("make_galois_key", chain.top_level, degree)
        key_seconds = SETUP_SECONDS + one_key * (count + 1)
    expected = expected_precision(settings)
    picture = circuit.legs[0].packing.value_of_slot
    return replace(
        sizes_only(settings, chain, picture, count, journey(circuit)),
        stage_seconds=stage_seconds,
        key_seconds=key_seconds,
        server_seconds=server_seconds,
        relative_error=expected.relative_error,
        stage_bits=expected.stage_bits,
        changed_answers=changed_answers(network_named(settings.model), expected.relative_error),
        timed_on=costs.day if costs else "",
    )
