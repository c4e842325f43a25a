"""A session's single pictures: encrypted, classified by the cloud, decrypted, compared."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import Array
from engine.ckks.parameters import Settings
from engine.errors import MessageError
from engine.messages.to_cloud import (
    Load,
    StageShown,
)
from engine.messages.to_key_owner import (
    Begin,
    MakeKeys,
)
from engine.messages.typed import Blobs
from engine.networks.recognition import is_known
from engine.parties.processes import Processes
from engine.planning.outline import Outline
from engine.session.beside import beside
from engine.session.events import (
    NO_ANSWER,
    Classification,
    Encrypted,
    Event,
    KeysReady,
)
from engine.session.keys import KeyRequests, SessionKeys
from engine.session.legs import Legs, Scores, silent
from engine.session.models import CloudModels
from engine.session.stages import Stages

Picture = npt.NDArray[np.uint8] | npt.NDArray[np.float64]
"""Bytes, which stand for 0 to 1, or the very values that the network reads."""
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
        self._legs = Legs(processes)
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
        blobs, encrypted = self._legs.encrypt(values, outline, stages)
        return Sent(ready, values, outline, stages, blobs, encrypted, begun)

    def travel(self, sent: Sent) -> tuple[bytes, float]:
        """Let the cloud classify an encrypted picture; return the result, the cloud's seconds."""
        return self._legs.travel(sent.blobs, sent.outline, sent.stages)

    def finish(self, sent: Sent, result: bytes, server_seconds: float) -> Classification:
        """Decrypt a result, and set the clear network's answer beside it, if it is at hand."""
        scores = self._legs.decrypt(result, sent.stages)
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
        return answer if outline.network is None else beside(answer, outline.network, sent.values)

    def encrypt(self, picture: Picture) -> Encrypted:
        """Encrypt a picture once more, to look at; it is sent nowhere."""
        values = self._values(picture)
        outline = self._models.outline(self.prepared().settings)
        return self._legs.encrypt(values, outline, silent())[1]

    def last_run(self) -> LastRun:
        """Return the last run of the keys that are in use; raise MessageError if there is none."""
        if self._last is None or self.prepared() is not self._last.keys:
            raise MessageError("There is no result to decrypt yet: classify a picture first.")
        return self._last

    def classify_again(self, sent: Blobs) -> Scores:
        """Classify ciphertexts, whatever they hold, under the prepared settings; no events."""
        stages = silent()
        result, _ = self._legs.travel(sent, self._models.outline(self._keys.wanted), stages)
        return self._legs.decrypt(result, stages)

    def teach(self, picture: Picture, show: Callable[[StageShown], None]) -> tuple[Scores, float]:
        """Classify a picture, `show` being given the ciphertexts after each stage; no events.

        Returns the scores and the cloud's seconds.
        """
        values = self._values(picture)
        outline = self._models.outline(self.prepared().settings)
        stages = silent()
        blobs, _ = self._legs.encrypt(values, outline, stages)
        result, seconds = self._legs.travel(blobs, outline, stages, show)
        return self._legs.decrypt(result, stages), seconds

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


def key_requests(outline: Outline) -> KeyRequests:
    """Return what makes the keys of single pictures."""
    begin = Begin(outline.chain, outline.forms, outline.slot_blobs)
    return KeyRequests(begin, Load, MakeKeys(outline.steps), len(outline.steps) + 1)
