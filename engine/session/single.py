"""A session's single pictures: encrypt, let the cloud classify, decrypt; leg by leg.

In one shot there is one leg. With refreshes the key owner decrypts what a leg gave and encrypts it
again for the next: what crosses to the cloud is a fresh ciphertext every time.
"""

import dataclasses
import math
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import Array
from engine.ckks.parameters import LOGIT_MARGIN, Settings
from engine.errors import MessageError
from engine.messages.to_cloud import (
    Arrived,
    Classify,
    Load,
    Proceed,
    StageBegun,
    StageDone,
    StageShown,
    Teach,
)
from engine.messages.to_key_owner import (
    Begin,
    Decrypt,
    Decrypted,
    Encrypt,
    MakeKeys,
    Refresh,
)
from engine.messages.typed import Blobs, Typed
from engine.networks.layers import Network
from engine.networks.recognition import is_known
from engine.parties.processes import Processes
from engine.planning.journey import LegKeys, leg_keys
from engine.planning.outline import Outline
from engine.session.events import (
    NO_ANSWER,
    Classification,
    Encrypted,
    Event,
    KeysReady,
)
from engine.session.keys import KeyRequests, SessionKeys
from engine.session.models import CloudModels
from engine.session.stages import Stages

Picture = npt.NDArray[np.uint8] | npt.NDArray[np.float64]
"""Bytes, which stand for 0 to 1, or the very values that the network reads."""
Scores = tuple[float, ...]
THE_CLOUDS_OWN = (
    "The model is the cloud's secret: without its file there is no answer in the clear to compare."
)


@dataclass(frozen=True)
class LastRun:
    """A session's last run: what was sent at first, the encrypted scores, and what was in them."""

    keys: KeysReady
    sent: Blobs
    result: bytes
    scores: Scores


@dataclass(frozen=True, eq=False)
class Sent:
    """A picture on its way: its values, what it became, its stages so far, when it began."""

    ready: KeysReady
    values: Array
    outline: Outline
    stages: Stages
    blobs: Blobs
    encrypted: Encrypted
    begun: float


