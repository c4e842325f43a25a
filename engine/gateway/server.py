"""The listening process: TLS, tokens, frames, sizes and hashes. It parses nothing of SEAL's.

Whoever shows the token gets a visit (`engine.gateway.visit`), which lives on when the connection
is cut, for as long as the options say.
"""

import asyncio
import logging
import time
from contextlib import suppress
from http import HTTPStatus

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.http11 import Request, Response

from engine.errors import MessageError
from engine.gateway.doors import Doors
from engine.gateway.identity import Identity
from engine.gateway.limits import missing
from engine.gateway.listener import Listener
from engine.gateway.offer import Offer
from engine.gateway.outbox import Outbox
from engine.gateway.visit import Visit
from engine.gateway.visits import CLOSE_SECONDS, Visits
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
WATCH_SECONDS = 0.25
LET_IN_NO_MORE = "The token was renewed or revoked: ask for the new pairing address."


class Gateway:
    """A cloud for other machines; `serve` until `stop`."""

    def __init__(self, identity: Identity, offer: Offer) -> None:
        self._identity = identity
        self._doors = Doors(identity.token())
        self._offer = offer
        self._workers = Workers(offer.models, offer.secret, offer.limits, spare=2)
        self._visits = Visits(offer, self._workers)
        self._server: Server | None = None
        names = offered_names(offer.models)
        models = tuple(OfferedModel(name, model_sha256(name)) for name in names)
        self._greeting = Greeting(PROTOCOL, engine_version(), models)

    async def start(self, host: str, port: int) -> int:
        """Listen; return the port, chosen by the system if it was 0. Raises OSError."""
        for gap in missing():
            LOG.warning("less protected: %s", gap)
        listener = Listener(host, port, self._offer.most_connections())
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
        self._visits.close()
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
            visit = self._visits.named(hello.session)
            LOG.info("connected %s as %s", who, visit.name[:6])
            with suppress(ConnectionClosed):
                await self._serve(connection, visit, hello)
            if visit in self._visits:  # it waits for its client, whose connection ended
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

    async def _serve(self, connection: ServerConnection, visit: Visit, hello: Hello) -> None:
        outbox = Outbox(connection.send)
        # What a client has read of another session, which is gone, says nothing about this one.
        read = (hello.ask, hello.answers) if visit.name == hello.session else (0, 0)

        async def tell() -> None:
            with suppress(ConnectionClosed):
                async for frame in visit.answers.frames(*read):
                    await outbox.send(frame)

        self._visits.hang_up(visit)  # a connection from before a cut that nobody has noticed yet
        await outbox.send(Welcome(visit.name, visit.asked, visit.generation()))
        visit.send, visit.hang_up = outbox.send, connection.close
        await visit.say_what_is_missing()
        teller = asyncio.create_task(tell())
        try:
            async for data in connection:
                if visit not in self._visits:
                    return  # it was ended meanwhile
                for part in parts_of(data):
                    frame = decode_frame(part)
                    if isinstance(frame, Bye):
                        self._visits.end(visit, "said goodbye")
                        return
                    await visit.take(frame)
        except MessageError:
            self._visits.end(visit)
            raise
        finally:
            teller.cancel()
            outbox.close()
            if visit.send == outbox.send:
                visit.send, visit.hang_up, visit.used = None, None, time.monotonic()

    # -- looking after things

    def _heed_token(self, token: bytes | None) -> None:
        """Let in whoever has this token and nobody else; whoever came with another one leaves."""
        if self._doors.change(token):
            LOG.warning("changed token: %s is let in", "nobody" if token is None else "the new one")
            self._visits.end_all("came with the old token", LET_IN_NO_MORE)

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            with suppress(OSError):  # where it cannot be looked at just now, the old one holds
                self._heed_token(self._identity.current_token())
            await self._visits.tidy()


def _shown(request: Request | None) -> str:
    return "" if request is None else request.headers.get("Authorization", "")


def _who(connection: ServerConnection) -> str:
    host, port, *_ = connection.remote_address or ("?", 0)
    return f"{host}:{port}"
