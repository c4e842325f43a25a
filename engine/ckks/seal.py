"""The SEAL back end, through `tenseal.sealapi`: contexts, bytes, and the circuit's operations.

Only the client, the server and the benchmark import this module. SEAL's own calls save to and
load from files only; here those files live in memory where the system allows it.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from tenseal import sealapi

from engine.arrays import Weights
from engine.ckks.pairs import alternating
from engine.ckks.parameters import CONJUGATION, Chain
from engine.ckks.rounding import round_mask
from engine.errors import MessageError


class Loadable(Protocol):
    """Anything of SEAL's that can be read from a file."""

    def load(self, context: sealapi.SEALContext, path: str) -> object:
        """Read the file `path`; SEAL raises if it is not valid for `context`."""


T = TypeVar("T", bound=Loadable)


class Saveable(Protocol):
    """Anything of SEAL's that can be written to a file."""

    def save(self, path: str) -> object:
        """Write to the file `path`."""


def make_context(chain: Chain, *, secure: bool = True) -> sealapi.SEALContext:
    """Return SEAL's context; SEAL checks 128-bit security itself unless `secure` is False.

    Only the measurement of primitive costs, which encrypts nothing of anybody's, turns it off.
    """
    encryption = sealapi.EncryptionParameters(sealapi.SCHEME_TYPE.CKKS)
    encryption.set_poly_modulus_degree(chain.poly_modulus_degree)
    encryption.set_coeff_modulus(_primes(chain))
    level = sealapi.SEC_LEVEL_TYPE.TC128 if secure else sealapi.SEC_LEVEL_TYPE.NONE
    return sealapi.SEALContext(encryption, True, level)


def data_primes(chain: Chain) -> tuple[int, ...]:
    """Return the real primes of the chain without the special one, first to last."""
    return tuple(prime.value() for prime in _primes(chain)[:-1])


def level_ids(context: sealapi.SEALContext) -> dict[int, list[int]]:
    """Return SEAL's name (`parms_id`) for each number of primes left."""
    ids = {}
    data = context.first_context_data()
    while data is not None:
        ids[data.chain_index() + 1] = data.parms_id()
        data = data.next_context_data()
    return ids


