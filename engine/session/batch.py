"""A session's batches: many pictures encrypted together, one ciphertext a pixel.

The pictures go through the same two processes as a single one, row by row: the client encrypts a
row, the cloud adds it to all that it touches, and both are free again for whoever shares the
machine. The keys are a relinearisation and a conjugation key, and a secret key of their own.
"""

import functools
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from engine.arrays import Array
from engine.circuits.batch_circuit import BatchCircuit, BatchLinear, build_batch_circuit
from engine.circuits.legs import PICTURE_SIDE
from engine.ckks.parameters import Settings
from engine.errors import MessageError
from engine.parties.messages import Message
from engine.parties.processes import Processes
from engine.session.events import BatchResult, Event, KeysReady, StageProgress
from engine.session.forecast import network_named
from engine.session.key_ring import KeyRequests, KeyRing, load_request
from engine.session.tally import Tally

Pictures = npt.NDArray[np.uint8]


@functools.lru_cache(maxsize=64)
def batch_circuit_for(settings: Settings) -> BatchCircuit:
    """Return the plan for `settings`, made once; raise ParameterError or ModelError."""
    return build_batch_circuit(network_named(settings.model), settings)


class BatchDesk:
    """Runs a session's batches on its two processes, which it is lent."""

    def __init__(self, processes: Processes, emit: Callable[[Event], None]) -> None:
        self._processes = processes
        self._emit = emit
        self._keys = KeyRing(processes, emit, _key_requests)

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
        tally, server_seconds = Tally(self._emit, _levels(circuit)), 0.0
        rows = np.ascontiguousarray(pictures.transpose(1, 2, 0))  # pixel by pixel, all pictures
        for index, row in enumerate(rows):
            data = self._encrypt(row, index, tally)
            answer = self._compute(data, index, tally)
            server_seconds += answer.fields["seconds"]
        scores = self._decrypt(answer.blobs, len(pictures), tally)
        return BatchResult(
            settings=settings,
            scores=scores,
            stages=tuple(tally.finished),
            bytes_up=tally.bytes["send"],
            bytes_down=tally.bytes["receive"],
            server_seconds=server_seconds,
            seconds=time.perf_counter() - begin,
        )

    def _encrypt(self, row: Pictures, index: int, tally: Tally) -> tuple[bytes, ...]:
        tally.start("encrypt")
        request = Message("encrypt_row", {"count": row.shape[1]}, (row.tobytes(),))
        answer = self._processes.ask_client(request)
        progress = StageProgress("encrypt", index + 1, PICTURE_SIDE)
        tally.add(progress, answer.fields["seconds"], 0)
        return answer.blobs

    def _compute(self, row: tuple[bytes, ...], index: int, tally: Tally) -> Message:
        tally.start("send")
        begin = last = time.perf_counter()
        for answer in self._processes.cloud_answers(Message("classify_row", {"row": index}, row)):
            fields, elapsed, last = answer.fields, time.perf_counter() - last, time.perf_counter()
            if answer.kind == "arrived":
                progress = StageProgress("send", index + 1, PICTURE_SIDE)
                tally.add(progress, last - begin, _size(row))
            elif answer.kind == "progress":
                progress = StageProgress(fields["key"], fields["done"], fields["total"])
                tally.add(progress, fields["seconds"], 0)
            elif answer.blobs:
                tally.add(StageProgress("receive", 1, 1), elapsed, _size(answer.blobs))
        return answer

    def _decrypt(self, data: tuple[bytes, ...], count: int, tally: Tally) -> Array:
        tally.start("decrypt")
        answer = self._processes.ask_client(Message("decrypt_batch", {"count": count}, data))
        tally.add(StageProgress("decrypt", 1, 1), answer.fields["seconds"], 0)
        return np.frombuffer(answer.blobs[0], dtype="<f8").reshape(count, -1).astype(np.float64)


def begin_request(circuit: BatchCircuit) -> Message:
    """Return what makes a client ready for batches: parameters, and the form of the result."""
    chain, last = circuit.parameters.chain, circuit.stages[-1]
    assert isinstance(last, BatchLinear)  # the layer that gives the scores
    fields = {
        "poly_modulus_degree": chain.poly_modulus_degree,
        "coeff_modulus_bits": chain.coeff_modulus_bits,
        "scale": circuit.scale,
        "classes": last.output.channels,
        "result_level": last.level - last.drop,
        "result_scale": last.bias_scale,
    }
    return Message("begin_batch", fields)


def _key_requests(settings: Settings) -> KeyRequests:
    return KeyRequests(
        begin=begin_request(batch_circuit_for(settings)),
        load=load_request("load_batch", settings),
        make=Message("make_batch_keys"),
        count=2,
    )


def _levels(circuit: BatchCircuit) -> dict[str, int]:
    """Return the number of primes left after each stage."""
    top = circuit.parameters.chain.top_level
    levels = {stage.key: stage.level - stage.drop for stage in circuit.stages}
    bottom = levels[circuit.stages[-1].key]
    return {"encrypt": top, "send": top, **levels, "receive": bottom, "decrypt": 0}


def _size(blobs: tuple[bytes, ...]) -> int:
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
