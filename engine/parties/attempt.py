"""What the cloud can try with the ciphertexts that it has: unpack them, and guess a key.

Only the cloud's process imports this. It is what a curious cloud would do, and all it gets is
numbers that look random.
"""

import numpy as np
from tenseal import sealapi

from engine.arrays import Array, ComplexArray
from engine.circuits.stages import Circuit
from engine.ckks.pairs import parts
from engine.ckks.seal import load_ciphertext


class Guess:
    """A secret key of the cloud's own making, for the parameters that everybody knows.

    A picture has so many `values`.
    """

    def __init__(self, context: sealapi.SEALContext, circuit: Circuit, values: int) -> None:
        self._context = context
        self._values = values
        self._first, self._last = circuit.legs[0].packing, circuit.legs[-1].packing
        self._encoder = sealapi.CKKSEncoder(context)
        key = sealapi.KeyGenerator(context).secret_key()
        self._decryptor = sealapi.Decryptor(context, key)

    def pixels(self, ciphertext: bytes) -> Array:
        """Return what the key makes of the values in a picture's first ciphertext: (values,)."""
        slots, pixels = self._decrypt(ciphertext), np.zeros(self._values)
        for values, part in zip(self._first.value_of_slot[0], parts(slots), strict=False):
            used = np.flatnonzero(values >= 0)
            pixels[values[used]] = part[used]
        return pixels

    def scores(self, result: bytes) -> Array:
        """Return what the key makes of the encrypted scores, one a class."""
        scores = self._last.unpack(self._decrypt(result))
        return scores * self._last.result_gain

    def _decrypt(self, data: bytes) -> ComplexArray:
        plaintext = sealapi.Plaintext()
        self._decryptor.decrypt(load_ciphertext(self._context, data), plaintext)
        return np.asarray(self._encoder.decode_complex(plaintext))


def words_of(context: sealapi.SEALContext, data: bytes) -> bytes:
    """Return all coefficients of a ciphertext, 64 bits each, polynomial by polynomial."""
    ciphertext = load_ciphertext(context, data)  # it owns the array, so it must outlive it
    array = ciphertext.dyn_array()
    words = (array[place] for place in range(array.size()))
    return np.fromiter(words, dtype="<u8", count=array.size()).tobytes()
