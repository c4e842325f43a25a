"""The key owner's part in a batch: two evaluation keys, pixels in, scores out.

It has a secret key of its own, apart from the one for single pictures: the parameters differ. It
is made here and never leaves.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from tenseal import sealapi

from engine.circuits.batch_circuit import ComplexArray, pair_pictures, part_pictures
from engine.circuits.batch_seal import BatchEncoder, conjugation_element
from engine.circuits.legs import PICTURE_SIDE
from engine.ckks.parameters import Chain
from engine.ckks.seal import load_result, make_context, to_bytes
from engine.errors import MessageError
from engine.parties.messages import Message


@dataclass(frozen=True)
class BatchResultForm:
    """What comes back of a batch: a ciphertext a class, over `level` primes, of about `scale`."""

    classes: int
    level: int
    scale: float


class BatchOwner:
    """Holds the secret key for batches; one method for each request."""

    def __init__(self) -> None:
        self._owned: _Owned | None = None

    def begin(self, request: Message) -> Iterator[Message]:
        """Make a new secret key for the parameters in `request`; the old one is forgotten."""
        fields = request.fields
        chain = Chain(fields["poly_modulus_degree"], tuple(fields["coeff_modulus_bits"]))
        result = BatchResultForm(fields["classes"], fields["result_level"], fields["result_scale"])
        self._owned = _Owned(chain, fields["scale"], result)
        yield Message("begun")

    def make_keys(self, request: Message) -> Iterator[Message]:
        """Send the relinearisation key, then the conjugation key, one message each."""
        owned = self._require()
        relin_keys = owned.generator.create_relin_keys()
        yield Message("batch_relin_keys", {}, (to_bytes(relin_keys),))
        element = conjugation_element(owned.chain.poly_modulus_degree)
        keys = owned.generator.create_galois_keys([element])
        yield Message("conjugation_keys", {}, (to_bytes(keys),))

    def encrypt_row(self, request: Message) -> Iterator[Message]:
        """Encrypt one row of `count` pictures, one ciphertext a pixel.

        The blob has the row's 28 pixels one after the other, `count` bytes each.
        """
        owned, count = self._require(), self._count(request)
        if len(request.blobs[0]) != PICTURE_SIDE * count:
            raise MessageError(f"A row of {count} pictures is not {len(request.blobs[0])} bytes.")
        begin = time.perf_counter()
        pixels = np.frombuffer(request.blobs[0], dtype=np.uint8).reshape(PICTURE_SIDE, count)
        data = tuple(
            to_bytes(owned.encryptor.encrypt_symmetric(owned.encode(values)))
            for values in pair_pictures(pixels / 255, owned.encoder.slots)
        )
        yield Message("row", {"seconds": time.perf_counter() - begin}, data)

    def decrypt(self, request: Message) -> Iterator[Message]:
        """Decrypt one ciphertext a class; the blob of the answer is float64 (count, classes)."""
        owned, count = self._require(), self._count(request)
        if len(request.blobs) != owned.result.classes:
            raise MessageError(
                f"A batch has {owned.result.classes} encrypted scores, not {len(request.blobs)}."
            )
        begin = time.perf_counter()
        slots = np.stack([owned.decrypt(data) for data in request.blobs])
        scores = part_pictures(slots, count).T.astype("<f8").tobytes()
        yield Message("batch_scores", {"seconds": time.perf_counter() - begin}, (scores,))

    def _count(self, request: Message) -> int:
        count, most = request.fields["count"], 2 * self._require().encoder.slots
        if type(count) is not int or not 0 < count <= most:
            raise MessageError(f"A batch has 1 to {most} pictures, not {count}.")
        return count

    def _require(self) -> "_Owned":
        if self._owned is None:
            raise MessageError("The client has no key for batches yet: begin first.")
        return self._owned


class _Owned:
    """A secret key and everything made from it."""

    def __init__(self, chain: Chain, scale: float, result: BatchResultForm) -> None:
        self.chain = chain
        self.scale = scale
        self.result = result
        self.context = make_context(chain)
        self.generator = sealapi.KeyGenerator(self.context)
        self.encoder = BatchEncoder(self.context)
        self.secret_key = self.generator.secret_key()
        self.encryptor = sealapi.Encryptor(self.context, self.secret_key)
        self._decryptor = sealapi.Decryptor(self.context, self.secret_key)

    def encode(self, values: ComplexArray) -> sealapi.Plaintext:
        """Encode slots for a fresh ciphertext."""
        return self.encoder.encode(values, self.chain.top_level, self.scale)

    def decrypt(self, data: bytes) -> ComplexArray:
        """Return the slots of a class's scores; MessageError if the bytes cannot be a result."""
        ciphertext = load_result(self.context, data, 2, self.result.level, self.result.scale)
        plaintext = sealapi.Plaintext()
        self._decryptor.decrypt(ciphertext, plaintext)
        return self.encoder.decode(plaintext)
