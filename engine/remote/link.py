"""A cloud on another machine as a session is linked to it: what `Peer` is for a child process.

Blobs go first, in pieces under their hash, then the ask. A connection that is cut during a run is
opened again and both sides go on where they were: answers are numbered, so none is lost or told
twice, and of the bytes only those are sent that are missing.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from websockets.exceptions import ConnectionClosed

from engine.errors import (
    CipherSketchError,
    MessageError,
    PairingError,
    ProcessLostError,
    UnreachableError,
)
from engine.messages.framing import Message
from engine.messages.log import OnMessage
from engine.parties.link import error_from, logged
from engine.remote.address import Address
from engine.remote.asking import Asking
from engine.remote.connection import Connection, Tap, unreachable
from engine.remote.frames import (
    KEPT_KINDS,
    PROTOCOL,
    Answer,
    Bye,
    Frame,
    Got,
    Hello,
    Missing,
    Piece,
    Renew,
    Welcome,
    engine_version,
)
from engine.remote.greeting import greet
from engine.remote.pace import Pace
from engine.remote.state import CloudState, Phase

CONNECT_SECONDS = 5.0
PATIENCE_SECONDS = 60.0
"""So long a cut connection is tried again while a run waits for it."""
PAUSE_SECONDS = 0.5
WATCH_SECONDS = 0.05
"""So often it is looked whether the run was cancelled."""

Cut = (OSError, ConnectionClosed)


class CloudLink:
    """Connects when it is first needed, and again after it was lost.

    `starts` counts the workers that began with nothing. `on_message` is told of every message with
    its size on the wire, `on_state` of every change of `state`; both are called in the thread that
    exchanges. Raises PairingError where the cloud must not or will not be used, UnreachableError
    where it does not answer.
    """

    def __init__(
        self,
        address: Address,
        on_message: OnMessage = lambda message: None,
        on_state: Callable[[CloudState], None] = lambda state: None,
        tap: Tap = lambda outward, data: None,
    ) -> None:
        self.address = address
        self.starts = 0
        self.busy = False
        self._on_message = on_message
        self._on_state = on_state
        self._tap = tap
        self._state = CloudState(address.where, "unused")
        self._connection: Connection | None = None
        self._session: str | None = None
        self._worker = self._number = 0
        self._asking: Asking | None = None
        self._held: dict[str, int] = {}
        self._pace = Pace()
        self._killed = threading.Event()
        self._dialling: socket.socket | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Return None: its process is not on this machine."""
        return None

    @property
    def state(self) -> CloudState:
        """Return how things stand; from any thread."""
        connection, state = self._connection, self._state
        if connection is None or state.phase != "connected":
            return state
        if not connection.is_open:
            return replace(state, phase="lost", problem=f"{self._name} is cut off.")
        return replace(state, round_trip=connection.round_trip or state.round_trip)

    def start(self) -> None:
        """Connect, unless that is done; what `kill` stopped is thrown away there too."""
        if self._killed.is_set():
            self._renew()
        if self._connection is None or not self._connection.is_open:
            self._drop()
            self._connect("connecting")

    def exchange(self, message: Message) -> Iterator[Message]:
        """Ask the cloud and yield its answers; raise what it raised, or ProcessLostError.

        A caller that stops before the last answer makes the worker begin anew.
        """
        if self._connection is None or self._killed.is_set():
            raise self._lost()
        asking = self._asking = Asking(self._number + 1, self._worker, message)
        complete = False
        try:
            self._begin(asking)
            while (answer := self._next(asking)).kind not in ("end", "error"):
                yield answer
            complete = True
        finally:
            self._asking = None
            if message.kind not in KEPT_KINDS:
                for digest in asking.digests:
                    self._held.pop(digest, None)
            if not complete:
                self._renew()
        if answer.kind == "error":
            error = error_from(answer)
            if isinstance(error, ProcessLostError):
                self._renew()
            raise error

    def kill(self) -> None:
        """Make the worker stop and begin with nothing: at once if it is busy, else at the start.

        An attempt to connect ends, too.
        """
        self._killed.set()
        dialling = self._dialling
        if dialling is not None:
            with suppress(OSError):
                socket.socket.shutdown(dialling, socket.SHUT_RDWR)  # TLS may be in use just now

    def close(self) -> None:
        """Say goodbye: the worker and all that the cloud has of this session go."""
        self._closed = True
        self.kill()
        connection, self._connection = self._connection, None
        if connection is not None:
            _tell(connection, Bye())
            connection.close()
        self._change("closed")

    # -- asking

    def _begin(self, asking: Asking) -> None:
        try:
            for digest in asking.digests:
                self._push(asking, digest, self._held.get(digest, 0))
            self._send_ask(asking)
        except Cut as error:
            self._reconnect(error)
        self._on_message(logged("window", "cloud", asking.message, asking.wire))

    def _push(self, asking: Asking, digest: str, offset: int) -> None:
        for piece in asking.pieces(digest, offset):
            while self._pace.is_full:
                self._hear(asking)
            asking.wire += self._ready().send(piece)
            self._pace.sent(len(piece.data))

    def _next(self, asking: Asking) -> Message:
        while (arrived := asking.next_answer()) is None:
            try:
                self._hear(asking)
            except Cut as error:
                self._reconnect(error)
        message, wire = arrived
        self._on_message(logged("cloud", "window", message, wire))
        return message

    def _hear(self, asking: Asking) -> None:
        """Take one frame; ProcessLostError if the run was stopped meanwhile."""
        while True:
            if self._killed.is_set() or self._connection is None:
                raise self._lost()
            try:
                frame, wire = self._connection.receive(WATCH_SECONDS)
                break
            except TimeoutError:
                continue
            except MessageError as error:
                raise self._fail(error) from error
        try:
            self._take(asking, frame, wire)
        except MessageError as error:
            raise self._fail(error) from error

    def _take(self, asking: Asking, frame: Frame | Piece, wire: int) -> None:
        match frame:
            case Piece():
                asking.take_piece(frame, wire)
            case Answer():
                asking.take_answer(frame, wire)
            case Got():
                self._pace.acknowledged()
                self._held[frame.digest] = frame.size
                self._tell_of_bytes(asking)
            case Missing():
                self._push(asking, frame.digest, frame.size)
            case Bye():
                raise self._fail(
                    UnreachableError(f"{self._name} ended the session: {frame.reason}")
                )
            case _:
                raise MessageError("A frame came that only the other side sends.")

    # -- connecting

    def _connect(self, phase: Phase) -> None:
        """Connect; `busy` meanwhile, so that it is cancelled like a run."""
        was_busy, self.busy = self.busy, True
        self._change(phase)
        try:
            self._open()
        except Cut as error:
            raise self._no_connection(phase, unreachable(self.address, error)) from error
        except (PairingError, UnreachableError, MessageError) as error:
            raise self._no_connection(phase, error) from error.__cause__
        finally:
            self._dialling = None
            self.busy = was_busy

    def _no_connection(self, phase: Phase, error: CipherSketchError) -> CipherSketchError:
        """Say that an attempt failed, unless there will be another."""
        self._drop()
        if phase == "connecting" or not isinstance(error, UnreachableError):
            self._change("lost", str(error))
        return error

    def _hold(self, dialling: socket.socket) -> None:
        self._dialling = dialling
        if self._killed.is_set():
            raise OSError("it was given up")

    def _open(self) -> None:
        connection = self._connection = Connection(
            self.address, CONNECT_SECONDS, self._tap, self._hold
        )
        greeted = greet(connection, self.address.where, self._hello(), CONNECT_SECONDS)
        if self._killed.is_set():
            self._drop()
            raise self._lost()
        self._pace = Pace()
        greeting = greeted.greeting
        self._state = CloudState(
            self.address.where,
            "connected",
            greeted.round_trip,
            greeting.protocol,
            greeting.engine,
            tuple((model.name, model.sha256) for model in greeting.models),
        )
        self._on_state(self._state)
        self._go_on(greeted.welcome)

    def _hello(self) -> Hello:
        asking = self._asking
        number, got = (self._number + 1, 0) if asking is None else (asking.ask.number, asking.got)
        return Hello(PROTOCOL, engine_version(), self._session, number, got)

    def _go_on(self, welcome: Welcome) -> None:
        if welcome.session == self._session:
            if welcome.worker > self._worker:
                self._worker = welcome.worker
                self.starts += 1
            if self._asking is None:
                self._number = welcome.asked  # the last one may have been given up on its way
            elif welcome.asked < self._asking.ask.number:
                self._send_ask(self._asking)  # it answers with what it lacks of the blobs
            return
        self._session, self._worker, self._number = welcome.session, welcome.worker, 0
        self._held.clear()
        self.starts += 1
        if self._asking is not None:
            raise self._lost()

    def _reconnect(self, reason: Exception) -> None:
        """Open a cut connection again, as often as it takes; then go on where the cut was."""
        self._drop()
        problem = unreachable(self.address, reason)
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not self._killed.is_set():
            self._change("reconnecting", str(problem))
            try:
                return self._connect("reconnecting")
            except UnreachableError as error:
                if time.monotonic() > give_up:
                    self._change("lost", str(error))
                    raise
                problem = error
            self._killed.wait(PAUSE_SECONDS)
        self._change("lost", str(problem))
        raise self._lost() from reason

    def _renew(self) -> None:
        """Let a new worker begin; the other side hears of it now, or with the next ask."""
        if not self._closed:
            self._killed.clear()
        self._worker += 1
        self.starts += 1
        if self._connection is not None:
            _tell(self._connection, Renew(self._worker))

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if self._asking is not None:
            self._asking.cut()
        if connection is not None:
            connection.close()

    def _ready(self) -> Connection:
        if self._killed.is_set() or self._connection is None:
            raise self._lost()
        return self._connection

    def _send_ask(self, asking: Asking) -> None:
        """Send an ask; only then its number is taken, as one that was given up leaves no gap."""
        connection = self._ready()
        self._number = asking.ask.number
        asking.wire += connection.send(asking.ask)

    def _fail(self, error: Exception) -> Exception:
        self._drop()
        self._session = None
        self._change("lost", str(error))
        return error

    # -- telling

    @property
    def _name(self) -> str:
        return f"The cloud at {self.address.where}"

    def _lost(self) -> ProcessLostError:
        return ProcessLostError(f"{self._name} stopped; it starts again with the next run.")

    def _tell_of_bytes(self, asking: Asking) -> None:
        arrived = sum(self._held.get(digest, 0) for digest in asking.digests)
        self._state = replace(self._state, sending=(arrived, asking.blob_bytes))
        self._on_state(self._state)

    def _change(self, phase: Phase, problem: str = "") -> None:
        self._state = replace(self._state, phase=phase, problem=problem, sending=None)
        self._on_state(self._state)


def _tell(connection: Connection, frame: Frame) -> None:
    try:
        connection.send(frame)
    except Cut:
        return  # the next ask says as much
