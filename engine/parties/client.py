"""The key owner's process: makes keys, encrypts pictures, decrypts scores.

The secret key is made here and never leaves: no message carries it, nothing writes it down, and
when the process ends it is gone. What is decrypted between two legs does not leave either: it is
encrypted afresh, and only scores are ever told.
"""

import time
from collections.abc import Iterator

import numpy as np
from tenseal import sealapi

from engine.arrays import Array
from engine.circuits.circuit import LegPacking
from engine.ckks.parameters import Chain
from engine.ckks.seal import galois_element, load_result, make_context, to_bytes
from engine.errors import MessageError
from engine.parties.batch_client import BatchOwner
from engine.parties.messages import Message
from engine.parties.service import serve


class KeyOwner:
    """Holds the secret key and the parameters it belongs to; one method for each request."""

    def __init__(self) -> None:
        self._owned: _Owned | None = None

    def begin(self, request: Message) -> Iterator[Message]:
        """Make a new secret key for the parameters in `request`; the old one is forgotten."""
        fields = request.fields
        chain = Chain(fields["poly_modulus_degree"], tuple(fields["coeff_modulus_bits"]))
        legs = tuple(
            LegPacking(
                value_of_slot=np.frombuffer(blob, dtype="<i8").reshape(leg["ciphertexts"], -1),
                scale=leg["scale"],
                result_slots=tuple(leg["result_slots"]),
                result_size=leg["result_size"],
                result_level=leg["result_level"],
                result_scale=leg["result_scale"],
            )
            for leg, blob in zip(fields["legs"], request.blobs, strict=True)
        )
        self._owned = _Owned(chain, legs)
        yield Message("begun")

    def make_keys(self, request: Message) -> Iterator[Message]:
        """Send the relinearisation key, then the Galois key of each step, one message each."""
        owned = self._require()
        yield Message("relin_keys", {}, (to_bytes(owned.generator.create_relin_keys()),))
        for step in request.fields["steps"]:
            element = galois_element(step, owned.chain.poly_modulus_degree)
            keys = owned.generator.create_galois_keys([element])
            yield Message("galois_keys", {"step": step}, (to_bytes(keys),))

    def encrypt(self, request: Message) -> Iterator[Message]:
        """Encrypt the picture in the blob: 784 bytes, one a pixel."""
        owned = self._require()
        picture = np.frombuffer(request.blobs[0], dtype=np.uint8)
        if picture.shape != (784,):
            raise MessageError(f"A picture has 784 bytes, not {len(request.blobs[0])}.")
        begin = time.perf_counter()
        blobs = owned.encrypt(0, picture / 255)
        yield Message("ciphertext", {"seconds": time.perf_counter() - begin}, blobs)

    def refresh(self, request: Message) -> Iterator[Message]:
        """Decrypt what leg `leg` gave and encrypt it for the next one, freshly."""
        owned, leg = self._require(), request.fields["leg"]
        if leg not in range(len(owned.legs) - 1):
            raise MessageError(f"Nothing is encrypted again after leg {leg}.")
        begin = time.perf_counter()
        values = owned.decrypt(leg, request.blobs[0], owned.secret_key)
        yield Message("decrypted", {"seconds": time.perf_counter() - begin})
        begin = time.perf_counter()
        blobs = owned.encrypt(leg + 1, values)
        yield Message("ciphertext", {"seconds": time.perf_counter() - begin}, blobs)

    def decrypt(self, request: Message) -> Iterator[Message]:
        """Decrypt the scores in the blob; with `wrong_key`, with a key that is not the one."""
        owned = self._require()
        begin = time.perf_counter()
        secret_key = owned.secret_key
        if request.fields["wrong_key"]:
            secret_key = sealapi.KeyGenerator(owned.context).secret_key()
        scores = owned.decrypt(len(owned.legs) - 1, request.blobs[0], secret_key).tolist()
        yield Message("scores", {"scores": scores, "seconds": time.perf_counter() - begin})

    def _require(self) -> "_Owned":
        if self._owned is None:
            raise MessageError("The client has no key yet: begin first.")
        return self._owned


class _Owned:
    """A secret key and everything made from it."""

    def __init__(self, chain: Chain, legs: tuple[LegPacking, ...]) -> None:
        self.chain = chain
        self.legs = legs
        self.context = make_context(chain)
        self.generator = sealapi.KeyGenerator(self.context)
        self.secret_key = self.generator.secret_key()
        self.encoder = sealapi.CKKSEncoder(self.context)
        self.encryptor = sealapi.Encryptor(self.context, self.secret_key)

    def encrypt(self, leg: int, values: Array) -> tuple[bytes, ...]:
        """Return the ciphertexts of the values that a leg begins with."""
        packing, plaintext = self.legs[leg], sealapi.Plaintext()
        blobs = []
        for slots in packing.pack(values, self.encoder.slot_count()):
            self.encoder.encode(slots.tolist(), packing.scale, plaintext)
            blobs.append(to_bytes(self.encryptor.encrypt_symmetric(plaintext)))
        return tuple(blobs)

    def decrypt(self, leg: int, data: bytes, secret_key: sealapi.SecretKey) -> Array:
        """Return the values in the result of a leg; MessageError if it cannot be one."""
        packing, plaintext = self.legs[leg], sealapi.Plaintext()
        ciphertext = load_result(
            self.context, data, packing.result_size, packing.result_level, packing.result_scale
        )
        sealapi.Decryptor(self.context, secret_key).decrypt(ciphertext, plaintext)
        slots = np.asarray(self.encoder.decode_double(plaintext))
        return slots[list(packing.result_slots)]


def main() -> None:
    """Serve the key owner's requests."""
    owner, batch_owner = KeyOwner(), BatchOwner()
    serve(
        {
            "begin": owner.begin,
            "make_keys": owner.make_keys,
            "encrypt": owner.encrypt,
            "refresh": owner.refresh,
            "decrypt": owner.decrypt,
            "begin_batch": batch_owner.begin,
            "make_batch_keys": batch_owner.make_keys,
            "encrypt_row": batch_owner.encrypt_row,
            "decrypt_batch": batch_owner.decrypt,
        }
    )


if __name__ == "__main__":
    main()
