"""The noisy back end: what encryption will do to a circuit's numbers, before anything is encrypted.

A value is followed together with its error, which every operation changes and most add to: as much
as SEAL's would on average, drawn at random. Standard deviations, of a slot's real part:

- fresh encryption: 3.2 sqrt(N) (errors of deviation 3.2, as the HE standard says) and rounding;
- an encoded mask: sqrt(n/24), its imaginary part sqrt(6) times as much, for n slots that repeat
  (`engine.ckks.rounding`, measured); where errors are large, imaginary parts reach the real ones.
  Both parts of a complex mask: sqrt(n/12);
- a rescale: sqrt(N/12 (1 + 2N/3)), since the secret key has 2N/3 coefficients that are not zero;
  of three polynomials sqrt(N/12) 2N/3 sqrt(2), the square of the secret key being larger;
- a key switch: a digit, uniform below its prime q, times an error, divided by the special prime P.
  SEAL's digits are not centred, so that the mean of a digit disturbs the first slots far more.

Cheon, Kim, Kim and Song (ASIACRYPT 2017) have the operations; the rest follows from SEAL 4's code.
"""

import dataclasses
import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import Weights
from engine.ckks.pairs import alternating
from engine.ckks.rounding import slot_exponents

ERROR = 3.2
"""Standard deviation of an encryption's error."""

SUMS = math.sqrt(6)
"""So many times as large as a mask's real error is its imaginary one (`engine.ckks.rounding`)."""

POOL = 1 << 20
"""Errors are taken from so many numbers drawn before, from a random place on: six times as fast."""

Singles = npt.NDArray[np.float32]
Errors = npt.NDArray[np.complex64]
Values = npt.NDArray[np.inexact[Any]]


@dataclass(frozen=True)
class NoisyMask:
    """A mask or a bias (period,), and the deviation of its encoding's error: of the real part.

    That of the imaginary part is the same for complex values, SUMS times as much for real ones.
    """

    values: Values
    deviation: float
    scale: float


@dataclass(frozen=True)
class Noisy:
    """A ciphertext of several pictures at once: what it should hold and by how much it is off.

    `values` and `error`, complex, have shape (pictures, slots); it has `level` primes and `size`
    polynomials.
    """

    values: Values
    error: Errors
    scale: float
    level: int
    size: int = 2

    @functools.cached_property
    def held(self) -> Errors:
        """Return what it holds: values with their error."""
        held: Errors = self.values + self.error
        return held


class Deviations:
    """Standard deviations of a slot's real part, at scale 1; `primes` end with the special one."""

    def __init__(self, poly_modulus_degree: int, primes: Sequence[int]) -> None:
        degree = poly_modulus_degree
        self.primes = [float(prime) for prime in primes]
        secret = 2 * degree / 3
        rounded = math.sqrt(degree / 24)
        self.rescaled = {2: rounded * math.sqrt(1 + secret), 3: rounded * math.sqrt(2) * secret}
        self.fresh = math.hypot(ERROR * math.sqrt(degree / 2), rounded)
        away = np.abs(1 - np.exp(1j * np.pi / degree * slot_exponents(degree)))
        self._digits = ERROR * np.sqrt((degree / 12 + 1 / away**2) * degree / 2)
        self._switches: dict[int, Singles] = {}

    def key_switch(self, level: int) -> Singles:
        """Return the deviation in each slot (slots,) of a key switch with `level` primes left."""
        if level not in self._switches:
            digits = math.hypot(*self.primes[:level]) / self.primes[-1]
            noise = np.hypot(digits * self._digits, self.rescaled[2])
            self._switches[level] = noise.astype(np.float32)
        return self._switches[level]


@functools.lru_cache(maxsize=2)
def _drawn(seed: int, stretch: float) -> Errors:
    """Return complex numbers by chance; imaginary parts are `stretch` times as large."""
    pool: Errors = np.random.default_rng(seed).standard_normal(POOL, np.float32).view(np.complex64)
    pool.imag *= stretch
    return pool


