"""A person's session: one client process with the key, one cloud process without, one journey.

A Session relays messages between the two and reports every step as an event. Its methods block;
call them from one thread. `cancel` and `close` may be called from any thread at any time.
"""

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.batch import BatchDesk, Pictures
from engine.calibration import costs_from_json, costs_path, save_costs
from engine.circuit import Circuit
from engine.errors import CancelledError, MessageError, ProcessLostError
from engine.events import (
    BatchResult,
    Classification,
    Encrypted,
    Event,
    KeysReady,
    StageFinished,
    StageProgress,
    StageStarted,
)
from engine.forecast import circuit_for, network_named
from engine.messages import Message
from engine.parameters import Settings
from engine.peer import Peer
from engine.resources import model_path

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class _Keys:
    """Keys that exist: which start of the client holds the secret one, and the public messages."""

    ready: KeysReady
    start: int
    messages: tuple[Message, ...]


class Session:
    """Owns the two processes, and the evaluation keys to give to a restarted cloud.

    `on_event` is called in the calling thread, before the method that causes it returns.
    """

    def __init__(self, on_event: Callable[[Event], None] = lambda event: None) -> None:
        self._emit = on_event
        self._client = Peer("client")
        self._cloud = Peer("server")
        self._wanted: Settings | None = None
        self._keys: _Keys | None = None
        self._cloud_holds: tuple[int, int] | None = None  # starts of the cloud and of the client
        self._last_scores: bytes | None = None
        self._cancelled = False
        self._batches = BatchDesk(self._client, self._cloud, self._exchange, on_event)

    @property
    def pids(self) -> tuple[int, ...]:
        """Return the ids of the running processes, client first."""
        return tuple(pid for pid in (self._client.pid, self._cloud.pid) if pid is not None)

    def start(self) -> None:
        """Start both processes, so that they are there when they are needed."""
        self._client.start()
        self._cloud.start()

    def prepare(self, settings: Settings) -> KeysReady:
        """Make keys for `settings` and give the cloud its share, unless that is done already.

        Raises ParameterError, ModelError, CancelledError or ProcessLostError.
        """
        with self._cancellable():
            return self._prepare(settings)

    def classify(self, picture: Picture) -> Classification:
        """Classify a picture, uint8 (28, 28), encrypted and clear, under the prepared settings.

        Raises MessageError before `prepare`, CancelledError or ProcessLostError; after either of
        the last two the next call works again, with new keys if the old ones were lost.
        """
        _check_picture(picture)
        with self._cancellable():
            begin = time.perf_counter()
            settings = self._prepare(self._settings()).settings
            journey = _Journey(self._emit)
            encrypted = self._encrypt(picture, journey)
            result, server_seconds = self._compute(encrypted, journey)
            scores = self._decrypt(result, journey)
            self._last_scores = result
        network = network_named(settings.model)
        clear = network.forward(picture[None, None] / 255)[0]
        difference = float(np.abs(np.asarray(scores) - clear).max())
        return Classification(
            settings=settings,
            classes=network.card.classes,
            encrypted=scores,
            clear=tuple(clear.tolist()),
            prediction=int(np.argmax(scores)),
            clear_prediction=int(clear.argmax()),
            largest_difference=difference,
            relative_error=difference / float(np.abs(clear).max()),
            stages=tuple(journey.finished),
            ciphertext=encrypted,
            result_bytes=len(result),
            server_seconds=server_seconds,
            total_seconds=time.perf_counter() - begin,
        )

    def prepare_batch(self, settings: Settings) -> KeysReady:
        """Make keys to classify batches under `settings`, as `prepare` does for one picture."""
        with self._cancellable():
            return self._batches.prepare(settings)

    def classify_batch(self, pictures: Pictures) -> BatchResult:
        """Classify pictures, uint8 (n, 28, 28), encrypted, n at most N of the prepared settings.

        The time is the same for one picture as for N. Raises what `classify` raises, and
        recovers as it does; the batch that was lost or cancelled is to be given again.
        """
        with self._cancellable():
            return self._batches.classify(pictures)

    def encrypt(self, picture: Picture) -> Encrypted:
        """Encrypt a picture once more, to look at; it is sent nowhere."""
        _check_picture(picture)
        with self._cancellable():
            self._prepare(self._settings())
            return self._encrypt(picture, _Journey(lambda event: None))

    def decrypt_with_wrong_key(self) -> tuple[float, ...]:
        """Decrypt the last result with a new secret key that has nothing to do with it."""
        with self._cancellable():
            if self._wanted is not None:
                self._prepare(self._wanted)
            if self._last_scores is None:
                raise MessageError("There is no result to decrypt yet: classify a picture first.")
            request = Message("decrypt", {"wrong_key": True}, (self._last_scores,))
            return tuple(self._ask(self._client, request).fields["scores"])

    def calibrate(self) -> None:
        """Measure what the primitives cost on this machine, for all later forecasts."""
        with self._cancellable():
            self._cloud.start()
            answer = self._ask(self._cloud, Message("calibrate"))
            with suppress(OSError):  # without a cache folder, forecasts go without times
                save_costs(costs_from_json(answer.fields), costs_path())

    def cancel(self) -> None:
        """Stop what is running: its call raises CancelledError. Does nothing when idle."""
        self._cancelled = True
        for peer in (self._client, self._cloud):
            if peer.busy:
                peer.kill()

    def close(self) -> None:
        """End both processes; whatever runs is cancelled."""
        self.cancel()
        self._client.close()
        self._cloud.close()

    @contextmanager
    def _cancellable(self) -> Iterator[None]:
        self._cancelled = False
        try:
            yield
        except ProcessLostError as error:
            if self._cancelled:
                raise CancelledError("The run was cancelled.") from error
            raise

    def _exchange(self, peer: Peer, message: Message) -> Iterator[Message]:
        peer.busy = True  # before the flag is read; `cancel` sets the flag before it reads this
        try:
            self._check_cancelled()
            for answer in peer.exchange(message):
                self._check_cancelled()
                yield answer
        finally:
            peer.busy = False

    def _check_cancelled(self) -> None:
        if self._cancelled:
            raise CancelledError("The run was cancelled.")

    def _ask(self, peer: Peer, message: Message) -> Message:
        *_, answer = self._exchange(peer, message)
        return answer

    def _settings(self) -> Settings:
        if self._wanted is None:
            raise MessageError("There are no keys yet: prepare a setting first.")
        return self._wanted

    def _prepare(self, settings: Settings) -> KeysReady:
        circuit = circuit_for(settings)
        self._wanted = settings
        self.start()
        keys = self._keys
        if keys is None or keys.ready.settings != settings or keys.start != self._client.starts:
            return self._make_keys(settings, circuit)
        if self._cloud_holds != (self._cloud.starts, keys.start):
            self._load_cloud(settings)
            for message in keys.messages:
                self._ask(self._cloud, message)
            self._cloud_holds = (self._cloud.starts, keys.start)
        return keys.ready

    def _make_keys(self, settings: Settings, circuit: Circuit) -> KeysReady:
        journey, begin = _Journey(self._emit), time.perf_counter()
        journey.start("keys")
        self._keys = self._last_scores = None
        self._begin_client(circuit)
        self._load_cloud(settings)
        steps = circuit.rotation_steps
        messages: list[Message] = []
        for message in self._exchange(self._client, Message("make_keys", {"steps": steps})):
            self._ask(self._cloud, message)
            messages.append(message)
            self._emit(StageProgress("keys", len(messages), len(steps) + 1))
        relin_key_bytes, *galois_key_bytes = (len(message.blobs[0]) for message in messages)
        seconds = time.perf_counter() - begin
        ready = KeysReady(
            settings, seconds, relin_key_bytes, sum(galois_key_bytes), len(galois_key_bytes)
        )
        self._keys = _Keys(ready, self._client.starts, tuple(messages))
        self._cloud_holds = (self._cloud.starts, self._client.starts)
        journey.finish("keys", seconds, relin_key_bytes + sum(galois_key_bytes), 0)
        return ready

    def _begin_client(self, circuit: Circuit) -> None:
        fields = {
            "poly_modulus_degree": circuit.parameters.chain.poly_modulus_degree,
            "coeff_modulus_bits": circuit.parameters.chain.coeff_modulus_bits,
            "score_slots": circuit.packing.score_slots,
            "scale": circuit.packing.scale,
        }
        pixels = circuit.packing.pixel_of_slot.astype("<i8").tobytes()
        self._ask(self._client, Message("begin", fields, (pixels,)))

    def _load_cloud(self, settings: Settings) -> None:
        self._cloud_holds = None
        path = str(model_path(settings.model))
        fields = {"path": path, "settings": dataclasses.asdict(settings)}
        self._ask(self._cloud, Message("load", fields))

    def _encrypt(self, picture: Picture, journey: "_Journey") -> Encrypted:
        circuit = circuit_for(self._settings())
        journey.start("encrypt")
        answer = self._ask(self._client, Message("encrypt", {}, (picture.tobytes(),)))
        encrypted = Encrypted(
            data=answer.blobs[0],
            seconds=answer.fields["seconds"],
            poly_modulus_degree=circuit.parameters.chain.poly_modulus_degree,
            coeff_modulus_bits=circuit.parameters.chain.coeff_modulus_bits,
        )
        level = circuit.parameters.chain.top_level
        journey.finish("encrypt", encrypted.seconds, 0, level)
        return encrypted

    def _compute(self, encrypted: Encrypted, journey: "_Journey") -> tuple[bytes, float]:
        level, sent, size = len(encrypted.coeff_modulus_bits) - 1, 0.0, len(encrypted.data)
        journey.start("send")
        begin = time.perf_counter()
        for answer in self._exchange(self._cloud, Message("classify", {}, (encrypted.data,))):
            fields = answer.fields
            if answer.kind == "arrived":
                journey.finish("send", time.perf_counter() - begin, size, level)
            elif answer.kind == "stage_started":
                journey.start(fields["key"])
            elif answer.kind == "stage_finished":
                level, sent = fields["level"], time.perf_counter()
                journey.finish(fields["key"], fields["seconds"], 0, level)
        journey.start("receive")
        journey.finish("receive", time.perf_counter() - sent, len(answer.blobs[0]), level)
        return answer.blobs[0], answer.fields["seconds"]

    def _decrypt(self, result: bytes, journey: "_Journey") -> tuple[float, ...]:
        journey.start("decrypt")
        request = Message("decrypt", {"wrong_key": False}, (result,))
        fields = self._ask(self._client, request).fields
        journey.finish("decrypt", fields["seconds"], 0, 0)
        return tuple(fields["scores"])


def _check_picture(picture: Picture) -> None:
    if picture.shape != (28, 28) or picture.dtype != np.uint8:
        raise MessageError(
            f"A picture is uint8 (28, 28), not {picture.dtype} {picture.shape}: prepare it first."
        )


class _Journey:
    """Reports stages as events and remembers those that finished."""

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self.finished: list[StageFinished] = []

    def start(self, key: str) -> None:
        self._emit(StageStarted(key))

    def finish(self, key: str, seconds: float, wire_bytes: int, level: int) -> None:
        event = StageFinished(key, seconds, wire_bytes, level)
        self.finished.append(event)
        self._emit(event)