def galois_element(step: int, degree: int) -> int:
    """Return the Galois element of a rotation: TenSEAL's binding takes no steps (measured)."""
    if step == CONJUGATION:
        return 2 * degree - 1
    return pow(3, step % (degree // 2), 2 * degree)


def to_bytes(value: Saveable) -> bytes:
    """Serialise anything of SEAL's."""
    with _scratch_file() as path:
        value.save(path)
        return Path(path).read_bytes()


def load_ciphertext(context: sealapi.SEALContext, data: bytes) -> sealapi.Ciphertext:
    """Read a ciphertext; raise MessageError if the bytes are not one for this context."""
    return _load(sealapi.Ciphertext(context), context, data, "ciphertext")


def load_result(
    context: sealapi.SEALContext, data: bytes, size: int, level: int, scale: float
) -> sealapi.Ciphertext:
    """Read a ciphertext to decrypt; raise MessageError unless it can be what was computed.

    That has `size` polynomials over `level` primes, and a scale near `scale`: real primes are near
    powers of two.
    """
    ciphertext = load_ciphertext(context, data)
    found = ciphertext.size(), ciphertext.coeff_modulus_size()
    if found != (size, level) or not 0.5 < ciphertext.scale / scale < 2:
        raise MessageError("The ciphertext received is no result of this model.")
    return ciphertext


def load_fresh(
    context: sealapi.SEALContext, data: bytes, level: int, scale: float
) -> sealapi.Ciphertext:
    """Read a ciphertext to compute on; raise MessageError unless it is as encryption makes it."""
    ciphertext = load_ciphertext(context, data)
    if (ciphertext.size(), ciphertext.coeff_modulus_size(), ciphertext.scale) != (2, level, scale):
        raise MessageError("The ciphertext received is no fresh encryption for this model.")
    return ciphertext


def load_relin_keys(context: sealapi.SEALContext, data: bytes) -> sealapi.RelinKeys:
    """Read relinearisation keys; raise MessageError if the bytes are none for this context."""
    keys = _load(sealapi.RelinKeys(), context, data, "relinearisation key")
    if not keys.has_key(2):
        raise MessageError("The keys received do not relinearise a square.")
    return keys


def load_galois_keys(context: sealapi.SEALContext, data: bytes) -> sealapi.GaloisKeys:
    """Read Galois keys; raise MessageError if the bytes are none for this context."""
    return _load(sealapi.GaloisKeys(), context, data, "Galois key")


class SealEncoder:
    """Encodes masks and biases for ciphertexts of one context."""

    def __init__(self, context: sealapi.SEALContext) -> None:
        self._encoder = sealapi.CKKSEncoder(context)
        self._ids = level_ids(context)
        self._slots = self._encoder.slot_count()

    def encode(self, values: Weights, level: int, scale: float) -> sealapi.Plaintext:
        """Encode `values` (period,), repeated to fill all slots, for ciphertexts at `level`.

        Of real values only the real parts are rounded well, of complex ones both parts.

        Values too small for the scale become one unit: SEAL refuses a product with zero.
        """
        plaintext = sealapi.Plaintext()
        repeated = np.tile(values, self._slots // len(values))
        rounded = round_mask(repeated, scale)
        if values.any() and not rounded.any():
            rounded[:] = 1 / scale
        self._encoder.encode(rounded.tolist(), self._ids[level], scale, plaintext)
        return plaintext


class SealSquares:
    """What an activation is made of, for one picture and for batches alike.

    Without `conjugation_keys` it cannot conjugate.
    """

    def __init__(
        self,
        context: sealapi.SEALContext,
        relin_keys: sealapi.RelinKeys,
        conjugation_keys: sealapi.GaloisKeys | None,
    ) -> None:
        self._context = context
        self._relin_keys = relin_keys
        self._conjugation_keys = conjugation_keys
        self._evaluator = sealapi.Evaluator(context)
        self._turns: dict[int, sealapi.Plaintext] = {}

    def conjugate(self, x: sealapi.Ciphertext) -> sealapi.Ciphertext:
        """Conjugate slot by slot: one key switch."""
        y = sealapi.Ciphertext(self._context)
        self._evaluator.complex_conjugate(x, self._conjugation_keys, y)
        return y

    def sum(self, x: sealapi.Ciphertext, y: sealapi.Ciphertext) -> sealapi.Ciphertext:
        """Add slot by slot."""
        z = sealapi.Ciphertext(self._context)
        self._evaluator.add(x, y, z)
        return z

    def subtract(self, x: sealapi.Ciphertext, y: sealapi.Ciphertext) -> sealapi.Ciphertext:
        """Subtract slot by slot, in place."""
        self._evaluator.sub_inplace(x, y)
        return x

    def turn(self, x: sealapi.Ciphertext) -> sealapi.Ciphertext:
        """Multiply by X^(N/2) in place: scale 1, exact, no noise."""
        level = x.coeff_modulus_size()
        if level not in self._turns:
            encoder, self._turns[level] = sealapi.CKKSEncoder(self._context), sealapi.Plaintext()
            m = alternating(encoder.slot_count()).tolist()
            encoder.encode(m, level_ids(self._context)[level], 1.0, self._turns[level])
        self._evaluator.multiply_plain_inplace(x, self._turns[level])
        return x

    def square(self, x: sealapi.Ciphertext) -> sealapi.Ciphertext:
        """Square in place; the result has three polynomials."""
        self._evaluator.square_inplace(x)
        return x

    def relinearize(self, x: sealapi.Ciphertext) -> sealapi.Ciphertext:
        """Bring three polynomials back to two, in place: one key switch."""
        self._evaluator.relinearize_inplace(x, self._relin_keys)
        return x

    def rescale(self, x: sealapi.Ciphertext) -> sealapi.Ciphertext:
        """Divide by the last prime and drop it, in place."""
        self._evaluator.rescale_to_next_inplace(x)
        return x


class SealBackend(SealSquares):
    """Runs a circuit on ciphertexts with evaluation keys only: nothing here can decrypt.

    `galois_keys` maps each rotation step, or CONJUGATION, to the keys that hold it.
    """

    def __init__(
        self,
        context: sealapi.SEALContext,
        relin_keys: sealapi.RelinKeys,
        galois_keys: Mapping[int, sealapi.GaloisKeys],
    ) -> None:
        super().__init__(context, relin_keys, galois_keys.get(CONJUGATION))
        self._galois_keys = galois_keys

    def rotate(self, x: sealapi.Ciphertext, step: int) -> sealapi.Ciphertext:
        """Rotate the slots left by `step`: one key switch."""
        y = sealapi.Ciphertext(self._context)
        self._evaluator.rotate_vector(x, step, self._galois_keys[step], y)
        return y

    def multiply_plain(self, x: sealapi.Ciphertext, mask: sealapi.Plaintext) -> sealapi.Ciphertext:
        """Multiply slot by slot."""
        y = sealapi.Ciphertext(self._context)
        self._evaluator.multiply_plain(x, mask, y)
        return y

    def add(self, x: sealapi.Ciphertext, y: sealapi.Ciphertext) -> sealapi.Ciphertext:
        """Add in place."""
        self._evaluator.add_inplace(x, y)
        return x

    def add_plain(self, x: sealapi.Ciphertext, values: sealapi.Plaintext) -> sealapi.Ciphertext:
        """Add in place."""
        self._evaluator.add_plain_inplace(x, values)
        return x


def _primes(chain: Chain) -> list[sealapi.Modulus]:
    bits = list(chain.coeff_modulus_bits)
    primes: list[sealapi.Modulus] = sealapi.CoeffModulus.Create(chain.poly_modulus_degree, bits)
    return primes


def _load(value: T, context: sealapi.SEALContext, data: bytes, name: str) -> T:
    with _scratch_file() as path:
        Path(path).write_bytes(data)
        try:
            value.load(context, path)
        except (RuntimeError, ValueError) as error:
            raise MessageError(f"The bytes received are not a {name} of this setting.") from error
    return value


@contextmanager
def _scratch_file() -> Iterator[str]:
    """Yield the path of an empty private file: in memory on Linux, temporary elsewhere."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("ciphersketch", os.MFD_CLOEXEC)
        try:
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
    else:
        with tempfile.TemporaryDirectory(prefix="ciphersketch-") as folder:
            yield str(Path(folder) / "scratch")
