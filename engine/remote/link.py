"""A cloud on another machine as a session is linked to it: what `Peer` is for a child process.

Blobs go first, in pieces under their hash, then the ask. A connection that is cut during a run is
opened again and both sides go on where they were: answers are numbered, so none is lost or told
twice, and of the bytes only those are sent that are missing.
"""

from collections.abc import Callable, Iterator

from engine.errors import MessageError, ProcessLostError, UnreachableError
from engine.messages.framing import LAST_KINDS, Message
from engine.messages.log import OnMessage
from engine.parties.link import error_from, logged
from engine.remote.address import Address
from engine.remote.asking import Asking
from engine.remote.connection import Tap
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
from engine.remote.line import Cut, Line
from engine.remote.pace import Pace
from engine.remote.state import CloudState

WATCH_SECONDS = 0.05
"""So often it is looked whether the run was cancelled."""


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
        self._line = Line(address, on_state, tap, self._hello, self._go_on)
        self._session: str | None = None
        self._worker = self._number = 0
        self._asking: Asking | None = None
        self._held: dict[str, int] = {}
        self._pace = Pace()
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Return None: its process is not on this machine."""
        return None

    @property
    def state(self) -> CloudState:
        """Return how things stand; from any thread."""
        return self._line.state

    def start(self) -> None:
        """Connect, unless that is done; what `kill` stopped is thrown away there too.

        It is `busy` meanwhile, so that it is cancelled like a run.
        """
        if self._line.given_up.is_set():
            self._renew()
        was_busy, self.busy = self.busy, True
        try:
            self._line.open()
        finally:
            self.busy = was_busy

    def exchange(self, message: Message) -> Iterator[Message]:
        """Ask the cloud and yield its answers; raise what it raised, or ProcessLostError.

        A caller that stops before the last answer makes the worker begin anew.
        """
        self._line.ready()
        asking = self._asking = Asking(self._number + 1, self._worker, message)
        complete = False
        try:
            self._begin(asking)
            while (answer := self._next(asking)).kind not in LAST_KINDS:
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
        self._line.give_up()

    def close(self) -> None:
        """Say goodbye: the worker and all that the cloud has of this session go."""
        self._closed = True
        self.kill()
        self._line.tell(Bye())
        self._line.drop()
        self._line.change("closed")

    # -- asking

    def _begin(self, asking: Asking) -> None:
        try:
            for digest in asking.digests:
                self._push(asking, digest, self._held.get(digest, 0))
            self._send_ask(asking)
        except Cut as error:
            self._line.open_again(error)
        self._on_message(logged("window", "cloud", asking.message, asking.wire))

    def _push(self, asking: Asking, digest: str, offset: int) -> None:
        for piece in asking.pieces(digest, offset):
            while self._pace.is_full:
                self._hear(asking)
            asking.wire += self._line.ready().send(piece)
            self._pace.sent(len(piece.data))

    def _send_ask(self, asking: Asking) -> None:
        """Send an ask; only then its number is taken, as one that was given up leaves no gap."""
        connection = self._line.ready()
        self._number = asking.ask.number
        asking.wire += connection.send(asking.ask)

    def _next(self, asking: Asking) -> Message:
        while (arrived := asking.next_answer()) is None:
            try:
                if asking.missing:
                    self._push(asking, *asking.missing.popitem())
                else:
                    self._hear(asking)
            except Cut as error:
                self._line.open_again(error)
        message, wire = arrived
        self._on_message(logged("cloud", "window", message, wire))
        return message

    def _hear(self, asking: Asking) -> None:
        """Take one frame; ProcessLostError if the run was stopped meanwhile."""
        while True:
            try:
                frame, wire = self._line.ready().receive(WATCH_SECONDS)
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
                if frame.digest in asking.digests:
                    self._held[frame.digest] = frame.size
                arrived = sum(self._held.get(digest, 0) for digest in asking.digests)
                self._line.count(arrived, asking.blob_bytes)
            case Missing():
                asking.missing[frame.digest] = frame.size
            case Bye():
                raise self._fail(
                    UnreachableError(f"{self._line.name} ended the session: {frame.reason}")
                )
            case _:
                raise MessageError("A frame came that only the other side sends.")

    def _fail(self, error: Exception) -> Exception:
        self._session = None
        return self._line.fail(error)

    # -- sessions

    def _hello(self) -> Hello:
        asking = self._asking
        number, got = (self._number + 1, 0) if asking is None else (asking.ask.number, asking.got)
        return Hello(PROTOCOL, engine_version(), self._session, number, got)

    def _go_on(self, welcome: Welcome) -> None:
        """Go on with the session where the cut was, or begin a new one; on a new connection."""
        asking, self._pace = self._asking, Pace()
        if welcome.session != self._session:
            self._session, self._worker, self._number = welcome.session, welcome.worker, 0
            self._held.clear()
            self.starts += 1
            if asking is not None:
                raise self._line.lost()
            return
        if welcome.worker > self._worker:
            self._worker = welcome.worker
            self.starts += 1
        if asking is None:
            self._number = welcome.asked  # the last one may have been given up on its way
            return
        asking.cut()
        if welcome.asked < asking.ask.number:
            self._send_ask(asking)  # it answers with what it lacks of the blobs

    def _renew(self) -> None:
        """Let a new worker begin; the other side hears of it now, or with the next ask."""
        if not self._closed:
            self._line.given_up.clear()
        self._worker += 1
        self.starts += 1
        self._line.tell(Renew(self._worker))
