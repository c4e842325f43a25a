"""The key owner's part in the playground: a secret key of its own, numbers in, numbers out.

The key is made here and never leaves; what is decrypted is told to the window and to nobody else.
"""

import time
from collections.abc import Iterator

from tenseal import sealapi

from engine.ckks.seal import galois_element, to_bytes
from engine.errors import MessageError
from engine.messages.to_key_owner import Begun
from engine.messages.to_workbench import (
    BeginWorkbench,
    DecryptNumbers,
    EncryptNumbers,
    MakeWorkbenchKeys,
    NumbersDecrypted,
    NumbersEncrypted,
    WorkbenchKeys,
)
from engine.parties.roles import OwnedKeys, Role
from engine.parties.workbench.numbers import encode, known_setting
from engine.playground.settings import GALOIS_STEPS, WorkbenchSetting


class WorkbenchKeyOwner(Role["_Owned"]):
    """Holds the secret key of the playground; one method for each request."""

    missing = "The client has no key for the playground yet: begin first."

    def begin(self, request: BeginWorkbench) -> Iterator[Begun]:
        """Make a new secret key; the old one is forgotten."""
        self._held = _Owned(known_setting(request.setting))
        yield Begun()

    def make_keys(self, request: MakeWorkbenchKeys) -> Iterator[WorkbenchKeys]:
        """Send the relinearisation key and the Galois keys."""
        owned = self.held
        yield WorkbenchKeys((owned.relin_keys(), owned.all_galois_keys()))

    def encrypt(self, request: EncryptNumbers) -> Iterator[NumbersEncrypted]:
        """Encrypt numbers."""
        owned, begin = self.held, time.perf_counter()
        level, scale = owned.chain.top_level, owned.setting.scale
        data = owned.encrypt(encode(owned.context, request.numbers, level, scale))
        yield NumbersEncrypted(time.perf_counter() - begin, (data,))

    def decrypt(self, request: DecryptNumbers) -> Iterator[NumbersDecrypted]:
        """Decrypt the numbers that are seen."""
        owned, begin = self.held, time.perf_counter()
        plaintext = owned.decrypt(
            request.blobs[0], size=request.size, level=request.level, scale=request.scale
        )
        slots = sealapi.CKKSEncoder(owned.context).decode_double(plaintext)
        if request.slots > len(slots):
            raise MessageError(f"There are {len(slots)} slots, not {request.slots}.")
        numbers = tuple(slots[: request.slots])
        yield NumbersDecrypted(time.perf_counter() - begin, numbers)


class _Owned(OwnedKeys):
    """A secret key under one of the playground's settings."""

    def __init__(self, setting: WorkbenchSetting) -> None:
        super().__init__(setting.chain)
        self.setting = setting

    def all_galois_keys(self) -> bytes:
        """Return the Galois keys of all rotations."""
        degree = self.chain.poly_modulus_degree
        elements = [galois_element(step, degree) for step in GALOIS_STEPS]
        return to_bytes(self.generator.create_galois_keys(elements))
