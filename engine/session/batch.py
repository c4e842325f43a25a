"""A session's batches: many pictures encrypted together, one ciphertext a pixel.

The pictures go through the same two processes as a single one, row by row: the key owner encrypts a
row, the cloud adds it to all that it touches, and both are free again for whoever shares the
machine. The keys are a relinearisation and a conjugation key, and a secret key of their own.
"""

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from engine.arrays import Array
from engine.circuits.batch.stages import (
    PICTURE_SIDE,
    BatchCircuit,
    BatchLinear,
    build_batch_circuit,
)
from engine.ckks.parameters import Settings
from engine.errors import MessageError
from engine.messages.to_cloud import Arrived, ClassifyRow, LoadBatch, Progress, RowDone
from engine.messages.to_key_owner import BeginBatch, DecryptBatch, EncryptRow, MakeBatchKeys
from engine.messages.typed import Blobs, Typed
from engine.parties.processes import Processes
from engine.planning.forecast import network_named
from engine.planning.kept import kept_by_model
from engine.resources import model_sha256
from engine.session.events import BatchResult, Event, KeysReady, StageProgress
from engine.session.keys import KeyRequests, SessionKeys
from engine.session.stages import Stages

Pictures = npt.NDArray[np.uint8]


@kept_by_model(64)
def batch_circuit_for(settings: Settings) -> BatchCircuit:
    """Return the plan for `settings`, made once; raise ParameterError or ModelError."""
    return build_batch_circuit(network_named(settings.model), settings)


class Batches:
    """Runs a session's batches on its two processes, which it is lent."""

    def __init__(self, processes: Processes, emit: Callable[[Event], None]) -> None:
        self._processes = processes
        self._emit = emit
        self._keys = SessionKeys(processes, emit, key_requests, model_sha256)

    def prepare(self, settings: Settings) -> KeysReady:
        """Make keys for `settings` and give the cloud its share, unless that is done already."""
        return self._keys.prepare(settings)

    def classify(self, pictures: Pictures) -> BatchResult:
        """Classify pictures, uint8 (n, 28, 28), under the prepared settings."""
        settings = self._keys.wanted
        circuit = batch_circuit_for(settings)
        _check_pictures(pictures, circuit.capacity)
        begin = time.perf_counter()
        self.prepare(settings)
        stages, server_seconds = Stages(self._emit, _levels(circuit)), 0.0
        rows = np.ascontiguousarray(pictures.transpose(1, 2, 0))  # pixel by pixel, all pictures
        for index, row in enumerate(rows):
            data = self._encrypt(row, index, stages)
            answer = self._compute(data, index, stages)
            server_seconds += answer.seconds
        scores = self._decrypt(answer.blobs, len(pictures), stages)
        return BatchResult(
            settings=settings,
            scores=scores,
            stages=tuple(stages.finished),
            bytes_up=stages.bytes["send"],
            bytes_down=stages.bytes["receive"],
            server_seconds=server_seconds,
            seconds=time.perf_counter() - begin,
        )

    def _encrypt(self, row: Pictures, index: int, stages: Stages) -> Blobs:
        stages.start("encrypt")
        answer = self._processes.key_owner.ask(EncryptRow(row.shape[1], (row.tobytes(),)))
        stages.add(StageProgress("encrypt", index + 1, PICTURE_SIDE), answer.seconds, 0)
        return answer.blobs

    def _compute(self, row: Blobs, index: int, stages: Stages) -> RowDone:
        stages.start("send")
        begin = last = time.perf_counter()

        def hear(answer: Typed) -> None:
            nonlocal last
            last = time.perf_counter()
            if isinstance(answer, Arrived):
                progress = StageProgress("send", index + 1, PICTURE_SIDE)
                stages.add(progress, last - begin, _size(row))
            elif isinstance(answer, Progress):
                progress = StageProgress(answer.key, answer.done, answer.total)
                stages.add(progress, answer.seconds, 0)

        answer = self._processes.cloud.ask(ClassifyRow(index, row), hear)
        if answer.blobs:
            elapsed = time.perf_counter() - last
            stages.add(StageProgress("receive", 1, 1), elapsed, _size(answer.blobs))
        return answer

    def _decrypt(self, data: Blobs, count: int, stages: Stages) -> Array:
        stages.start("decrypt")
        answer = self._processes.key_owner.ask(DecryptBatch(count, data))
        stages.add(StageProgress("decrypt", 1, 1), answer.seconds, 0)
        return np.frombuffer(answer.blobs[0], dtype="<f8").reshape(count, -1).astype(np.float64)


def key_requests(settings: Settings) -> KeyRequests:
    """Return what makes the keys of batches for a setting."""
    circuit = batch_circuit_for(settings)
    last = circuit.stages[-1]
    assert isinstance(last, BatchLinear)  # the layer that gives the scores
    begin = BeginBatch(
        circuit.parameters.chain,
        scale=circuit.scale,
        classes=last.output.channels,
        result_level=last.level - last.drop,
        result_scale=last.bias_scale,
    )
    return KeyRequests(begin, LoadBatch, MakeBatchKeys(), 2)


def _levels(circuit: BatchCircuit) -> dict[str, int]:
    """Return the number of primes left after each stage."""
    top = circuit.parameters.chain.top_level
    levels = {stage.key: stage.level - stage.drop for stage in circuit.stages}
    bottom = levels[circuit.stages[-1].key]
    return {"encrypt": top, "send": top, **levels, "receive": bottom, "decrypt": 0}


def _size(blobs: Blobs) -> int:
    return sum(len(data) for data in blobs)


def _check_pictures(pictures: Pictures, capacity: int) -> None:
    side = PICTURE_SIDE
    if pictures.ndim != 3 or pictures.shape[1:] != (side, side) or pictures.dtype != np.uint8:
        raise MessageError(
            f"Pictures are uint8 (n, 28, 28), not {pictures.dtype} {pictures.shape}: "
            "prepare them first."
        )
    if not 0 < len(pictures) <= capacity:
        raise MessageError(f"A batch has 1 to {capacity} pictures, not {len(pictures)}.")
