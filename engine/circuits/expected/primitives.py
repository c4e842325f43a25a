"""Timing SEAL's primitives one by one, at every level of a chain.

Used to predict times (`engine.circuits.expected.calibration`) and, by the benchmark, to see how
much of a run is SEAL's own work.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from tenseal import sealapi

from engine.circuits.expected.cost import PrimitiveCosts
from engine.ckks.parameters import Chain
from engine.ckks.seal import (
    SealBackend,
    SealEncoder,
    galois_element,
    level_ids,
    load_galois_keys,
    make_context,
    to_bytes,
)

T = TypeVar("T")

CALIBRATION_CHAIN = Chain(poly_modulus_degree=8192, coeff_modulus_bits=(50,) * 7)
"""A chain long enough to see how costs grow; far too long to be secure, it encrypts nothing."""

SCALE = 2.0**9
"""Small, so that a square fits into the smallest prime that a chain may have."""


class PrimitiveTimer:
    """Times the primitives on its own keys; the same object can measure again and again."""

    def __init__(self, chain: Chain, *, secure: bool = True) -> None:
        self._chain = chain
        self._context = make_context(chain, secure=secure)
        self._generator = sealapi.KeyGenerator(self._context)
        self._element = galois_element(1, chain.poly_modulus_degree)
        relin_keys, galois_keys = sealapi.RelinKeys(), sealapi.GaloisKeys()
        self._generator.create_relin_keys(relin_keys)
        self._generator.create_galois_keys([self._element], galois_keys)
        self._backend = SealBackend(self._context, relin_keys, {1: galois_keys})
        self._encoder = sealapi.CKKSEncoder(self._context)
        self._masks = SealEncoder(self._context)
        self._encryptor = sealapi.Encryptor(self._context, self._generator.secret_key())
        self._values = np.random.default_rng(0).random(chain.slots)
        self._ids = level_ids(self._context)

    def measure(self, runs: int) -> PrimitiveCosts:
        """Return the seconds of each primitive at every level.

        It is the least of `runs` runs, so that whatever else the machine does counts little.
        """
        seconds: dict[str, list[float]] = defaultdict(list)
        top = self._chain.top_level
        for level in range(1, top + 1):
            timings = [self._run_once(level) for _ in range(runs)]
            for name in timings[0]:
                seconds[name].append(min(timing[name] for timing in timings))
        seconds["rescale"].insert(0, seconds["rescale"][0])  # level 1 has nothing left to drop
        # One key for each data prime, over all primes and the special one.
        key = min(self._make_galois_key() for _ in range(runs))
        seconds["make_galois_key"] = [
            key * level * (level + 1) / (top * (top + 1)) for level in range(1, top + 1)
        ]
        return PrimitiveCosts(
            self._chain.poly_modulus_degree,
            {name: tuple(values) for name, values in seconds.items()},
        )

    def _run_once(self, level: int) -> dict[str, float]:
        """Return the seconds of each primitive at `level`, on fresh ciphertexts."""
        backend, mask = self._backend, self._masks.encode(self._values, level, SCALE)
        x, y = self._encrypt(level), self._encrypt(level)
        timings: dict[str, float] = {}

        def timed(name: str, action: Callable[[], T]) -> T:
            begin = time.perf_counter()
            result = action()
            timings[name] = time.perf_counter() - begin
            return result

        timed("rotate", lambda: backend.rotate(x, 1))
        timed("multiply_plain", lambda: backend.multiply_plain(x, mask))
        timed("add", lambda: backend.add(x, y))
        timed("add_plain", lambda: backend.add_plain(x, mask))
        squared = timed("square", lambda: backend.square(x))
        timed("relinearize", lambda: backend.relinearize(squared))
        if level > 1:
            timed("rescale", lambda: backend.rescale(y))
        return timings

    def _make_galois_key(self) -> float:
        """Return the seconds from making one Galois key to having it in the cloud."""
        begin = time.perf_counter()
        data = to_bytes(self._generator.create_galois_keys([self._element]))
        load_galois_keys(self._context, data)
        return time.perf_counter() - begin

    def _encrypt(self, level: int) -> sealapi.Ciphertext:
        plaintext = sealapi.Plaintext()
        self._encoder.encode(self._values.tolist(), self._ids[level], SCALE, plaintext)
        ciphertext = sealapi.Ciphertext(self._context)
        self._encryptor.encrypt_symmetric(plaintext, ciphertext)
        return ciphertext
