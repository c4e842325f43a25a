"""The key owner's process: makes keys, encrypts pictures, decrypts scores.

The secret key is made here and never leaves: no message carries it, nothing writes it down, and
when the process ends it is gone.
"""

import time
from collections.abc import Iterator

import numpy as np
from tenseal import sealapi

from engine.batch_client import BatchOwner
from engine.circuit import InputPacking
from engine.errors import MessageError
from engine.messages import Message
from engine.parameters import Chain
from engine.seal import galois_element, load_ciphertext, make_context, to_bytes
from engine.service import serve


class KeyOwner:
    """Holds the secret key and the parameters it belongs to; one method for each request."""

    def __init__(self) -> None:
        self._owned: _Owned | None = None

    def begin(self, request: Message) -> Iterator[Message]:
        """Make a new secret key for the parameters in `request`; the old one is forgotten."""
        fields = request.fields
        chain = Chain(fields["poly_modulus_degree"], tuple(fields["coeff_modulus_bits"]))
        packing = InputPacking(
            pixel_of_slot=np.frombuffer(request.blobs[0], dtype="<i8"),
            score_slots=tuple(fields["score_slots"]),
            scale=fields["scale"],
        )
        self._owned = _Owned(chain, packing)
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
        values = owned.packing.pack(picture / 255, owned.encoder.slot_count())
        plaintext = sealapi.Plaintext()
        owned.encoder.encode(values.tolist(), owned.packing.scale, plaintext)
        data = to_bytes(owned.encryptor.encrypt_symmetric(plaintext))
        yield Message("ciphertext", {"seconds": time.perf_counter() - begin}, (data,))

    def decrypt(self, request: Message) -> Iterator[Message]:
        """Decrypt the scores in the blob; with `wrong_key`, with a key that is not the one."""
        owned = self._require()
        begin = time.perf_counter()
        secret_key = owned.secret_key
        if request.fields["wrong_key"]:
            secret_key = sealapi.KeyGenerator(owned.context).secret_key()
        ciphertext = load_ciphertext(owned.context, request.blobs[0])
        plaintext = sealapi.Plaintext()
        sealapi.Decryptor(owned.context, secret_key).decrypt(ciphertext, plaintext)
        slots = owned.encoder.decode_double(plaintext)
        scores = [slots[slot] for slot in owned.packing.score_slots]
        yield Message("scores", {"scores": scores, "seconds": time.perf_counter() - begin})

    def _require(self) -> "_Owned":
        if self._owned is None:
            raise MessageError("The client has no key yet: begin first.")
        return self._owned


class _Owned:
    """A secret key and everything made from it."""

    def __init__(self, chain: Chain, packing: InputPacking) -> None:
        self.chain = chain
        self.packing = packing
        self.context = make_context(chain)
        self.generator = sealapi.KeyGenerator(self.context)
        self.secret_key = self.generator.secret_key()
        self.encoder = sealapi.CKKSEncoder(self.context)
        self.encryptor = sealapi.Encryptor(self.context, self.secret_key)


def main() -> None:
    """Serve the key owner's requests."""
    owner, batch_owner = KeyOwner(), BatchOwner()
    serve(
        {
            "begin": owner.begin,
            "make_keys": owner.make_keys,
            "encrypt": owner.encrypt,
            "decrypt": owner.decrypt,
            "begin_batch": batch_owner.begin,
            "make_batch_keys": batch_owner.make_keys,
            "encrypt_row": batch_owner.encrypt_row,
            "decrypt_batch": batch_owner.decrypt,
        }
    )


if __name__ == "__main__":
    main()
