"""A session without cryptography, for tests: instant, scripted, and it can be made to wait."""

import dataclasses
import math
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from made_runs import made_teaching

from engine.ckks.parameters import Settings
from engine.errors import CancelledError, CipherSketchError
from engine.inside.looks import TeachingRun
from engine.messages.log import MessageLogged, OnMessage
from engine.planning.outline import Outline, outline_for
from engine.playground.operations import Decrypt
from engine.playground.program import Program
from engine.remote.address import Address
from engine.remote.frames import Bye, Hello, Piece, encode_frame, encode_piece
from engine.remote.recording import Recorder
from engine.remote.state import CloudState, Phase
from engine.resources import model_names
from engine.session.events import (
    NO_ANSWER,
    Classification,
    Encrypted,
    Event,
    KeysReady,
    StageFinished,
    StageProgress,
    StageStarted,
)
from engine.session.inspection import Coefficients
from engine.session.proofs import CloudAttempt
from engine.session.tampering import FlippedBit
from engine.session.workbench import Computed, Shown, StepOutcome

Picture = npt.NDArray[np.uint8]

CLASSES = tuple("0123456789")
CLOUD = ("conv", "square-1", "dense-1", "square-2", "dense-2")
WAIT_SECONDS = 30
CLEAR = tuple(5.0 if k == 3 else 2.0 if k == 8 else -1.0 for k in range(10))
SCORES = tuple(score + 0.001 for score in CLEAR)


