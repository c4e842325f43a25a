"""A server of another age, or no cloud at all: refused before anything secret is made or sent."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from websockets.asyncio.server import ServerConnection, serve

from engine.ckks.parameters import Settings
from engine.errors import CipherSketchError, MessageError, PairingError, UnreachableError
from engine.gateway.identity import identity_in
from engine.messages.framing import Message
from engine.remote.address import Address
from engine.remote.frames import PROTOCOL, Bye, Missing, encode_frame, joined, name_of
from engine.remote.link import CloudLink
from engine.session.relay import Session


class Stranger:
    """Speaks like a cloud's WebSocket and says what it is told to; keeps what it hears."""

    def __init__(self, folder: Path, words: list[bytes]) -> None:
        self._identity = identity_in(folder)
        self._words = words
        self.heard: list[bytes | str] = []
        self.address: Address
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    async def _attend(self, connection: ServerConnection) -> None:
        for word in self._words:
            await connection.send(word)
            self.heard.append(await connection.recv())

    async def _run(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        context: ssl.SSLContext = self._identity.context()
        async with serve(self._attend, "127.0.0.1", 0, ssl=context, compression=None) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            self.address = self._identity.address("127.0.0.1", port)
            self._ready.set()
            await self._end.wait()

    @contextmanager
    def running(self) -> Iterator["Stranger"]:
        self._thread.start()
        self._ready.wait()
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join()


def frame(**fields: Any) -> bytes:
    return b"J" + msgspec.json.encode(fields)


GREETING = frame(**{"is": "greeting", "protocol": PROTOCOL, "models": []})
WELCOME = frame(**{"is": "welcome", "session": "0" * 32, "asked": 0, "worker": 0})


@pytest.mark.parametrize("protocol", [0, PROTOCOL - 1, PROTOCOL + 1, 77])
def test_another_protocol_is_refused_with_both_versions(tmp_path: Path, protocol: int) -> None:
    greeting = frame(**{"is": "greeting", "protocol": protocol, "news": ["to come"]})
    with (
        Stranger(tmp_path, [greeting]).running() as stranger,
        Session(cloud=stranger.address) as session,
        pytest.raises(
            PairingError, match=f"protocol {protocol}, this program {PROTOCOL}: bring the same"
        ),
    ):
        session.prepare(Settings())
    assert stranger.heard == []


@pytest.mark.parametrize(
    "words",
    [
        [b"hello"],
        [b"J{}"],
        [b"J" + b"[" * 100_000],
        [WELCOME],
        [GREETING, b"P" * 50],
        [GREETING, GREETING],
        [GREETING, frame(**{"is": "welcome", "session": "../x", "asked": -1, "worker": 0})],
    ],
    ids=["text", "nothing", "deep", "no greeting", "a piece", "twice", "a strange welcome"],
)
def test_what_is_no_cloud_is_said_in_one_sentence(tmp_path: Path, words: list[bytes]) -> None:
    with (
        Stranger(tmp_path, words).running() as stranger,
        Session(cloud=stranger.address) as session,
        pytest.raises((MessageError, PairingError), match=r"\.$"),
    ):
        session.start()


def test_a_cloud_that_answers_nonsense_is_left_and_the_session_lives(tmp_path: Path) -> None:
    answer = {"is": "answer", "ask": 1, "index": 5, "kind": "loaded", "fields": {}, "blobs": []}
    words = [GREETING, WELCOME, frame(**answer)]
    with (
        Stranger(tmp_path, words).running() as stranger,
        Session(cloud=stranger.address) as session,
    ):
        for _ in range(2):
            with pytest.raises(CipherSketchError, match=r"\.$"):
                session.prepare(Settings())
    assert not any(b"relin" in each for each in stranger.heard if isinstance(each, bytes))


def test_a_cloud_that_lacks_the_same_bytes_a_thousand_times_is_heard_out(tmp_path: Path) -> None:
    blob = bytes(2_000_000)
    lacking = encode_frame(Missing(name_of(blob).digest, 0))
    words = [GREETING, WELCOME, joined([lacking] * 1500), encode_frame(Bye("Goodnight."))]
    with Stranger(tmp_path, words).running() as stranger:
        there = CloudLink(stranger.address)
        there.start()
        with pytest.raises(UnreachableError, match="Goodnight"):
            list(there.exchange(Message("classify", {}, (blob,))))
        there.close()


def test_a_host_that_has_no_address_is_said() -> None:
    nowhere = Address("no-such-host.invalid", 8765, bytes(16), bytes(16))
    with (
        Session(cloud=nowhere) as session,
        pytest.raises(UnreachableError, match=r"no-such-host\.invalid:8765"),
    ):
        session.start()
