"""What lessons 3 and 4 encrypt with: the calls of lesson 2 in one place.

For learning only: here one process holds the secret key and computes on the ciphertexts. In the
program these are two processes, and the one that computes never has the key.
"""

from collections.abc import Sequence

import numpy as np
from tenseal import sealapi

from engine.arrays import Array
from engine.ckks.parameters import Chain
from engine.ckks.seal import (
    SealBackend,
    SealEncoder,
    data_primes,
    galois_element,
    load_ciphertext,
    load_galois_keys,
    load_relin_keys,
    make_context,
    to_bytes,
)

CHAIN = Chain(poly_modulus_degree=8192, coeff_modulus_bits=(60, 40, 40, 60))
SCALE = 2.0**40


class EncryptedSlots:
    """4,096 slots under a new key that can rotate by `steps`.

    `cloud` has the operations of a cloud: rotate, multiply_plain, add, square, rescale.
    """

    def __init__(self, steps: Sequence[int] = ()) -> None:
        self.slots = CHAIN.slots
        self._context = make_context(CHAIN)
        keys = sealapi.KeyGenerator(self._context)
        self._encryptor = sealapi.Encryptor(self._context, keys.secret_key())
        self._decryptor = sealapi.Decryptor(self._context, keys.secret_key())
        self._decoder = sealapi.CKKSEncoder(self._context)
        self._encoder = SealEncoder(self._context)
        degree = CHAIN.poly_modulus_degree
        galois_keys = {
            step: load_galois_keys(
                self._context,
                to_bytes(keys.create_galois_keys([galois_element(step, degree)])),
            )
            for step in set(steps)
        }
        relin_keys = load_relin_keys(self._context, to_bytes(keys.create_relin_keys()))
        self.cloud = SealBackend(self._context, relin_keys, galois_keys)

    def encrypt(self, values: Array) -> sealapi.Ciphertext:
        """Encrypt `values`, repeated to fill all slots; their number divides 4,096."""
        plaintext = sealapi.Plaintext()
        repeated = np.tile(values, self.slots // len(values))
        self._decoder.encode(repeated.tolist(), SCALE, plaintext)
        fresh = to_bytes(self._encryptor.encrypt_symmetric(plaintext))
        return load_ciphertext(self._context, fresh)

    def encode(self, mask: Array) -> sealapi.Plaintext:
        """Make a mask of `mask`, for ciphertexts that nothing was done to yet.

        It stands at the scale of the prime that the next rescale divides by.
        """
        return self._encoder.encode(mask, CHAIN.top_level, float(data_primes(CHAIN)[-1]))

    def decrypt(self, ciphertext: sealapi.Ciphertext) -> Array:
        """Return the values of all 4,096 slots."""
        plaintext = sealapi.Plaintext()
        self._decryptor.decrypt(ciphertext, plaintext)
        values: Array = np.asarray(self._decoder.decode_double(plaintext))
        return values
