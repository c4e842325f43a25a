"""One bit flipped on the way to the cloud, and what comes of it.

CKKS ciphertexts carry no signature. Some changes break the file format and are refused; others
stay a valid ciphertext of something else, and decrypt to noise that looks like any answer.
"""

from dataclasses import dataclass
from typing import Literal

from engine.errors import MessageError

Consequence = Literal["refused", "noise", "unchanged"]
NOISE_SHARE = 0.01
"""Scores that are off by a hundredth of the largest one are no longer the answer that was sent."""


@dataclass(frozen=True)
class FlippedBit:
    """What came back for a ciphertext of `byte_count` bytes whose bit `bit` was flipped.

    Bit 0 is the lowest of the first byte. `refusal` is the sentence of whoever refused, or empty;
    then `scores` were decrypted, where `true_scores` were before, at most `largest_difference`
    apart.
    """

    bit: int
    byte_count: int
    true_scores: tuple[float, ...]
    scores: tuple[float, ...] = ()
    refusal: str = ""

    @property
    def largest_difference(self) -> float:
        """Return how far the scores are from the true ones, 0 if none came back."""
        pairs = zip(self.scores, self.true_scores, strict=False)
        return max((abs(a - b) for a, b in pairs), default=0.0)

    @property
    def consequence(self) -> Consequence:
        """Return what became of the flipped bit."""
        if self.refusal:
            return "refused"
        limit = NOISE_SHARE * max(map(abs, self.true_scores))
        return "noise" if self.largest_difference > limit else "unchanged"


def flip_bit(data: bytes, bit: int) -> bytes:
    """Return the bytes with one bit flipped, bit 0 being the lowest of the first byte.

    Raises MessageError if there is no such bit.
    """
    if not 0 <= bit < 8 * len(data):
        raise MessageError(
            f"There is no bit {bit} in {len(data)} bytes: choose one from 0 to {8 * len(data) - 1}."
        )
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
