"""Reasons for a refusal, what a refusal says and offers, and how its sentences name things."""

import math
from dataclasses import dataclass
from enum import Enum

from engine.playground.operations import Operation, name_of
from engine.playground.values import Value


class Reason(Enum):
    """What stands in the way."""

    LEVELS = "levels"
    SCALES = "scales"
    THREE_POLYNOMIALS = "three polynomials"
    PRODUCT_OF_THREE = "product of three polynomials"
    OUT_OF_BOUNDS = "scale out of bounds"
    END_OF_CHAIN = "end of the chain"
    NO_GALOIS_KEY = "no Galois key"
    TRANSPARENT = "transparent"
    WRAPS_AROUND = "wraps around"
    LOST = "lost in rounding"
    FAR_SCALE = "far from the scale"
    NOTHING_TO_DO = "nothing to do"
    NUMBERS = "numbers"
    NO_ROOM = "no room"
    NO_VALUE = "no such value"

    @property
    def is_of_library(self) -> bool:
        """Tell whether SEAL refuses it too; the rest it would do, but not as meant."""
        return self in _OF_LIBRARY


_OF_LIBRARY = {
    Reason.LEVELS,
    Reason.SCALES,
    Reason.THREE_POLYNOMIALS,
    Reason.OUT_OF_BOUNDS,
    Reason.END_OF_CHAIN,
    Reason.NO_GALOIS_KEY,
    Reason.TRANSPARENT,
}


@dataclass(frozen=True)
class Refusal:
    """`before` makes of one operand what is needed first; `instead` does what was meant."""

    reason: Reason
    sentence: str
    before: Operation | None = None
    instead: Operation | None = None


@dataclass(frozen=True)
class Operand:
    """A value and its place."""

    place: int
    value: Value

    @property
    def name(self) -> str:
        """Return the value's name."""
        return name_of(self.place)


def scale_text(scale: float) -> str:
    """Return a scale as a power of two: `2^40`, `2^40.0000002`."""
    return "2^" + f"{math.log2(scale):.7f}".rstrip("0").rstrip(".")


def primes_text(count: int) -> str:
    """Return how many primes: `1 prime`, `3 primes`."""
    return f"{count} prime{'' if count == 1 else 's'}"