class Singles:
    """Runs a session's single pictures on its two processes, which it is lent."""

    def __init__(
        self,
        processes: Processes,
        emit: Callable[[Event], None],
        models: CloudModels,
    ) -> None:
        self._processes = processes
        self._emit = emit
        self._models = models
        self._keys = SessionKeys(
            processes, emit, lambda settings: key_requests(models.outline(settings)), models.sha256
        )
        self._last: LastRun | None = None

    def prepared(self) -> KeysReady:
        """Return the keys in use, made again if they were lost; MessageError before `prepare`."""
        return self._keys.prepare(self._keys.wanted)

    def prepare(self, settings: Settings) -> KeysReady:
        """Make keys for `settings` and give the cloud its share, unless that is done already."""
        return self._keys.prepare(settings)

    def classify(self, picture: Picture) -> Classification:
        """Classify a picture under the prepared settings; MessageError if its shape is not right.

        It has the network's input shape, but sides of 1 may be missing.
        """
        sent = self.begin(picture, self.prepared())
        result, server_seconds = self.travel(sent)
        return self.finish(sent, result, server_seconds)

    def begin(self, picture: Picture, ready: KeysReady) -> Sent:
        """Encrypt a picture under the keys that are in use."""
        values, begun = self._values(picture), time.perf_counter()
        outline = self._models.outline(ready.settings)
        stages = Stages(self._emit, {stage.key: stage.level for stage in outline.stages})
        blobs, encrypted = self._encrypt(values, outline, stages)
        return Sent(ready, values, outline, stages, blobs, encrypted, begun)

    def travel(self, sent: Sent) -> tuple[bytes, float]:
        """Let the cloud classify an encrypted picture; return the result, the cloud's seconds."""
        return self._travel(sent.blobs, sent.outline, sent.stages)

    def finish(self, sent: Sent, result: bytes, server_seconds: float) -> Classification:
        """Decrypt a result, and set the clear network's answer beside it, if it is at hand."""
        scores = self._decrypt(result, sent.stages)
        self._last = LastRun(sent.ready, sent.blobs, result, scores)
        outline = sent.outline
        answer = Classification(
            settings=sent.ready.settings,
            classes=outline.classes,
            encrypted=scores,
            clear=(),
            prediction=int(np.argmax(scores)),
            clear_prediction=NO_ANSWER,
            largest_difference=math.nan,
            relative_error=math.nan,
            stages=tuple(sent.stages.finished),
            ciphertext=sent.encrypted,
            result_bytes=len(result),
            server_seconds=server_seconds,
            total_seconds=time.perf_counter() - sent.begun,
            result=result,
            temperature=outline.temperature,
            is_known=is_known(sent.values, outline.dataset),
            why_not_clear=THE_CLOUDS_OWN,
        )
        return answer if outline.network is None else _beside(answer, outline.network, sent.values)

    def encrypt(self, picture: Picture) -> Encrypted:
        """Encrypt a picture once more, to look at; it is sent nowhere."""
        values = self._values(picture)
        outline = self._models.outline(self.prepared().settings)
        return self._encrypt(values, outline, _silent())[1]

    def last_run(self) -> LastRun:
        """Return the last run of the keys that are in use; raise MessageError if there is none."""
        if self._last is None or self.prepared() is not self._last.keys:
            raise MessageError("There is no result to decrypt yet: classify a picture first.")
        return self._last

    def classify_again(self, sent: Blobs) -> Scores:
        """Classify ciphertexts, whatever they hold, under the prepared settings; no events."""
        stages = _silent()
        result, _ = self._travel(sent, self._models.outline(self._keys.wanted), stages)
        return self._decrypt(result, stages)

    def teach(self, picture: Picture, show: Callable[[StageShown], None]) -> tuple[Scores, float]:
        """Classify a picture, `show` being given the ciphertexts after each stage; no events.

        Returns the scores and the cloud's seconds.
        """
        values = self._values(picture)
        outline = self._models.outline(self.prepared().settings)
        stages = _silent()
        blobs, _ = self._encrypt(values, outline, stages)
        result, seconds = self._travel(blobs, outline, stages, show)
        return self._decrypt(result, stages), seconds

    @property
    def wanted(self) -> Settings:
        """Return the setting prepared last; MessageError if there is none."""
        return self._keys.wanted

    def _values(self, picture: Picture) -> Array:
        """Return a picture as the network reads it, (channels, height, width)."""
        shape = self._models.outline(self._keys.wanted).input_shape
        alike = [side for side in picture.shape if side > 1] == [side for side in shape if side > 1]
        if picture.dtype not in (np.uint8, np.float64) or not alike:
            raise MessageError(
                f"A picture for {self._keys.wanted.model} is uint8 or float64 {shape}, not "
                f"{picture.dtype} {picture.shape}: prepare it first."
            )
        values = picture.reshape(shape)
        return values / 255 if values.dtype == np.uint8 else values.astype(np.float64)

    def _encrypt(self, values: Array, outline: Outline, stages: Stages) -> tuple[Blobs, Encrypted]:
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

    def _travel(
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
        for index in range(count):
            names = leg_keys(count, index)
            result, seconds = self._compute(index, blobs, names, stages, show)
            server_seconds += seconds
            if names.decrypt != "decrypt":
                blobs = self._refresh(index, result, names, leg_keys(count, index + 1), stages)
        return result, server_seconds

    def _compute(
        self,
        index: int,
        blobs: Blobs,
        names: LegKeys,
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
            elif isinstance(answer, StageBegun):
                stages.start(answer.key)
            elif isinstance(answer, StageDone):
                last = time.perf_counter()
                stages.finish(answer.key, answer.seconds)
            elif isinstance(answer, StageShown) and show is not None:
                show(answer)

        answer = self._processes.cloud.ask(request, hear)
        stages.start(names.receive)
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

    def _decrypt(self, result: bytes, stages: Stages) -> Scores:
        stages.start("decrypt")
        answer = self._processes.key_owner.ask(Decrypt(False, (result,)))
        stages.finish("decrypt", answer.seconds)
        return answer.scores


def _silent() -> Stages:
    """Return stages that nobody is told of."""
    return Stages(lambda event: None, defaultdict(int))


def key_requests(outline: Outline) -> KeyRequests:
    """Return what makes the keys of single pictures."""
    begin = Begin(outline.chain, outline.forms, outline.slot_blobs)
    return KeyRequests(begin, Load, MakeKeys(outline.steps), len(outline.steps) + 1)


def _beside(answer: Classification, network: Network, values: Array) -> Classification:
    """Return an answer with the clear network's beside it."""
    clear = network.forward(values[None])[0]
    _check_range(network, clear)
    difference = float(np.abs(np.asarray(answer.encrypted) - clear).max())
    return dataclasses.replace(
        answer,
        clear=tuple(clear.tolist()),
        clear_prediction=int(clear.argmax()),
        largest_difference=difference,
        relative_error=difference / float(np.abs(clear).max()),
        why_not_clear="",
    )


def _check_range(network: Network, clear: Array) -> None:
    """Refuse an answer that outgrew its modulus, as it may be anything."""
    largest = float(np.abs(clear).max())
    room = network.card.largest_logit * LOGIT_MARGIN
    if largest > room:
        if network.card.test_pictures:
            way_out = "pictures like those that it was trained on work"
        else:
            way_out = "import it again with --samples of such inputs"
        raise MessageError(
            f"A score of {largest:.3g} is beyond the {room:.3g} that {network.name} has room for; "
            f"{way_out}."
        )
