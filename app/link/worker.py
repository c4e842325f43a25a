"""The only place that talks to the engine's session: one thread, one request at a time.

`EngineLink` lives in the main thread and queues requests; `Worker` runs them in its own thread,
where the session's methods may block. What comes of each is delivered where it was asked for.
A session is for one cloud: another cloud takes another session, made and connected there as well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from app.link.requests import Request
from app.link.session import EngineSession, SessionFactory
from engine.errors import CancelledError
from engine.remote.address import Address
from engine.remote.state import CloudState
from engine.session.events import Event

STOP_MILLISECONDS = 5000
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class _Job:
    """A request on its way, and what to do in the main thread with its value or error."""

    serial: int
    request: Request[Any]
    on_value: Callable[[Any], None]
    on_error: Callable[[Exception], None]


@dataclass(frozen=True, eq=False)
class _Move:
    """Another cloud to be used from now on; otherwise like a job."""

    serial: int
    cloud: Address | None
    on_value: Callable[[CloudState | None], None]
    on_error: Callable[[Exception], None]


class Worker(QObject):
    """Runs jobs one after the other in the thread it was moved to.

    Signals: `progressed(Event)` while a job runs, `exchanged(MessageLogged)` for each message that
    it causes, `cloud_changed(CloudState)` whenever the connection to a cloud elsewhere does,
    `ended(callback, argument)` when it has ended. Attribute `joining`: the session that is being
    connected to another cloud, if any.
    """

    progressed = Signal(object)
    exchanged = Signal(object)
    cloud_changed = Signal(object)
    ended = Signal(object, object)

    def __init__(self, factory: SessionFactory) -> None:
        super().__init__()
        self._factory = factory
        self.session: EngineSession | None = None
        self.joining: EngineSession | None = None
        self.cancelled_up_to = 0
        self._serial = 0
        self._is_followed = True

    @Slot(object)
    def run(self, job: _Job) -> None:
        """Run one job and report how it ended."""
        self._serial, self._is_followed = job.serial, job.request.is_followed
        try:
            if self.session is None:
                self.session = self._open(None)
            if job.serial <= self.cancelled_up_to:
                raise CancelledError("Cancelled before it began.")
            self.ended.emit(job.on_value, job.request.ask(self.session))
        except Exception as error:  # noqa: BLE001 - passed on to the main thread
            self.ended.emit(job.on_error, error)

    @Slot(object)
    def move(self, move: _Move) -> None:
        """Use another cloud once it is connected; if that fails, all stays as it was."""
        try:
            if move.serial <= self.cancelled_up_to:
                raise CancelledError("Cancelled before it began.")
            session = self.joining = self._open(move.cloud)
            session.start()
            if move.serial <= self.cancelled_up_to:
                raise CancelledError("Cancelled while it connected.")
        except Exception as error:  # noqa: BLE001 - passed on to the main thread
            if self.joining is not None:
                self.joining.close()
            cancelled = move.serial <= self.cancelled_up_to
            why = CancelledError("The connecting was cancelled.") if cancelled else error
            self.ended.emit(move.on_error, why)
        else:
            before, self.session = self.session, session
            if before is not None:
                before.close()
            self.ended.emit(move.on_value, session.cloud_state)
        finally:
            self.joining = None

    @Slot(object)
    def use(self, factory: SessionFactory) -> None:
        """Let another factory make sessions, the first of them once something is asked."""
        before, self.session, self._factory = self.session, None, factory
        if before is not None:
            before.close()

    def _open(self, cloud: Address | None) -> EngineSession:
        session = self._factory(self._forward, cloud)
        session.on_message = self.exchanged.emit
        session.on_cloud = self.cloud_changed.emit
        return session

    def _forward(self, event: Event) -> None:
        if self._serial <= self.cancelled_up_to and self.session is not None:
            self.session.cancel()  # the cancel came before the session's call had begun
        if self._is_followed or event.key == "keys":
            self.progressed.emit(event)


class EngineLink(QObject):
    """The main thread's end of the worker.

    Signals: `progressed(Event)`, `exchanged(MessageLogged)`, `cloud_changed(CloudState)`, delivered
    in the main thread; `stirred` whenever something is asked or heard.
    """

    progressed = Signal(object)
    exchanged = Signal(object)
    cloud_changed = Signal(object)
    stirred = Signal()
    _requested = Signal(object)
    _moved = Signal(object)
    _replaced = Signal(object)

    def __init__(self, factory: SessionFactory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._serial = 0
        self._ended = 0
        self._thread = QThread(self)
        self._thread.setObjectName("engine")
        self._worker = Worker(factory)
        self._worker.moveToThread(self._thread)
        queued = Qt.ConnectionType.QueuedConnection
        self._requested.connect(self._worker.run, queued)
        self._moved.connect(self._worker.move, queued)
        self._replaced.connect(self._worker.use, queued)
        self._worker.progressed.connect(self.progressed, queued)
        self._worker.exchanged.connect(self.exchanged, queued)
        self._worker.cloud_changed.connect(self.cloud_changed, queued)
        self._worker.ended.connect(self._deliver, queued)
        self.progressed.connect(self.stirred)
        self.exchanged.connect(self.stirred)
        self._thread.start()

    @property
    def is_waiting(self) -> bool:
        """Tell whether anything that was asked has not ended yet."""
        return self._ended < self._serial

    @property
    def cloud_state(self) -> CloudState | None:
        """Return how a cloud elsewhere answers just now; None for this computer's."""
        session = self._worker.session
        return None if session is None else session.cloud_state

    def use_cloud(
        self,
        cloud: Address | None,
        on_value: Callable[[CloudState | None], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        """Use another cloud for all that is asked from now on, unless it cannot be connected."""
        self._serial += 1
        self._moved.emit(_Move(self._serial, cloud, on_value, on_error))
        self.stirred.emit()

    def use_sessions(self, factory: SessionFactory) -> None:
        """Have all that is asked from now on done by sessions of another kind, on this computer."""
        self._replaced.emit(factory)

    def submit(
        self,
        request: Request[T],
        on_value: Callable[[T], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        """Queue a request; one of the two callables is then called in the main thread."""
        self._serial += 1
        self._requested.emit(_Job(self._serial, request, on_value, on_error))
        self.stirred.emit()

    def cancel(self) -> None:
        """Cancel every request queued so far, the running one included."""
        self._worker.cancelled_up_to = self._serial
        joining = self._worker.joining
        if joining is not None:
            joining.close()
        if self._worker.session is not None:
            self._worker.session.cancel()

    def restart(self) -> None:
        """Cancel everything, and end processes that may hang without being at work."""
        self._worker.cancelled_up_to = self._serial
        if self._worker.session is not None:
            self._worker.session.restart()

    def close(self) -> None:
        """End the session, its processes and the thread."""
        self.cancel()
        self._thread.quit()
        if self._worker.session is not None:
            self._worker.session.close()
        self._thread.wait(STOP_MILLISECONDS)
        if self._worker.session is not None:  # it may have been opened in the meantime
            self._worker.session.close()

    @Slot(object, object)
    def _deliver(self, callback: Callable[[Any], None], argument: object) -> None:
        self._ended += 1
        self.stirred.emit()
        callback(argument)
