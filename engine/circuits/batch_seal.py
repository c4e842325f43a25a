"""The SEAL back end of a batch: scalar products, and the conjugation that parts two pictures.

A product with a scalar costs the sum's and the product's own pass over the polynomials; encoding
the scalar costs 3 µs, so it is done anew each time instead of keeping gigabytes of plaintexts.
"""

import numpy as np
from tenseal import sealapi

from engine.circuits.batch_stages import ComplexArray, alternating
from engine.ckks.seal import SealSquares, level_ids


def conjugation_element(degree: int) -> int:
    """Return the Galois element of the complex conjugation."""
    return 2 * degree - 1


class BatchEncoder:
    """Encodes slot vectors at any level, and decodes them."""

    def __init__(self, context: sealapi.SEALContext) -> None:
        self._encoder = sealapi.CKKSEncoder(context)
        self._ids = level_ids(context)
        self.slots: int = self._encoder.slot_count()

    def encode(self, values: ComplexArray, level: int, scale: float) -> sealapi.Plaintext:
        """Encode `values` (slots,) for ciphertexts at `level`."""
        plaintext = sealapi.Plaintext()
        self._encoder.encode(values.tolist(), self._ids[level], scale, plaintext)
        return plaintext

    def encode_number(
        self, number: float, level: int, scale: float, plaintext: sealapi.Plaintext
    ) -> None:
        """Encode a number into `plaintext`."""
        self._encoder.encode(number, self._ids[level], scale, plaintext)

    def decode(self, plaintext: sealapi.Plaintext) -> ComplexArray:
        """Return the slots (slots,)."""
        return np.asarray(self._encoder.decode_complex(plaintext))


class SealBatchBackend(SealSquares):
    """Runs a batch with the relinearisation and the conjugation key: nothing here can decrypt."""

    def __init__(
        self,
        context: sealapi.SEALContext,
        relin_keys: sealapi.RelinKeys,
        conjugation_keys: sealapi.GaloisKeys,
    ) -> None:
        super().__init__(context, relin_keys)
        self._conjugation_keys = conjugation_keys
        self._encoder = BatchEncoder(context)
        self._both = 1 + alternating(self._encoder.slots)
        self._turns: dict[int, sealapi.Plaintext] = {}
        self._number, self._product = sealapi.Plaintext(), sealapi.Ciphertext(context)

    def multiply(self, x: sealapi.Ciphertext, weight: float, scale: float) -> sealapi.Ciphertext:
        """Multiply by a number."""
        y = sealapi.Ciphertext(self._context)
        self._encoder.encode_number(weight, x.coeff_modulus_size(), scale, self._number)
        self._evaluator.multiply_plain(x, self._number, y)
        return y

    def add_product(
        self, total: sealapi.Ciphertext, x: sealapi.Ciphertext, weight: float, scale: float
    ) -> sealapi.Ciphertext:
        """Add a product in place."""
        self._encoder.encode_number(weight, x.coeff_modulus_size(), scale, self._number)
        self._evaluator.multiply_plain(x, self._number, self._product)
        self._evaluator.add_inplace(total, self._product)
        return total

    def add_number(self, x: sealapi.Ciphertext, number: float, scale: float) -> sealapi.Ciphertext:
        """Add a number to both pictures of every slot, in place."""
        plaintext = self._encoder.encode(number * self._both, x.coeff_modulus_size(), scale)
        self._evaluator.add_plain_inplace(x, plaintext)
        return x

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
            m = alternating(self._encoder.slots)
            self._turns[level] = self._encoder.encode(m, level, 1.0)
        self._evaluator.multiply_plain_inplace(x, self._turns[level])
        return x
