"""The only place that talks to the engine's session: one thread, one session, one job at a time.

`EngineLink` lives in the main thread and queues jobs; `Worker` runs them in its own thread, where
the session's methods may block. Events and outcomes come back as signals.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

import numpy as np
from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from app.draw.drawing import Grey
from engine.ckks.parameters import Settings
from engine.errors import CancelledError
from engine.parties.message_log import OnMessage
from engine.session.events import Classification, Encrypted, Event, KeysReady
from engine.session.inspection import Coefficients
from engine.session.proofs import CloudAttempt
from engine.session.tampering import FlippedBit

STOP_MILLISECONDS = 5000


class EngineSession(Protocol):
    """What the window needs of a session; `engine.session.session.Session` is the real one.

    `on_message`, to be replaced, is told of every message between the window and the processes.
    """

    on_message: OnMessage

    def prepare(self, settings: Settings) -> KeysReady:
        """Make the keys for `settings`, or return at once if they exist."""

    def classify(self, picture: Grey) -> Classification:
        """Encrypt a picture (28, 28), let the cloud classify it, decrypt the scores."""

    def encrypt(self, picture: Grey) -> Encrypted:
        """Encrypt a picture without sending it."""

    def decrypt_with_wrong_key(self) -> tuple[float, ...]:
        """Decrypt the last result with an unrelated secret key."""

    def let_cloud_try(self) -> CloudAttempt:
        """Let the cloud try to read the last picture and its scores."""

    def unpack(self) -> Coefficients:
        """Return the numbers of the last picture's ciphertext."""

    def classify_with_flipped_bit(self, bit: int) -> FlippedBit:
        """Classify the last picture's ciphertext again, one bit of it flipped."""

    def calibrate(self) -> None:
        """Measure this machine's primitive costs, once."""

    def cancel(self) -> None:
        """Make the blocked call raise CancelledError; from any thread."""

    def close(self) -> None:
        """End both processes; from any thread."""


SessionFactory = Callable[[Callable[[Event], None]], EngineSession]


class Task(Enum):
    """What a job asks of the session."""

    PREPARE = "prepare"
    CLASSIFY = "classify"
    FRAME = "frame of a live drawing"
    ENCRYPT_AGAIN = "encrypt again"
    WRONG_KEY = "wrong key"
    CLOUD_TRY = "cloud try"
    UNPACK = "unpack"
    FLIP_BIT = "flip bit"
    CALIBRATE = "calibrate"


@dataclass(frozen=True, eq=False)
class Job:
    """One request: `settings` for those that need keys, `picture` for those that need one.

    `reference` is what a second encryption is compared with, `bit` the one to flip.
    """

    serial: int
    task: Task
    settings: Settings | None = None
    picture: Grey | None = None
    reference: bytes = b""
    bit: int = 0


@dataclass(frozen=True)
class SecondEncryption:
    """The same picture encrypted again, and the share of its bytes that differ from before."""

    encrypted: Encrypted
    differing: float


@dataclass(frozen=True, eq=False)
class Outcome:
    """How a job ended: with a value or with an error."""

    job: Job
    value: Any = None
    error: Exception | None = None


class Worker(QObject):
    """Runs jobs one after the other in the thread it was moved to.

    Signals: `progressed(Event)` while a job runs, `exchanged(MessageLogged)` for each message that
    it causes, `outcome(Outcome)` when it has ended.
    """

    progressed = Signal(object)
    exchanged = Signal(object)
    outcome = Signal(object)

    def __init__(self, factory: SessionFactory) -> None:
        super().__init__()
        self._factory = factory
        self.session: EngineSession | None = None
        self.cancelled_up_to = 0
        self._serial = 0
        self._task = Task.PREPARE

    @Slot(object)
    def run(self, job: Job) -> None:
        """Run one job and report how it ended."""
        self._serial, self._task = job.serial, job.task
        try:
            if self.session is None:
                self.session = self._factory(self._forward)
                self.session.on_message = self.exchanged.emit
            if job.serial <= self.cancelled_up_to:
                raise CancelledError("Cancelled before it began.")
            self.outcome.emit(Outcome(job, value=self._answer(self.session, job)))
        except Exception as error:  # noqa: BLE001 - passed on to the main thread
            self.outcome.emit(Outcome(job, error=error))

    def _answer(self, session: EngineSession, job: Job) -> object:
        if job.task is Task.CALIBRATE:
            session.calibrate()
            return None
        if job.task is Task.WRONG_KEY:
            return session.decrypt_with_wrong_key()
        if job.task is Task.CLOUD_TRY:
            return session.let_cloud_try()
        if job.task is Task.UNPACK:
            return session.unpack()
        if job.task is Task.FLIP_BIT:
            return session.classify_with_flipped_bit(job.bit)
        assert job.settings is not None
        keys = session.prepare(job.settings)
        if job.task is Task.PREPARE:
            return keys
        assert job.picture is not None
        if job.task in (Task.CLASSIFY, Task.FRAME):
            return session.classify(job.picture)
        encrypted = session.encrypt(job.picture)
        return SecondEncryption(encrypted, differing_share(job.reference, encrypted.data))

    def _forward(self, event: Event) -> None:
        if self._serial <= self.cancelled_up_to and self.session is not None:
            self.session.cancel()  # the cancel came before the session's call had begun
        if self._task is not Task.FRAME or event.key == "keys":  # frames are too quick to follow
            self.progressed.emit(event)


def differing_share(first: bytes, second: bytes) -> float:
    """Return the share of positions at which two byte strings differ, 0 to 1."""
    length = min(len(first), len(second))
    a, b = (np.frombuffer(data, np.uint8, length) for data in (first, second))
    return float((a != b).mean()) if length else 0.0


class EngineLink(QObject):
    """The main thread's end of the worker.

    Signals: `progressed(Event)`, `exchanged(MessageLogged)`, `outcome(Outcome)`, all delivered in
    the main thread.
    """

    progressed = Signal(object)
    exchanged = Signal(object)
    outcome = Signal(object)
    _requested = Signal(object)

    def __init__(self, factory: SessionFactory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._serial = 0
        self._thread = QThread(self)
        self._thread.setObjectName("engine")
        self._worker = Worker(factory)
        self._worker.moveToThread(self._thread)
        queued = Qt.ConnectionType.QueuedConnection
        self._requested.connect(self._worker.run, queued)
        self._worker.progressed.connect(self.progressed, queued)
        self._worker.exchanged.connect(self.exchanged, queued)
        self._worker.outcome.connect(self.outcome, queued)
        self._thread.start()

    def submit(
        self,
        task: Task,
        settings: Settings | None = None,
        picture: Grey | None = None,
        reference: bytes = b"",
        bit: int = 0,
    ) -> int:
        """Queue a job and return its serial number."""
        self._serial += 1
        self._requested.emit(Job(self._serial, task, settings, picture, reference, bit))
        return self._serial

    def cancel(self) -> None:
        """Cancel every job queued so far, the running one included."""
        self._worker.cancelled_up_to = self._serial
        if self._worker.session is not None:
            self._worker.session.cancel()

    def close(self) -> None:
        """End the session, its processes and the thread."""
        self.cancel()
        self._thread.quit()
        if self._worker.session is not None:
            self._worker.session.close()
        self._thread.wait(STOP_MILLISECONDS)
        if self._worker.session is not None:  # it may have been opened in the meantime
            self._worker.session.close()


def open_session(on_event: Callable[[Event], None]) -> EngineSession:
    """Make the real session; its module is imported here, in the worker's thread."""
    from engine.session.session import Session  # noqa: PLC0415 - after the first window is shown

    return Session(on_event)
