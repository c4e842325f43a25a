"""One finished run as it is kept and compared: everything but the ciphertext's own bytes."""

import dataclasses
import uuid
from dataclasses import dataclass

import numpy as np

from app.state.drawing import Picture
from engine.ckks.parameters import Settings
from engine.ckks.security import GUIDELINES_2024, STANDARD_2018, security_bits
from engine.session.events import Classification, KeysReady, StageFinished

SIDE = 28


@dataclass(frozen=True)
class KeySizes:
    """What the keys of a run took: seconds to make them, and bytes that went to the cloud."""

    seconds: float
    relin_key_bytes: int
    galois_key_bytes: int
    galois_key_count: int

    @property
    def total_bytes(self) -> int:
        """Return the bytes of all keys that the cloud was given."""
        return self.relin_key_bytes + self.galois_key_bytes


@dataclass(frozen=True)
class StoredRun:
    """A row of the run database.

    `at` is when it ended, in seconds since the epoch; `picture` what the network saw, of
    `shape` (height, width) or (3, height, width); `keys` is None where they were not known. Every
    other field means what the field of the same name in `engine.session.events.Classification`
    means.
    """

    id: str
    at: float
    picture: bytes
    settings: Settings
    coeff_modulus_bits: tuple[int, ...]
    classes: tuple[str, ...]
    encrypted: tuple[float, ...]
    clear: tuple[float, ...]
    stages: tuple[StageFinished, ...]
    keys: KeySizes | None
    ciphertext_bytes: int
    result_bytes: int
    server_seconds: float
    total_seconds: float
    largest_difference: float
    relative_error: float
    pinned: bool = False
    shape: tuple[int, ...] = (SIDE, SIDE)
    why_not_clear: str = ""

    @property
    def pixels(self) -> Picture:
        """Return what the network saw: grey levels, ink bright on black, or colours."""
        return np.frombuffer(self.picture, np.uint8).reshape(self.shape)

    @property
    def answer(self) -> str:
        """Return the class with the highest decrypted score."""
        return self.classes[self.encrypted.index(max(self.encrypted))]

    @property
    def clear_answer(self) -> str:
        """Return the class with the highest clear score; nothing where there are none."""
        return self.classes[self.clear.index(max(self.clear))] if self.clear else ""

    @property
    def agrees(self) -> bool:
        """Tell whether the clear network, where it is at hand, gave the same answer."""
        return not self.clear or self.answer == self.clear_answer

    @property
    def security(self) -> tuple[int, int]:
        """Return the bits of security by the tables of 2018 and of 2024, 0 for less than 128."""
        degree, total = self.settings.poly_modulus_degree, sum(self.coeff_modulus_bits)
        return (
            security_bits(STANDARD_2018, degree, total),
            security_bits(GUIDELINES_2024, degree, total),
        )

    def with_pin(self, pinned: bool) -> "StoredRun":
        """Return this run pinned or not."""
        return dataclasses.replace(self, pinned=pinned)


def stored_run(
    result: Classification, picture: Picture, keys: KeysReady | None, at: float
) -> StoredRun:
    """Return what is kept of a run that ended `at` seconds since the epoch."""
    sizes = None
    if keys is not None:
        sizes = KeySizes(
            keys.seconds, keys.relin_key_bytes, keys.galois_key_bytes, keys.galois_key_count
        )
    return StoredRun(
        id=uuid.uuid4().hex,
        at=at,
        picture=picture.tobytes(),
        settings=result.settings,
        coeff_modulus_bits=result.ciphertext.coeff_modulus_bits,
        classes=result.classes,
        encrypted=result.encrypted,
        clear=result.clear,
        stages=result.stages,
        keys=sizes,
        ciphertext_bytes=len(result.ciphertext.data),
        result_bytes=result.result_bytes,
        server_seconds=result.server_seconds,
        total_seconds=result.total_seconds,
        largest_difference=result.largest_difference,
        relative_error=result.relative_error,
        shape=picture.shape,
        why_not_clear=result.why_not_clear,
    )
