"""The listening process: TLS, tokens, frames, sizes and hashes. It parses nothing of SEAL's.

Whoever shows the token gets a visit (`engine.gateway.visit`), which lives on when the connection
is cut, for as long as the options say.
"""

import asyncio
import logging
import resource
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.http11 import Request, Response

from engine.errors import MessageError
from engine.gateway.doors import Doors
from engine.gateway.identity import Identity
from engine.gateway.limits import Limits, missing
from engine.gateway.listener import Listener
from engine.gateway.outbox import Outbox
from engine.gateway.store import MOST_BLOBS, Store
from engine.gateway.turns import Turns
from engine.gateway.visit import MOST_UNREAD, HangUp, Send, Visit
from engine.gateway.workers import Workers
from engine.remote.frames import (
    MAX_FRAME_BYTES,
    PROTOCOL,
    Bye,
    Greeting,
    Hello,
    OfferedModel,
    Welcome,
    decode_frame,
    encode_frame,
    engine_version,
    parts_of,
)
from engine.resources import model_sha256, offered_names

LOG = logging.getLogger("ciphersketch.cloud")
OPEN_SECONDS = 10.0
PING_SECONDS, PONG_SECONDS = 10.0, 20.0
CLOSE_SECONDS = 1.0
WATCH_SECONDS = 0.25
LET_IN_NO_MORE = "The token was renewed or revoked: ask for the new pairing address."
MOST_SILENT, LEAST_SILENT = 600, 16
OWN_FILES = 64
FILES_OF_A_CLIENT = MOST_BLOBS + MOST_UNREAD + 16


@dataclass(frozen=True)
class Offer:
    """What a cloud gives, and how much of it: sizes in bytes, times in seconds.

    Of `secret` models nobody sees the inside. `clients` at once; `stored` for the keys and pictures
    of each; `seconds` for one request; a client is waited for `patience` after a cut, its keys are
    kept for `idle`.
    """

    models: tuple[str, ...] | None = None
    secret: tuple[str, ...] = ()
    clients: int = 32
    limits: Limits = field(default_factory=Limits)
    stored: int = 512 << 20
    seconds: float = 120.0
    patience: float = 60.0
    idle: float = 900.0


