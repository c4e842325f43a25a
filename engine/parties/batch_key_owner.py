"""The key owner's part in a batch: two evaluation keys, pixels in, scores out.

It has a secret key of its own, apart from the one for single pictures: the parameters differ. It
is made here and never leaves.
"""

import time
from collections.abc import Iterator

import numpy as np

from engine.arrays import ComplexArray
from engine.circuits.batch.seal import BatchEncoder
from engine.circuits.batch.stages import PICTURE_SIDE, pair_pictures, part_pictures
from engine.ckks.parameters import CONJUGATION
from engine.ckks.seal import galois_element
from engine.errors import MessageError
from engine.messages.to_cloud import BatchRelinKeys, ConjugationKeys
from engine.messages.to_key_owner import (
    BatchScores,
    BeginBatch,
    Begun,
    DecryptBatch,
    EncryptedRow,
    EncryptRow,
    MakeBatchKeys,
)
from engine.parties.roles import OwnedKeys, Role


class BatchKeyOwner(Role["_Owned"]):
    """Holds the secret key for batches; one method for each request."""

    missing = "The client has no key for batches yet: begin first."

    def begin(self, request: BeginBatch) -> Iterator[Begun]:
        """Make a new secret key; the old one is forgotten."""
        self._held = _Owned(request)
        yield Begun()

    def make_keys(self, request: MakeBatchKeys) -> Iterator[BatchRelinKeys | ConjugationKeys]:
        """Send the relinearisation key, then the conjugation key, one message each."""
        owned = self.held
        yield BatchRelinKeys((owned.relin_keys(),))
        element = galois_element(CONJUGATION, owned.chain.poly_modulus_degree)
        yield ConjugationKeys((owned.galois_keys(element),))

    def encrypt_row(self, request: EncryptRow) -> Iterator[EncryptedRow]:
        """Encrypt one row of pictures, one ciphertext a pixel."""
        owned, count = self.held, self._count(request)
        if len(request.blobs[0]) != PICTURE_SIDE * count:
            raise MessageError(f"A row of {count} pictures is not {len(request.blobs[0])} bytes.")
        begin = time.perf_counter()
        pixels = np.frombuffer(request.blobs[0], dtype=np.uint8).reshape(PICTURE_SIDE, count)
        data = tuple(
            owned.encrypt_slots(values)
            for values in pair_pictures(pixels / 255, owned.encoder.slots)
        )
        yield EncryptedRow(time.perf_counter() - begin, data)

    def decrypt(self, request: DecryptBatch) -> Iterator[BatchScores]:
        """Decrypt one ciphertext a class."""
        owned, count = self.held, self._count(request)
        if len(request.blobs) != owned.form.classes:
            raise MessageError(
                f"A batch has {owned.form.classes} encrypted scores, not {len(request.blobs)}."
            )
        begin = time.perf_counter()
        slots = np.stack([owned.decrypt_slots(data) for data in request.blobs])
        scores = part_pictures(slots, count).T.astype("<f8").tobytes()
        yield BatchScores(time.perf_counter() - begin, (scores,))

    def _count(self, request: EncryptRow | DecryptBatch) -> int:
        count, most = request.count, 2 * self.held.encoder.slots
        if not 0 < count <= most:
            raise MessageError(f"A batch has 1 to {most} pictures, not {count}.")
        return count


class _Owned(OwnedKeys):
    """A secret key, and the form in which batches go out and come back."""

    def __init__(self, form: BeginBatch) -> None:
        super().__init__(form.chain)
        self.form = form
        self.encoder = BatchEncoder(self.context)

    def encrypt_slots(self, values: ComplexArray) -> bytes:
        """Return a fresh ciphertext of slots."""
        return self.encrypt(self.encoder.encode(values, self.chain.top_level, self.form.scale))

    def decrypt_slots(self, data: bytes) -> ComplexArray:
        """Return the slots of a class's scores; MessageError if the bytes cannot be a result."""
        form = self.form
        plaintext = self.decrypt(data, size=2, level=form.result_level, scale=form.result_scale)
        return self.encoder.decode(plaintext)
