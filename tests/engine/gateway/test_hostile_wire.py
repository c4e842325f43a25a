"""Hostile bytes at the gateway: it keeps serving, stays small, and lets nobody in."""

import dataclasses
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import msgspec
import pytest
from clouds import RunningCloud, open_files, resident_bytes
from raw import TIMEOUT, connected, greeted, plain, secured, send_raw
from websockets.exceptions import ConnectionClosed

from engine.ckks.parameters import Settings
from engine.errors import PairingError
from engine.remote.connection import Connection
from engine.remote.frames import (
    PROTOCOL,
    Ask,
    Bye,
    Got,
    Hello,
    Missing,
    Piece,
    Renew,
    Welcome,
    encode_frame,
    encode_piece,
    name_of,
)
from engine.session.relay import Session

EXAMPLES = int(os.environ.get("CIPHERSKETCH_EXAMPLES", "40"))
LARGEST = 300 << 20
SPARE = 2
"""Workers that a cloud has ready."""
RNG = random.Random(13)
BLOB = name_of(b"abc")
GOOD = [
    encode_frame(Hello(PROTOCOL)),
    encode_frame(Ask(1, 0, 0, "classify", msgspec.Raw(b"{}"), (BLOB,))),
    encode_frame(Ask(1, 0, 0, "load", msgspec.Raw(b'{"sha256": "x"}'))),
    encode_frame(Renew(1)),
    encode_frame(Got(BLOB.digest, 3)),
    encode_frame(Welcome("0" * 32, 1, 0)),
    encode_frame(Missing(BLOB.digest, 0)),
    encode_piece(Piece(BLOB.digest, 0, b"abc")),
]


def connect_until(cloud: RunningCloud, is_so: Callable[[], bool]) -> None:
    """Connect and leave until something is so; fail if it never is."""
    deadline = time.monotonic() + TIMEOUT
    while not is_so() and time.monotonic() < deadline:
        with greeted(cloud.address):
            pass
    assert is_so()


def flipped(data: bytes) -> bytes:
    changed = bytearray(data)
    changed[RNG.randrange(len(changed))] ^= 1 << RNG.randrange(8)
    return bytes(changed)


def cut(data: bytes) -> bytes:
    return data[: RNG.randrange(len(data))]


def noise(data: bytes) -> bytes:
    return RNG.randbytes(RNG.randrange(1, 200))


def claims(data: bytes) -> bytes:
    """Claim sizes and numbers beyond all bounds."""
    huge = RNG.choice([2**31, 2**53, 2**64, -1])
    fields = {"number": huge, "worker": huge, "ended": huge, "kind": "classify", "fields": {}}
    blobs = [{"digest": "0" * 64, "size": huge}] * RNG.randrange(1, 100)
    return b"J" + msgspec.json.encode({"is": "ask", **fields, "blobs": blobs})


def deep(data: bytes) -> bytes:
    return b'J{"is":"ask","fields":' + b"[" * RNG.randrange(10, 50_000)


def doubled(data: bytes) -> bytes:
    return data + data


MUTATIONS: list[Callable[[bytes], bytes]] = [flipped, cut, noise, claims, deep, doubled]


def test_fuzzed_frames_leave_the_gateway_as_it_was(well: RunningCloud) -> None:
    done = 0
    while done < EXAMPLES * 8:
        with greeted(well.address) as connection:
            while done < EXAMPLES * 8:
                done += 1
                data = RNG.choice(MUTATIONS)(RNG.choice(GOOD))
                if not send_raw(connection, data):
                    break
    assert well.process.poll() is None
    assert resident_bytes(well.process.pid) < LARGEST


def test_fuzzed_openings_leave_the_gateway_as_it_was(well: RunningCloud) -> None:
    request = (
        b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        b"Authorization: Bearer " + b"0" * 32 + b"\r\n\r\n"
    )
    for number in range(EXAMPLES):
        data = RNG.choice([flipped, cut, noise, doubled])(request)
        with suppress(OSError), (plain if number % 4 == 0 else secured)(well.address) as connection:
            connection.sendall(data)
            connection.settimeout(0.05)
            answer = connection.recv(4096)
            assert b" 101 " not in answer.split(b"\r\n")[0]
    assert well.process.poll() is None
    assert resident_bytes(well.process.pid) < LARGEST


def test_no_wrong_token_gets_in_however_many_are_tried(well: RunningCloud) -> None:
    right = well.address.token
    for number in range(EXAMPLES):
        near = bytearray(right)
        near[number % 16] ^= 1 << number % 8
        wrong = dataclasses.replace(well.address, token=bytes(near))
        with pytest.raises(PairingError, match=r"token"):
            connected(wrong)
    with greeted(well.address) as connection:  # a right one is let in all the same
        assert connection.is_open


def test_frames_before_a_greeting_and_silence_get_nowhere(well: RunningCloud) -> None:
    for frame in GOOD[1:]:
        connection = connected(well.address)
        connection.receive(TIMEOUT)
        send_raw(connection, frame)
        assert all(isinstance(each, Bye) for each in rest_of(connection))
        connection.close()


def rest_of(connection: Connection) -> Iterator[object]:
    """Yield all frames that still come until the other side closes."""
    with suppress(ConnectionClosed):
        while True:
            yield connection.receive(TIMEOUT)[0]


def test_connections_that_say_nothing_do_not_keep_others_out(
    well: RunningCloud, samples: tuple[Any, ...]
) -> None:
    with ExitStack() as stack:
        for _ in range(min(500, 12 * EXAMPLES)):
            stack.enter_context(plain(well.address))
        with greeted(well.address) as connection:
            assert connection.is_open
        assert resident_bytes(well.process.pid) < LARGEST


def test_connections_made_and_dropped_leave_nothing(well: RunningCloud) -> None:
    def counts() -> tuple[int, int]:
        return len(well.workers), open_files(well.process.pid)

    with Session(cloud=well.address) as session:
        session.prepare(Settings())  # by then the first workers have come
    connect_until(well, lambda: len(well.workers) == SPARE)
    before, memory = counts(), resident_bytes(well.process.pid)
    for _ in range(EXAMPLES):
        with greeted(well.address):
            pass
    connect_until(well, lambda: counts() <= before)
    assert resident_bytes(well.process.pid) < memory + (8 << 20)
