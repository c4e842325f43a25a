"""The key owner's process: makes keys, encrypts pictures, decrypts scores.

The secret key is made here and never leaves: no message carries it, nothing writes it down, and
when the process ends it is gone. What is decrypted between two legs does not leave either: it is
encrypted afresh, and only scores are ever told, and in a teaching run the slots of every stage, to
the person at the window alone.
"""

import time
from collections.abc import Iterator

import numpy as np
from tenseal import sealapi

from engine.arrays import Array
from engine.circuits.stages import LegPacking
from engine.ckks.parameters import Chain
from engine.ckks.seal import galois_element
from engine.errors import MessageError
from engine.messages.to_cloud import GaloisKeys, RelinKeys
from engine.messages.to_key_owner import (
    Begin,
    Begun,
    Decrypt,
    Decrypted,
    Encrypt,
    Encrypted,
    MakeKeys,
    Refresh,
    Reveal,
    RevealedSlots,
    Scores,
)
from engine.messages.typed import Blobs
from engine.parties.batch_key_owner import BatchKeyOwner
from engine.parties.packings import packing_from
from engine.parties.roles import OwnedKeys, Role
from engine.parties.service import serve
from engine.parties.workbench.key_owner import WorkbenchKeyOwner

MOST_VALUES = 2**16
"""A picture has no more values: far more than any network here reads."""


class KeyOwner(Role["_Owned"]):
    """Holds the secret key and the parameters it belongs to; one method for each request."""

    missing = "The client has no key yet: begin first."

    def begin(self, request: Begin) -> Iterator[Begun]:
        """Make a new secret key; the old one is forgotten."""
        if len(request.legs) != len(request.blobs):
            raise MessageError(
                f"{len(request.legs)} legs come with {len(request.blobs)} packings; send one each."
            )
        packed = zip(request.legs, request.blobs, strict=True)
        legs = tuple(packing_from(form, blob, request.chain.slots) for form, blob in packed)
        self._held = _Owned(request.chain, legs)
        yield Begun()

    def make_keys(self, request: MakeKeys) -> Iterator[RelinKeys | GaloisKeys]:
        """Send the relinearisation key, then the Galois key of each step, one message each."""
        owned = self.held
        yield RelinKeys((owned.relin_keys(),))
        for step in request.steps:
            element = galois_element(step, owned.chain.poly_modulus_degree)
            yield GaloisKeys(step, (owned.galois_keys(element),))

    def encrypt(self, request: Encrypt) -> Iterator[Encrypted]:
        """Encrypt a picture."""
        owned, data = self.held, request.blobs[0]
        least = 8 * (int(owned.legs[0].value_of_slot.max()) + 1)
        if len(data) % 8 or not least <= len(data) <= MOST_VALUES * 8:
            raise MessageError(f"A picture has at least {least} bytes here, not {len(data)}.")
        values = np.frombuffer(data, dtype="<f8")
        if not np.isfinite(values).all():
            raise MessageError("A picture has a value that is no number.")
        begin = time.perf_counter()
        blobs = owned.encrypt_values(0, values)
        yield Encrypted(time.perf_counter() - begin, blobs)

    def refresh(self, request: Refresh) -> Iterator[Decrypted | Encrypted]:
        """Decrypt what a leg gave and encrypt it for the next one, freshly."""
        owned, leg = self.held, request.leg
        if leg not in range(len(owned.legs) - 1):
            raise MessageError(f"Nothing is encrypted again after leg {leg}.")
        begin = time.perf_counter()
        values = owned.decrypt_values(leg, request.blobs[0], owned.secret_key)
        yield Decrypted(time.perf_counter() - begin)
        begin = time.perf_counter()
        blobs = owned.encrypt_values(leg + 1, values)
        yield Encrypted(time.perf_counter() - begin, blobs)

    def decrypt(self, request: Decrypt) -> Iterator[Scores]:
        """Decrypt the scores."""
        owned = self.held
        begin = time.perf_counter()
        secret_key = owned.secret_key
        if request.wrong_key:
            secret_key = sealapi.KeyGenerator(owned.context).secret_key()
        scores = owned.decrypt_values(len(owned.legs) - 1, request.blobs[0], secret_key)
        yield Scores(tuple(scores.tolist()), time.perf_counter() - begin)

    def reveal(self, request: Reveal) -> Iterator[RevealedSlots]:
        """Decrypt what a stage gave, to look at: nothing of it goes to the cloud."""
        owned, begin = self.held, time.perf_counter()
        plaintext = owned.decrypt(
            request.blobs[0], size=request.size, level=request.level, scale=request.scale
        )
        slots = np.asarray(owned.encoder.decode_complex(plaintext), dtype="<c16")
        yield RevealedSlots(time.perf_counter() - begin, (slots.tobytes(),))


class _Owned(OwnedKeys):
    """A secret key, and how the values of each leg lie in slots."""

    def __init__(self, chain: Chain, legs: tuple[LegPacking, ...]) -> None:
        super().__init__(chain)
        self.legs = legs
        self.encoder = sealapi.CKKSEncoder(self.context)

    def encrypt_values(self, leg: int, values: Array) -> Blobs:
        """Return the ciphertexts of the values that a leg begins with."""
        packing, plaintext = self.legs[leg], sealapi.Plaintext()
        blobs = []
        for slots in packing.pack(values, self.encoder.slot_count()):
            self.encoder.encode(slots.tolist(), packing.scale, plaintext)
            blobs.append(self.encrypt(plaintext))
        return tuple(blobs)

    def decrypt_values(self, leg: int, data: bytes, secret_key: sealapi.SecretKey) -> Array:
        """Return the values in the result of a leg; MessageError if it cannot be one."""
        packing = self.legs[leg]
        plaintext = self.decrypt(
            data,
            size=packing.result_size,
            level=packing.result_level,
            scale=packing.result_scale,
            secret_key=secret_key,
        )
        return packing.unpack(np.asarray(self.encoder.decode_complex(plaintext)))


if __name__ == "__main__":
    serve(KeyOwner(), BatchKeyOwner(), WorkbenchKeyOwner())