class FakeSession:
    """Answers 3 with a second-best 8.

    Attributes for tests: `hold` is the key of a stage to wait at until `release` or a cancel,
    `failure` the error that the next call raises, `broken` the one that all do until it is None
    again, as without a connection; `models` what a cloud elsewhere offers; `calls` what was asked,
    `closed`.
    """

    def __init__(self, on_event: Callable[[Event], None], cloud: Address | None = None) -> None:
        self._emit = on_event
        self._cancelled = threading.Event()
        self._released = threading.Event()
        self.hold = ""
        self.failure: CipherSketchError | Exception | None = None
        self.broken: CipherSketchError | None = None
        self.calls: list[str] = []
        self.models = ("mnist-network1",)
        self.threads: set[int] = set()
        self.closed = False
        self.cloud = cloud
        self.on_message: OnMessage = lambda message: None
        self.on_cloud: Callable[[CloudState], None] = lambda state: None
        self.cloud_state = None if cloud is None else CloudState(cloud.where, "unused")
        self._ready: KeysReady | None = None

    def start(self) -> None:
        self._begin("start")
        self._wait_at("start")
        self.change_cloud("connected")

    def change_cloud(self, phase: Phase, problem: str = "") -> None:
        """Let the connection to a cloud elsewhere be another from now on."""
        if self.cloud is not None:
            models = tuple((name, "0" * 64) for name in self.models)
            self.cloud_state = CloudState(
                self.cloud.where, phase, 0.012, 1, "0.1.0", models, problem
            )
            self.on_cloud(self.cloud_state)

    def describe(self, model: str) -> Outline:
        """Describe MNIST's network 1 under another name, as one that only the cloud has."""
        self._begin(f"describe {model}")
        outline = outline_for(Settings())
        settings = dataclasses.replace(outline.settings, model=model)
        return dataclasses.replace(outline, settings=settings, network=None)

    def prepare(self, settings: Settings) -> KeysReady:
        self._begin("prepare")
        if self._ready is None or self._ready.settings != settings:
            self._emit(StageStarted("keys"))
            self._wait_at("keys")
            for done in (1, 2):
                self._emit(StageProgress("keys", done, 2))
            self._emit(StageFinished("keys", 0.2, 9_000_000, 0))
            self._ready = KeysReady(settings, 0.2, 700_000, 8_300_000, 12)
        return self._ready

    def classify(self, picture: Picture) -> Classification:
        self._begin("classify")
        assert self._ready is not None
        stages = [
            self._stage("encrypt", 0.002, 0, 3),
            self._stage("send", 0.001, 185_000, 3),
            *(self._stage(key, 0.01, 0, 2) for key in CLOUD),
            self._stage("receive", 0.001, 124_000, 1),
            self._stage("decrypt", 0.001, 0, 0),
        ]
        answer = Classification(
            settings=self._ready.settings,
            classes=CLASSES,
            encrypted=SCORES,
            clear=CLEAR,
            prediction=3,
            clear_prediction=3,
            largest_difference=0.001,
            relative_error=0.0002,
            stages=tuple(stages),
            ciphertext=self._ciphertext(1),
            result_bytes=124_000,
            server_seconds=0.05,
            total_seconds=0.06,
            result=np.random.default_rng(3).bytes(124_000),
        )
        if self._ready.settings.model in model_names():
            return answer
        return dataclasses.replace(
            answer,
            clear=(),
            clear_prediction=NO_ANSWER,
            largest_difference=math.nan,
            relative_error=math.nan,
            why_not_clear="The model is the cloud's secret.",
        )

    def stream(
        self, take: Callable[[], Picture | None], give: Callable[[Classification], None]
    ) -> None:
        while (picture := take()) is not None:
            give(self.classify(picture))

    def encrypt(self, picture: Picture) -> Encrypted:
        self._begin("encrypt")
        return self._ciphertext(2)

    def decrypt_with_wrong_key(self) -> tuple[float, ...]:
        self._begin("wrong key")
        return tuple(float((-1) ** k * 1000 * (k + 1)) for k in range(10))

    def let_cloud_try(self) -> CloudAttempt:
        self._begin("cloud try")
        pixels = np.random.default_rng(3).normal(0, 1e43, 784)
        scores = tuple(float((-1) ** k * 500 * (k + 1)) for k in range(10))
        return CloudAttempt("The cloud holds no secret key.", tuple(pixels.tolist()), scores)

    def unpack(self) -> Coefficients:
        self._begin("unpack")
        primes = (2**55 - 55, 2**53 - 111)
        rows = [np.random.default_rng(4).integers(0, prime, (2, 8192)) for prime in primes]
        return Coefficients(primes, np.stack(rows, axis=1).astype(np.uint64))

    def classify_with_flipped_bit(self, bit: int) -> FlippedBit:
        """Refuse odd bytes, give noise for even ones, and change nothing in byte 6."""
        self._begin(f"flip {bit}")
        self._wait_at("flip")
        outcome = FlippedBit(bit, 185_000, SCORES)
        if bit // 8 % 2:
            return dataclasses.replace(outcome, refusal="The bytes received are no ciphertext.")
        noise = tuple(float((-1) ** k * 700) for k in range(10))
        return dataclasses.replace(outcome, scores=SCORES if bit // 8 == 6 else noise)

    def run_program(self, program: Program) -> tuple[StepOutcome, ...]:
        """Decrypt without any error, and show the same coefficients each time."""
        self._begin(f"program {len(program.operations)}")
        self._wait_at("program")
        return tuple(
            Shown(0.002, program.values[each.x].clear)
            if isinstance(each, Decrypt)
            else Computed(0.001, tuple(range(16)))
            for each in program.operations
        )

    def teach(self, picture: Picture) -> TeachingRun:
        """Show every stage of the real circuit, each slot a little off."""
        self._begin("teach")
        self._wait_at("teach")
        assert self._ready is not None
        return made_teaching(self._ready.settings, picture)

    def record(self, path: Path) -> None:
        self._begin("record")
        assert self.cloud is not None
        self._recorder = Recorder(path, self.cloud.where, lambda: 1_700_000_000.0)
        self._recorder.take(True, encode_frame(Hello(1, "0.1.0")))
        self._recorder.take(True, encode_piece(Piece("ab" * 32, 0, bytes(range(256)))))
        self._recorder.take(False, encode_frame(Bye("Goodnight.")))

    def stop_recording(self) -> str:
        self._begin("stop recording")
        self._recorder.close()
        return self._recorder.problem

    def calibrate(self) -> None:
        self._begin("calibrate")

    def cancel(self) -> None:
        self._cancelled.set()
        self._released.set()

    def restart(self) -> None:
        self.cancel()

    def close(self) -> None:
        self.cancel()
        self.closed = True

    def release(self) -> None:
        """Let the stage that waits go on, or none wait if it is not there yet."""
        self.hold = ""
        self._released.set()

    def _begin(self, call: str) -> None:
        self._cancelled.clear()
        self._released.clear()
        self.calls.append(call)  # whoever saw it here may release it
        for sender, receiver, size in (("window", "cloud", 185_000), ("cloud", "window", 0)):
            where = "" if self.cloud is None else self.cloud.where
            message = MessageLogged(time.time(), sender, receiver, call, 60, size, where)  # type: ignore[arg-type]
            self.on_message(message)
        self.threads.add(threading.get_ident())
        self._break()
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure

    def _stage(self, key: str, seconds: float, wire_bytes: int, level: int) -> StageFinished:
        self._emit(StageStarted(key))
        self._wait_at(key)
        finished = StageFinished(key, seconds, wire_bytes, level)
        self._emit(finished)
        return finished

    def _wait_at(self, key: str) -> None:
        if key == self.hold:
            self._released.wait(WAIT_SECONDS)
        if self._cancelled.is_set():
            self._ready = None
            raise CancelledError("The run was cancelled.")
        self._break()

    def _break(self) -> None:
        if self.broken is not None:
            self.change_cloud("lost", str(self.broken))
            raise self.broken

    def _ciphertext(self, seed: int) -> Encrypted:
        data = np.random.default_rng(seed).bytes(185_000)
        return Encrypted(data, 0.002, 8192, (55, 55, 53, 51))
