"""What a teaching run found in the ciphertexts: records, and how exact they were."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import Array
from engine.ckks.parameters import Settings

MOST_BITS = 53.0
"""The clear numbers have no more."""


@dataclass(frozen=True, eq=False)
class StageLook:
    """What is in the ciphertexts after a stage: `decrypted` beside `clear`.

    Both have shape (ciphertexts, 2, slots): slots may hold two values. `is_held` marks those that
    do hold one. `bits` of the largest of them are right in all,
    `expected_bits` were predicted; `wire_bytes` is what the cloud showed.
    """

    key: str
    decrypted: Array
    clear: Array
    is_held: npt.NDArray[np.bool_]
    bits: float
    expected_bits: float
    wire_bytes: int


@dataclass(frozen=True, eq=False)
class TeachingRun:
    """A teaching run of a picture; `server_seconds` with the time that showing took."""

    settings: Settings
    stages: tuple[StageLook, ...]
    scores: tuple[float, ...]
    server_seconds: float


def right_bits(clear: Array, found: Array) -> float:
    """Return how many bits of the largest of some numbers are right in all of them."""
    largest, error = float(np.abs(clear).max()), float(np.abs(found - clear).max())
    if not largest or not error:
        return MOST_BITS
    return min(MOST_BITS, math.log2(largest / error))
