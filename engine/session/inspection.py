"""How a ciphertext looks beside its picture: histograms, and how far they are from pure chance.

Everything here is arithmetic on bytes and numbers that the cloud has too; no key is involved.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import Array

Counts = npt.NDArray[np.int64]
Residues = npt.NDArray[np.uint64]
BINS = 64
SPREADS = 4.0
"""So many standard deviations from the mean still pass for chance: 1 in 16,000 is further off."""


@dataclass(frozen=True, eq=False)
class Coefficients:
    """A ciphertext unpacked: `residues` (2, len(primes), N), each below its row's prime."""

    primes: tuple[int, ...]
    residues: Residues


@dataclass(frozen=True)
class Uniformity:
    """Pearson's chi-square of counts against equal ones, with its degrees of freedom."""

    chi_square: float
    freedom: int

    @property
    def spread(self) -> float:
        """Return the standard deviation that pure chance has around its mean, `freedom`."""
        return math.sqrt(2 * self.freedom)

    @property
    def is_like_chance(self) -> bool:
        """Tell whether equally likely values would give such counts."""
        return abs(self.chi_square - self.freedom) < SPREADS * self.spread


def pixel_histogram(picture: npt.NDArray[np.uint8], bins: int = BINS) -> Counts:
    """Count the pixels, uint8 of any shape, in `bins` equal parts of 0 to 255; shape (bins,)."""
    return _count(picture.ravel() / 256, bins)


def coefficient_histogram(coefficients: Coefficients, bins: int = BINS) -> Counts:
    """Count the coefficients in `bins` equal parts of 0 to their prime; shape (bins,)."""
    primes = np.asarray(coefficients.primes, dtype=np.float64)
    return _count((coefficients.residues / primes[:, None]).ravel(), bins)


def uniformity(counts: Counts) -> Uniformity:
    """Compare counts (bins,), not all zero, with equal ones."""
    expected = counts.sum() / len(counts)
    return Uniformity(float(((counts - expected) ** 2 / expected).sum()), len(counts) - 1)


def entropy_bits(data: bytes) -> float:
    """Return the entropy of the bytes' distribution in bits a byte, 0 to 8 (Shannon 1948)."""
    counts = np.bincount(np.frombuffer(data, np.uint8), minlength=256)
    shares = counts[counts > 0] / max(1, len(data))
    return float(abs((shares * np.log2(shares)).sum()))


def _count(shares: Array, bins: int) -> Counts:
    places = np.minimum((shares * bins).astype(np.int64), bins - 1)
    return np.bincount(places, minlength=bins)
