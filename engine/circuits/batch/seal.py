"""The SEAL back end of a batch: scalar products, and the conjugation that parts two pictures.

A product with a scalar costs the sum's and the product's own pass over the polynomials; encoding
the scalar costs 3 µs, so it is done anew each time instead of keeping gigabytes of plaintexts.
"""

import numpy as np
from tenseal import sealapi

from engine.arrays import ComplexArray
from engine.ckks.pairs import alternating
from engine.ckks.seal import SealSquares, level_ids


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
        super().__init__(context, relin_keys, conjugation_keys)
        self._encoder = BatchEncoder(context)
        self._both = 1 + alternating(self._encoder.slots)
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