class NoisyBackend:
    """Runs a circuit on slot vectors with the errors of encryption.

    The same `seed` gives the same errors.
    """

    def __init__(self, poly_modulus_degree: int, primes: Sequence[int], seed: int = 1) -> None:
        self._slots = poly_modulus_degree // 2
        self._deviations = Deviations(poly_modulus_degree, primes)
        self._random = np.random.default_rng(seed)
        self._drawn = _drawn(seed, 1.0)
        self._drawn_real = _drawn(seed, SUMS)

    def encrypt(self, values: Weights, error: Weights, scale: float) -> Noisy:
        """Encrypt slot vectors (pictures, slots) that are off by `error` already."""
        noise = self._noise(values.shape, self._deviations.fresh / scale)
        level = len(self._deviations.primes) - 1
        return Noisy(_single(values), error + noise, scale, level)

    def encode(self, values: Weights, level: int, scale: float) -> NoisyMask:
        """Encode a slot vector (period,), repeated: few coefficients then are not zero."""
        deviation = math.sqrt(len(values) / (12 if np.iscomplexobj(values) else 24)) / scale
        return NoisyMask(_single(values), deviation, scale)

    def rotate(self, x: Noisy, step: int) -> Noisy:
        """Rotate left by `step`: a key switch."""
        error = np.roll(x.error, -step, axis=1) + self._key_switch(x)
        return Noisy(np.roll(x.values, -step, axis=1), error, x.scale, x.level)

    def multiply_plain(self, x: Noisy, mask: NoisyMask) -> Noisy:
        """Multiply slot by slot."""
        shape = x.values.shape
        repeated = (len(x.values), -1, len(mask.values))
        error = x.error.reshape(repeated) * mask.values
        rounding = x.held.reshape(repeated) * self._rounding(mask, len(x.values))
        rounding *= mask.deviation
        error += rounding
        values = x.values.reshape(repeated) * mask.values
        scale = x.scale * mask.scale
        return Noisy(values.reshape(shape), error.reshape(shape), scale, x.level)

    def add(self, x: Noisy, y: Noisy) -> Noisy:
        """Add slot by slot; reuses x."""
        np.add(x.error, y.error, out=x.error)
        return dataclasses.replace(x, values=x.values + y.values)

    def add_plain(self, x: Noisy, values: NoisyMask) -> Noisy:
        """Add slot by slot."""
        repeats = self._slots // len(values.values)
        off = self._rounding(values, len(x.values)) * values.deviation
        return dataclasses.replace(
            x,
            values=x.values + np.tile(values.values, repeats),
            error=x.error + np.tile(off[:, 0], repeats),
        )

    def conjugate(self, x: Noisy) -> Noisy:
        """Conjugate slot by slot: a key switch."""
        error = x.error.conj() + self._key_switch(x)
        return Noisy(x.values.conj(), error, x.scale, x.level)

    def sum(self, x: Noisy, y: Noisy) -> Noisy:
        """Add slot by slot."""
        return dataclasses.replace(x, values=x.values + y.values, error=x.error + y.error)

    def subtract(self, x: Noisy, y: Noisy) -> Noisy:
        """Subtract slot by slot."""
        return dataclasses.replace(x, values=x.values - y.values, error=x.error - y.error)

    def turn(self, x: Noisy) -> Noisy:
        """Multiply by the alternating vector: exact."""
        turned = alternating(self._slots).astype(np.complex64)
        return dataclasses.replace(x, values=x.values * turned, error=x.error * turned)

    def square(self, x: Noisy) -> Noisy:
        """Square slot by slot; the result has three polynomials."""
        error = (2 * x.values + x.error) * x.error
        return Noisy(x.values**2, error, x.scale**2, x.level, 3)

    def relinearize(self, x: Noisy) -> Noisy:
        """Bring three polynomials back to two: a key switch."""
        return Noisy(x.values, x.error + self._key_switch(x), x.scale, x.level)

    def rescale(self, x: Noisy) -> Noisy:
        """Divide by the last prime and drop it."""
        scale = x.scale / self._deviations.primes[x.level - 1]
        noise = self._noise(x.error.shape, self._deviations.rescaled[x.size] / scale)
        return Noisy(x.values, x.error + noise, scale, x.level - 1, x.size)

    def _rounding(self, mask: NoisyMask, pictures: int) -> Errors:
        """Return an encoding's errors over its deviation, (pictures, 1, period), for reading only.

        A plan has one rounding for all pictures; which, is as little known as the keys.
        """
        pool = self._drawn if np.iscomplexobj(mask.values) else self._drawn_real
        return self._some(pool, (pictures, 1, len(mask.values)))

    def _key_switch(self, x: Noisy) -> Errors:
        return self._noise(x.error.shape, self._deviations.key_switch(x.level) / x.scale)

    def _noise(self, shape: tuple[int, ...], deviation: Singles | float) -> Errors:
        """Return complex numbers whose parts have this deviation."""
        noise: Errors = self._some(self._drawn, shape) * deviation
        return noise

    def _some(self, pool: Errors, shape: tuple[int, ...]) -> Errors:
        """Return numbers that were drawn, from a random place on."""
        count = math.prod(shape)
        begin = int(self._random.integers(len(pool) - count))
        return pool[begin : begin + count].reshape(shape)


def _single(values: Weights) -> Values:
    """Return values in single precision."""
    single: Values = values.astype(np.complex64 if np.iscomplexobj(values) else np.float32)
    return single
