"""A session's batches: many pictures encrypted together, one ciphertext a pixel.

The pictures go through the same two processes as a single one, row by row: the client encrypts a
row, the cloud adds it to all that it touches, and both are free again for whoever shares the
machine. The keys are a relinearisation and a conjugation key, and a secret key of their own.
"""

import dataclasses
import functools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.batch_circuit import BatchCircuit, build_batch_circuit
from engine.circuit import PICTURE_SIDE
from engine.errors import MessageError
from engine.events import BatchResult, Event, KeysReady, StageProgress
from engine.forecast import network_named
from engine.messages import Message
from engine.network import Array
from engine.parameters import Settings
from engine.peer import Peer
from engine.resources import model_path
from engine.tally import Tally

Pictures = npt.NDArray[np.uint8]
Exchange = Callable[[Peer, Message], Iterator[Message]]


@functools.lru_cache(maxsize=64)
def batch_circuit_for(settings: Settings) -> BatchCircuit:
    """Return the plan for `settings`, made once; raise ParameterError or ModelError."""
    return build_batch_circuit(network_named(settings.model), settings)


@dataclass(frozen=True)
class _Keys:
    """Keys that exist: which start of the client holds the secret one, and the public messages."""

    ready: KeysReady
    start: int
    messages: tuple[Message, ...]


class BatchDesk:
    """Runs a session's batches on its two processes, which it is lent.

    `exchange` sends a request to one of them and yields the answers, as the session does it.
    """

    def __init__(
        self, client: Peer, cloud: Peer, exchange: Exchange, emit: Callable[[Event], None]
    ) -> None:
        self._client = client
        self._cloud = cloud
        self._exchange = exchange
        self._emit = emit
        self._wanted: Settings | None = None
        self._keys: _Keys | None = None
        self._cloud_holds: tuple[int, int] | None = None  # starts of the cloud and of the client

    def prepare(self, settings: Settings) -> KeysReady:
        """Make keys for `settings` and give the cloud its share, unless that is done already."""
        circuit = batch_circuit_for(settings)
        self._wanted = settings
        self._client.start()
        self._cloud.start()
        keys = self._keys
        if keys is None or keys.ready.settings != settings or keys.start != self._client.starts:
            return self._make_keys(settings, circuit)
        if self._cloud_holds != (self._cloud.starts, keys.start):
            self._load_cloud(settings)
            for message in keys.messages:
                self._ask(self._cloud, message)
            self._cloud_holds = (self._cloud.starts, keys.start)
        return keys.ready

    def classify(self, pictures: Pictures) -> BatchResult:
        """Classify pictures, uint8 (n, 28, 28), under the prepared settings."""
        if self._wanted is None:
            raise MessageError("There are no keys for batches yet: prepare a setting first.")
        circuit = batch_circuit_for(self._wanted)
        _check_pictures(pictures, circuit.capacity)
        begin = time.perf_counter()
        self.prepare(self._wanted)
        tally, server_seconds = Tally(self._emit, _levels(circuit)), 0.0
        rows = np.ascontiguousarray(pictures.transpose(1, 2, 0))  # pixel by pixel, all pictures
        for index, row in enumerate(rows):
            data = self._encrypt(row, index, tally)
            answer = self._compute(data, index, tally)
            server_seconds += answer.fields["seconds"]
        scores = self._decrypt(answer.blobs, len(pictures), tally)
        return BatchResult(
            settings=self._wanted,
            scores=scores,
            stages=tuple(tally.finished),
            bytes_up=tally.bytes["send"],
            bytes_down=tally.bytes["receive"],
            server_seconds=server_seconds,
            seconds=time.perf_counter() - begin,
        )

    def _make_keys(self, settings: Settings, circuit: BatchCircuit) -> KeysReady:
        tally, begin = Tally(self._emit, {"keys": 0}), time.perf_counter()
        tally.start("keys")
        self._keys = None
        chain = circuit.parameters.chain
        fields = {
            "poly_modulus_degree": chain.poly_modulus_degree,
            "coeff_modulus_bits": chain.coeff_modulus_bits,
            "scale": circuit.scale,
        }
        self._ask(self._client, Message("begin_batch", fields))
        self._load_cloud(settings)
        messages: list[Message] = []
        last = begin
        for message in self._exchange(self._client, Message("make_batch_keys")):
            self._ask(self._cloud, message)
            messages.append(message)
            elapsed, last = time.perf_counter() - last, time.perf_counter()
            tally.add(StageProgress("keys", len(messages), 2), elapsed, len(message.blobs[0]))
        relin_key_bytes, conjugation_key_bytes = (len(message.blobs[0]) for message in messages)
        seconds = tally.seconds["keys"]
        ready = KeysReady(settings, seconds, relin_key_bytes, conjugation_key_bytes, 1)
        self._keys = _Keys(ready, self._client.starts, tuple(messages))
        self._cloud_holds = (self._cloud.starts, self._client.starts)
        return ready

    def _load_cloud(self, settings: Settings) -> None:
        self._cloud_holds = None
        path = str(model_path(settings.model))
        fields = {"path": path, "settings": dataclasses.asdict(settings)}
        self._ask(self._cloud, Message("load_batch", fields))

    def _encrypt(self, row: Pictures, index: int, tally: Tally) -> tuple[bytes, ...]:
        tally.start("encrypt")
        request = Message("encrypt_row", {"count": row.shape[1]}, (row.tobytes(),))
        answer = self._ask(self._client, request)
        progress = StageProgress("encrypt", index + 1, PICTURE_SIDE)
        tally.add(progress, answer.fields["seconds"], 0)
        return answer.blobs

    def _compute(self, row: tuple[bytes, ...], index: int, tally: Tally) -> Message:
        tally.start("send")
        begin = last = time.perf_counter()
        for answer in self._exchange(self._cloud, Message("classify_row", {"row": index}, row)):
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
        answer = self._ask(self._client, Message("decrypt_batch", {"count": count}, data))
        tally.add(StageProgress("decrypt", 1, 1), answer.fields["seconds"], 0)
        return np.frombuffer(answer.blobs[0], dtype="<f8").reshape(count, -1).astype(np.float64)

    def _ask(self, peer: Peer, message: Message) -> Message:
        *_, answer = self._exchange(peer, message)
        return answer


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