class Gateway:
    """A cloud for other machines; `serve` until `stop`."""

    def __init__(self, identity: Identity, offer: Offer) -> None:
        self._identity = identity
        self._doors = Doors(identity.token())
        self._offer = offer
        self._workers = Workers(offer.models, offer.secret, offer.limits, spare=2)
        self._turns = Turns()
        self._visits: dict[str, Visit] = {}
        self._server: Server | None = None
        self._closing: set[asyncio.Task[None]] = set()
        names = offered_names(offer.models)
        models = tuple(OfferedModel(name, model_sha256(name)) for name in names)
        self._greeting = Greeting(PROTOCOL, engine_version(), models)

    async def start(self, host: str, port: int) -> int:
        """Listen; return the port, chosen by the system if it was 0. Raises OSError."""
        for gap in missing():
            LOG.warning("less protected: %s", gap)
        listener = Listener(host, port, _most_connections(self._offer))
        try:
            await self._workers.start()
        except OSError:
            listener.close()
            raise
        self._server = await serve(
            self._attend,
            sock=listener,
            ssl=self._identity.context(),
            process_request=self._admit,
            compression=None,
            server_header=None,
            open_timeout=OPEN_SECONDS,
            ping_interval=PING_SECONDS,
            ping_timeout=PONG_SECONDS,
            close_timeout=CLOSE_SECONDS,
            max_size=MAX_FRAME_BYTES,
            max_queue=4,
        )
        self._janitor = asyncio.create_task(self._tidy())
        return listener.port

    async def stop(self) -> None:
        """End all connections and all workers."""
        if self._server is not None:
            self._janitor.cancel()
            self._server.close()
            await self._server.wait_closed()
        for visit in self._visits.values():
            visit.end()
        await self._workers.close()

    # -- one connection

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        if self._doors.opens_for(_shown(request)):
            return None
        host, _, _ = _who(connection).rpartition(":")
        if self._doors.is_trying(host):
            return connection.respond(HTTPStatus.TOO_MANY_REQUESTS, "")
        LOG.warning("refused %s: wrong token", _who(connection))
        return connection.respond(HTTPStatus.UNAUTHORIZED, "")

    async def _attend(self, connection: ServerConnection) -> None:
        who = _who(connection)
        try:
            await connection.send(encode_frame(self._greeting))
            async with asyncio.timeout(OPEN_SECONDS):
                hello, *more = map(decode_frame, parts_of(await connection.recv()))
            if more or not isinstance(hello, Hello) or hello.protocol != PROTOCOL:
                raise MessageError(f"This cloud speaks protocol {PROTOCOL}.")
            if not self._doors.opens_for(_shown(connection.request)):
                raise MessageError(LET_IN_NO_MORE)
            visit = self._visit_of(hello)
            LOG.info("connected %s as %s", who, visit.name[:6])
            with suppress(ConnectionClosed):
                await self._serve(connection, visit, hello)
            if visit.name in self._visits:  # it waits for its client, whose connection ended
                is_cut = connection.close_code == CloseCode.ABNORMAL_CLOSURE
                how = "cut off" if is_cut else "closed"
                LOG.info("left %s as %s: %s", who, visit.name[:6], how)
        except TimeoutError:
            LOG.warning("dropped %s: no greeting", who)
        except MessageError as error:
            LOG.warning("dropped %s: %s", who, error)
            with suppress(ConnectionClosed):
                await connection.send(encode_frame(Bye(str(error))))
        except ConnectionClosed:
            LOG.info("left %s: no greeting", who)

    def _visit_of(self, hello: Hello) -> Visit:
        visit = self._visits.get(hello.session or "")
        if visit is None:
            if len(self._visits) >= self._offer.clients:
                self._make_room()
            store = Store(self._offer.stored)
            visit = Visit(self._workers, self._turns, store, self._offer.seconds)
            self._visits[visit.name] = visit
        return visit

    async def _serve(self, connection: ServerConnection, visit: Visit, hello: Hello) -> None:
        outbox = Outbox(connection.send)
        # What a client has read of another session, which is gone, says nothing about this one.
        read = (hello.ask, hello.answers) if visit.name == hello.session else (0, 0)

        async def tell() -> None:
            with suppress(ConnectionClosed):
                async for frame in visit.answers(*read):
                    await outbox.send(frame)

        self._hang_up(visit)  # a connection from before a cut that nobody has noticed yet
        await outbox.send(Welcome(visit.name, visit.asked, visit.generation()))
        visit.send, visit.hang_up = outbox.send, connection.close
        await visit.say_what_is_missing()
        teller = asyncio.create_task(tell())
        try:
            async for data in connection:
                if visit.name not in self._visits:
                    return  # it was ended meanwhile
                for part in parts_of(data):
                    frame = decode_frame(part)
                    if isinstance(frame, Bye):
                        self._end(visit, "said goodbye")
                        return
                    await visit.take(frame)
        except MessageError:
            self._end(visit)
            raise
        finally:
            teller.cancel()
            outbox.close()
            if visit.send == outbox.send:
                visit.send, visit.hang_up, visit.used = None, None, time.monotonic()

    # -- visits

    def _make_room(self) -> None:
        away = [visit for visit in self._visits.values() if visit.send is None]
        if not away:
            raise MessageError(
                f"This cloud serves {self._offer.clients} clients at once, and all are there; "
                "try again later."
            )
        self._end(min(away, key=lambda visit: visit.used), "made room for another")

    def _end(self, visit: Visit, why: str = "", reason: str = "") -> None:
        """Throw a visit away; the log says `why`, and its client hears the `reason`."""
        if why:
            LOG.info("left %s: %s", visit.name[:6], why)
        visit.end()
        self._visits.pop(visit.name, None)
        self._hang_up(visit, reason)

    def _hang_up(self, visit: Visit, reason: str = "") -> None:
        if visit.hang_up is not None:
            task = asyncio.create_task(_part(visit.send, visit.hang_up, reason))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _heed_token(self, token: bytes | None) -> None:
        """Let in whoever has this token and nobody else; whoever came with another one leaves."""
        if self._doors.change(token):
            LOG.warning("changed token: %s is let in", "nobody" if token is None else "the new one")
            for visit in tuple(self._visits.values()):
                self._end(visit, "came with the old token", LET_IN_NO_MORE)

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            with suppress(OSError):  # where it cannot be looked at just now, the old one holds
                self._heed_token(self._identity.current_token())
            now = time.monotonic()
            for visit in tuple(self._visits.values()):
                visit.watch(self._offer.limits.memory)
                unused = now - visit.used
                if visit.is_idle and unused > self._offer.idle:
                    self._end(visit, f"asked nothing for {self._offer.idle:.0f} s")
                elif visit.send is None and unused > self._offer.patience:
                    visit.rest()


def _most_connections(offer: Offer) -> int:
    """Return how many connections leave every client its descriptors; ask the system for as many.

    Where it gives fewer, fewer of those that never say a word are let in.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = OWN_FILES + offer.clients * FILES_OF_A_CLIENT
    wanted = needed + MOST_SILENT
    soft = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, most))
    return offer.clients + max(LEAST_SILENT, soft - needed)


async def _part(send: Send | None, hang_up: HangUp, reason: str) -> None:
    """Close a connection; say why first, if whoever is there has to know."""
    if send is not None and reason:
        with suppress(ConnectionClosed, TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await send(Bye(reason))
    await hang_up()


def _shown(request: Request | None) -> str:
    return "" if request is None else request.headers.get("Authorization", "")


def _who(connection: ServerConnection) -> str:
    host, port, *_ = connection.remote_address or ("?", 0)
    return f"{host}:{port}"
