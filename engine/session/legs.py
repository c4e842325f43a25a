"""The way of one picture's ciphertexts: encrypted, through every leg in the cloud, decrypted.

In one shot there is one leg. With refreshes the key owner decrypts what a leg gave and encrypts it
again for the next: what crosses to the cloud is a fresh ciphertext every time.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import pairwise

from engine.arrays import Array
from engine.errors import MessageError
from engine.messages.to_cloud import (
    Arrived,
    Classify,
    Proceed,
    StageDone,
    StageShown,
    Teach,
)
from engine.messages.to_key_owner import Decrypt, Decrypted, Encrypt, Refresh
from engine.messages.typed import Blobs, Typed
from engine.parties.processes import Processes
from engine.planning.journey import LegKeys, leg_keys
from engine.planning.outline import Outline
from engine.session.events import Encrypted
from engine.session.stages import Stages

Scores = tuple[float, ...]


class Legs:
    """Asks both processes in turn, and reports each stage."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes

    def encrypt(self, values: Array, outline: Outline, stages: Stages) -> tuple[Blobs, Encrypted]:
        """Let the key owner encrypt the values (channels, height, width) of a picture."""
        stages.start("encrypt")
        answer = self._processes.key_owner.ask(Encrypt((values.astype("<f8").tobytes(),)))
        encrypted = Encrypted(
            data=b"".join(answer.blobs),
            seconds=answer.seconds,
            poly_modulus_degree=outline.chain.poly_modulus_degree,
            coeff_modulus_bits=outline.chain.coeff_modulus_bits,
        )
        stages.finish("encrypt", encrypted.seconds)
        return answer.blobs, encrypted

    def travel(
        self,
        blobs: Blobs,
        outline: Outline,
        stages: Stages,
        show: Callable[[StageShown], None] | None = None,
    ) -> tuple[bytes, float]:
        """Take a picture's ciphertexts through every leg; return the result, the cloud's time.

        With `show` the run is a teaching run, and what each stage made is shown.
        """
        server_seconds = 0.0
        count = len(outline.packings)
        following = dict(pairwise(stage.key for stage in outline.stages))
        for index in range(count):
            names = leg_keys(count, index)
            result, seconds = self._compute(index, blobs, names, following, stages, show)
            server_seconds += seconds
            if names.decrypt != "decrypt":
                blobs = self._refresh(index, result, names, leg_keys(count, index + 1), stages)
        return result, server_seconds

    def _compute(
        self,
        index: int,
        blobs: Blobs,
        names: LegKeys,
        following: Mapping[str, str],
        stages: Stages,
        show: Callable[[StageShown], None] | None,
    ) -> tuple[bytes, float]:
        """Let the cloud run a leg; return its encrypted result and the cloud's seconds."""
        request: Classify | Proceed | Teach = Proceed(index, blobs) if index else Classify(blobs)
        if show is not None:
            request = Teach(index, blobs)
        stages.start(names.send)
        begin = last = time.perf_counter()

        def hear(answer: Typed) -> None:
            nonlocal last
            if isinstance(answer, Arrived):
                stages.finish(names.send, time.perf_counter() - begin, sum(map(len, blobs)))
                stages.start(following[names.send])
            elif isinstance(answer, StageDone):
                if answer.key not in following:
                    raise MessageError(f"The cloud told of stage {answer.key!r}, which is none.")
                last = time.perf_counter()
                stages.finish(answer.key, answer.seconds)
                stages.start(following[answer.key])
            elif isinstance(answer, StageShown) and show is not None:
                show(answer)

        answer = self._processes.cloud.ask(request, hear)
        stages.finish(names.receive, time.perf_counter() - last, len(answer.blobs[0]))
        return answer.blobs[0], answer.seconds

    def _refresh(
        self, index: int, result: bytes, names: LegKeys, following: LegKeys, stages: Stages
    ) -> Blobs:
        """Let the key owner decrypt the result of a leg and encrypt it for the one that follows."""
        stages.start(names.decrypt)

        def hear(answer: Typed) -> None:
            if isinstance(answer, Decrypted):
                stages.finish(names.decrypt, answer.seconds)
                stages.start(following.encrypt)

        answer = self._processes.key_owner.ask(Refresh(index, (result,)), hear)
        stages.finish(following.encrypt, answer.seconds)
        return answer.blobs

    def decrypt(self, result: bytes, stages: Stages) -> Scores:
        """Let the key owner decrypt the result of the last leg."""
        stages.start("decrypt")
        answer = self._processes.key_owner.ask(Decrypt(False, (result,)))
        stages.finish("decrypt", answer.seconds)
        return answer.scores


def silent() -> Stages:
    """Return stages that nobody is told of."""
    return Stages(lambda event: None, defaultdict(int))
