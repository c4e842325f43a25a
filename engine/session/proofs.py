"""A session's proofs: what others than the key owner can make of the last run's ciphertexts.

All that goes to the cloud here are ciphertexts that it has had before, or such with one bit
flipped; what is decrypted stays on this side.
"""

import dataclasses
import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.errors import MessageError, ProcessLostError
from engine.messages.to_cloud import TryToDecrypt, Unpack
from engine.messages.to_key_owner import Decrypt
from engine.messages.typed import Blobs
from engine.parties.processes import Processes
from engine.session.inspection import Coefficients
from engine.session.legs import Scores
from engine.session.single import LastRun
from engine.session.tampering import FlippedBit, flip_bit


@dataclass(frozen=True)
class CloudAttempt:
    """What the cloud says when asked to decrypt, and what a key of its own making gives.

    `pixels` are its 784 of the picture, `scores` its reading of the result: both noise.
    """

    sentence: str
    pixels: tuple[float, ...]
    scores: Scores


class Proofs:
    """Puts the last run's ciphertexts to the test on a session's two processes, which it is lent.

    `classify` runs ciphertexts through the cloud and decrypts what comes back, without events.
    """

    def __init__(self, processes: Processes, classify: Callable[[Blobs], Scores]) -> None:
        self._processes = processes
        self._classify = classify

    def use_wrong_key(self, last: LastRun) -> Scores:
        """Decrypt the result with a new secret key that has nothing to do with it."""
        return self._processes.key_owner.ask(Decrypt(True, (last.result,))).scores

    def let_cloud_try(self, last: LastRun) -> CloudAttempt:
        """Ask the cloud to decrypt what it was sent and what it answered."""
        answer = self._processes.cloud.ask(TryToDecrypt((last.sent[0], last.result)))
        return CloudAttempt(answer.sentence, answer.pixels, answer.scores)

    def unpack(self, last: LastRun) -> Coefficients:
        """Ask the cloud for the numbers that the ciphertext sent to it consists of."""
        answer = self._processes.cloud.ask(Unpack(last.sent[:1]))
        words = np.frombuffer(answer.blobs[0], dtype="<u8").astype(np.uint64)
        return Coefficients(answer.primes, words.reshape(2, len(answer.primes), -1))

    def flip(self, last: LastRun, bit: int) -> FlippedBit:
        """Classify the ciphertext again with one bit flipped; raise MessageError for no such bit.

        Where the picture takes several ciphertexts, the bits are those of all in a row.

        A process that the changed bytes bring down counts as a refusal; it starts again when it
        is next needed.
        """
        data = flip_bit(b"".join(last.sent), bit)
        ends = list(itertools.accumulate(map(len, last.sent)))
        changed = tuple(
            data[end - len(blob) : end] for end, blob in zip(ends, last.sent, strict=True)
        )
        outcome = FlippedBit(bit, len(data), last.scores)
        try:
            return dataclasses.replace(outcome, scores=self._classify(changed))
        except (MessageError, ProcessLostError) as error:
            return dataclasses.replace(outcome, refusal=str(error))
