"""A cloud on another machine as a session is linked to it: what `Peer` is for a child process.

Blobs go first, in pieces under their hash and no faster than they are acknowledged; then the ask. A
connection that is cut during a run is opened again and both sides go on where they were: answers
are numbered, so none is lost or told twice, and of the bytes only those are sent that are missing.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import msgspec
from websockets.exceptions import ConnectionClosed

from engine.errors import (
    MessageError,
    PairingError,
    ProcessLostError,
    UnreachableError,
)
from engine.parties.link import error_from, logged
from engine.parties.message_log import OnMessage
from engine.parties.messages import MAX_BLOB_BYTES, Message
from engine.remote.address import Address
from engine.remote.connection import Connection, unreachable
from engine.remote.frames import (
    KEPT_KINDS,
    PROTOCOL,
    Answer,
    Ask,
    BlobName,
    Bye,
    Frame,
    Got,
    Greeting,
    Hello,
    Missing,
    Piece,
    Renew,
    Welcome,
    decode_frame,
    encode_frame,
    encode_piece,
    engine_version,
    name_of,
    parsed_fields,
    pieces,
)
from engine.remote.state import CloudState, Phase

CONNECT_SECONDS = 5.0
PATIENCE_SECONDS = 60.0
"""So long a cut connection is tried again while a run waits for it."""
PAUSE_SECONDS = 0.5
WATCH_SECONDS = 0.02
"""So long nobody looks whether the run was cancelled."""
MOST_ON_THE_WAY = 1 << 18
"""Bytes sent but not acknowledged: what still goes out after a cancel on a slow line."""

END, ERROR = "end", "error"


@dataclass
class _Asked:
    """An ask under way: its blobs by digest, and how many answers have come."""

    ask: Ask
    blobs: dict[str, bytes]
    answers: int = 0
    sent_bytes: int = 0
    arrived: deque[Message] = field(default_factory=deque)


class CloudLink:
    """Connects when it is first needed, and again after it was lost.

    `starts` counts the workers that began with nothing, here or there. `on_message` is told of
    every message with its size on the wire, `on_state` of every change of `state`; both are called
    in the thread that exchanges. Raises PairingError where the cloud must not or will not be used,
    UnreachableError where it does not answer.
    """

    def __init__(
        self,
        address: Address,
        on_message: OnMessage = lambda message: None,
        on_state: Callable[[CloudState], None] = lambda state: None,
    ) -> None:
        self.address = address
        self.starts = 0
        self.busy = False
        self.pid = None
        self._on_message = on_message
        self._on_state = on_state
        self._state = CloudState(address.where, "unused")
        self._connection: Connection | None = None
        self._session: str | None = None
        self._worker = 0
        self._number = 0
        self._asked: _Asked | None = None
        self._held: dict[str, int] = {}
        self._on_the_way: deque[int] = deque()
        self._incoming: dict[str, bytearray] = {}
        self._killed = threading.Event()
        self._closed = False

    @property
    def state(self) -> CloudState:
        """Return how things stand; from any thread."""
        connection, state = self._connection, self._state
        if connection is None or state.phase != "connected":
            return state
        if not connection.is_open:
            return replace(state, phase="lost", problem=str(self._cut()))
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
        complete = False
        try:
            self._begin(message)
            while (answer := self._next()).kind not in (END, ERROR):
                yield answer
            complete = True
        finally:
            if message.kind not in KEPT_KINDS:
                for blob in self._asked.blobs if self._asked else ():
                    self._held.pop(blob, None)
            self._asked = None
            self._incoming.clear()
            if not complete:
                self._renew()
        if answer.kind == ERROR:
            error = error_from(answer)
            if isinstance(error, ProcessLostError):
                self._renew()
            raise error

    def kill(self) -> None:
        """Make the worker stop and begin with nothing: at once if it is busy, else at the start."""
        self._killed.set()

    def close(self) -> None:
        """Say goodbye: the worker and all that the cloud has of this session go."""
        self._closed = True
        self._killed.set()
        connection, self._connection = self._connection, None
        if connection is not None:
            self._tell(connection, Bye())
            connection.close()
        self._change("closed")

    # -- asking

    def _begin(self, message: Message) -> None:
        blobs = {name_of(blob): blob for blob in message.blobs}
        names = tuple(name_of(blob) for blob in message.blobs)
        self._number += 1
        fields = json.dumps(dict(message.fields), allow_nan=False).encode()
        ask = Ask(
            self._number, self._worker, self._number - 1, message.kind, msgspec.Raw(fields), names
        )
        self._asked = _Asked(ask, {name.digest: blob for name, blob in blobs.items()})
        try:
            for name in blobs:
                self._push(name.digest, self._held.get(name.digest, 0))
            self._send(encode_frame(ask))
        except (OSError, ConnectionClosed) as error:
            self._reconnect(error)
        self._on_message(logged("window", "cloud", message, self._asked.sent_bytes))

    def _push(self, digest: str, offset: int) -> None:
        asked = self._asked
        assert asked is not None
        for piece in pieces(digest, asked.blobs[digest], offset):
            self._send(encode_piece(piece))
            self._on_the_way.append(len(piece.data))
            while sum(self._on_the_way) > MOST_ON_THE_WAY:
                self._hear()

    def _next(self) -> Message:
        asked = self._asked
        assert asked is not None
        while not asked.arrived:
            try:
                self._hear()
            except (OSError, ConnectionClosed) as error:
                self._reconnect(error)
        return asked.arrived.popleft()

    # -- hearing

    def _hear(self) -> None:
        """Take one frame; ProcessLostError if the run was stopped meanwhile."""
        connection = self._connection
        while True:
            if self._killed.is_set() or connection is None:
                raise self._lost()
            try:
                data = connection.socket.recv(timeout=WATCH_SECONDS)
                break
            except TimeoutError:
                continue
        self._take(_read(data), len(data))

    def _take(self, frame: Frame | Piece, size: int) -> None:
        match frame:
            case Piece():
                self._keep(frame)
            case Got():
                self._acknowledge(frame)
            case Missing():
                if self._asked is not None and frame.digest in self._asked.blobs:
                    self._push(frame.digest, frame.size)
            case Answer():
                self._answer(frame, size)
            case Bye():
                raise self._fail(UnreachableError(frame.reason or "The cloud ended the session."))
            case _:
                raise self._fail(_nonsense(self.address))

    def _keep(self, piece: Piece) -> None:
        held = self._incoming.setdefault(piece.digest, bytearray())
        total = sum(map(len, self._incoming.values()))
        if piece.offset > len(held) or total + len(piece.data) > MAX_BLOB_BYTES:
            raise self._fail(_nonsense(self.address))
        if piece.offset == len(held):
            held += piece.data

    def _acknowledge(self, got: Got) -> None:
        if self._on_the_way:
            self._on_the_way.popleft()
        self._held[got.digest] = got.size

    def _answer(self, answer: Answer, size: int) -> None:
        asked = self._asked
        if asked is None or answer.ask != asked.ask.number or answer.index < asked.answers:
            return  # of an ask that was given up, or told before the cut
        blobs = tuple(self._blob(name) for name in answer.blobs)
        if answer.index != asked.answers:
            raise self._fail(_nonsense(self.address))
        asked.answers += 1
        message = Message(answer.kind, parsed_fields(answer.fields), blobs)
        self._on_message(logged("cloud", "window", message, size + sum(map(len, blobs))))
        asked.arrived.append(message)

    def _blob(self, name: BlobName) -> bytes:
        data = bytes(self._incoming.pop(name.digest, b""))
        if name_of(data) != name:
            raise self._fail(_nonsense(self.address))
        return data

    # -- connecting

    def _connect(self, phase: Phase) -> None:
        self._change(phase)
        try:
            self._open()
        except (OSError, ConnectionClosed) as error:
            self._drop()
            failure = unreachable(self.address, error)
            self._change("lost", str(failure))
            raise failure from error
        except (PairingError, UnreachableError, MessageError) as error:
            self._drop()
            self._change("lost", str(error))
            raise

    def _open(self) -> None:
        connection = self._connection = Connection(self.address, CONNECT_SECONDS)
        begin = time.perf_counter()
        greeting = _read(connection.socket.recv(timeout=CONNECT_SECONDS))
        if not isinstance(greeting, Greeting):
            raise _nonsense(self.address)
        if greeting.protocol != PROTOCOL:
            raise PairingError(
                f"The cloud at {self.address.where} speaks protocol {greeting.protocol}, this "
                f"program {PROTOCOL}: bring the same version to both machines."
            )
        self._send(encode_frame(self._hello()))
        welcome = _read(connection.socket.recv(timeout=CONNECT_SECONDS))
        if isinstance(welcome, Bye):
            raise PairingError(welcome.reason)
        if not isinstance(welcome, Welcome):
            raise _nonsense(self.address)
        self._on_the_way.clear()
        self._state = CloudState(
            self.address.where,
            "connected",
            (time.perf_counter() - begin) / 2,
            greeting.protocol,
            greeting.engine,
            tuple((model.name, model.sha256) for model in greeting.models),
        )
        self._on_state(self._state)
        if self._closed:
            self._drop()
            raise self._lost()
        if welcome.session != self._session:
            self._begin_anew(welcome.session)
        elif self._asked is not None and welcome.asked < self._asked.ask.number:
            self._send(encode_frame(self._asked.ask))

    def _hello(self) -> Hello:
        asked = self._asked
        if asked is None:
            return Hello(PROTOCOL, engine_version(), self._session, self._number + 1, 0)
        return Hello(PROTOCOL, engine_version(), self._session, asked.ask.number, asked.answers)

    def _begin_anew(self, session: str) -> None:
        was_asking = self._asked is not None
        self._session, self._worker, self._number = session, 0, 0
        self._held.clear()
        self.starts += 1
        self._killed.clear()
        if was_asking:
            raise self._lost()

    def _reconnect(self, reason: Exception) -> None:
        """Open a cut connection again, as often as it takes; then go on where the cut was."""
        self._drop()
        if self._killed.is_set():
            raise self._lost() from reason
        problem = unreachable(self.address, reason)
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            self._change("reconnecting", str(problem))
            try:
                return self._connect("reconnecting")
            except UnreachableError as error:
                if time.monotonic() > give_up:
                    raise
                problem = error
            if self._killed.wait(PAUSE_SECONDS):
                raise self._lost()

    def _renew(self) -> None:
        """Let a new worker begin; the other side hears of it now, or with the next ask."""
        self._killed.clear()
        self._worker += 1
        self.starts += 1
        if self._connection is not None:
            self._tell(self._connection, Renew(self._worker))

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        self._incoming.clear()
        if connection is not None:
            connection.close()

    def _send(self, data: bytes) -> None:
        if self._killed.is_set() or self._connection is None:
            raise self._lost()
        self._connection.socket.send(data)
        if self._asked is not None:
            self._asked.sent_bytes += len(data)

    def _tell(self, connection: Connection, frame: Frame) -> None:
        try:
            connection.socket.send(encode_frame(frame))
        except (OSError, ConnectionClosed):
            return  # the next ask says as much

    def _fail(self, error: Exception) -> Exception:
        self._drop()
        self._session = None
        self._change("lost", str(error))
        return error

    def _cut(self) -> UnreachableError:
        return UnreachableError(f"The connection to the cloud at {self.address.where} was cut.")

    def _lost(self) -> ProcessLostError:
        return ProcessLostError(
            f"The cloud at {self.address.where} stopped what it did; "
            "it starts again with the next run."
        )

    def _change(self, phase: Phase, problem: str = "") -> None:
        self._state = replace(self._state, phase=phase, problem=problem)
        self._on_state(self._state)


def _read(data: object) -> Frame | Piece:
    return decode_frame(data)


def _nonsense(address: Address) -> MessageError:
    return MessageError(
        f"The cloud at {address.where} answered something else than it was asked: it is broken, "
        "or no cloud of this program."
    )
