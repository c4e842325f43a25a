"""The gateway's parts without a network: who is let in, and what is kept of a client."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import MessageError
from engine.gateway.doors import MOST_ADDRESSES, MOST_WRONG, REMEMBERED_SECONDS, Doors
from engine.gateway.store import Store
from engine.remote.frames import Piece, name_of, pieces
from engine.remote.pace import LEAST_BYTES, MOST_BYTES, WAITING_SECONDS, Pace

EXAMPLES = int(os.environ.get("CIPHERSKETCH_EXAMPLES", "40"))
TOKEN = bytes(range(16))


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@given(said=st.text(max_size=60))
@settings(max_examples=EXAMPLES)
def test_doors_open_for_the_token_alone(said: str) -> None:
    doors = Doors(TOKEN)
    assert doors.opens_for(f"Bearer {TOKEN.hex()}")
    assert not doors.opens_for(said)
    assert not doors.opens_for(f"Bearer {TOKEN.hex()}{said or '0'}")


def test_doors_open_for_the_latest_token_or_nobody() -> None:
    doors = Doors(TOKEN)
    assert not doors.change(TOKEN)
    assert doors.change(bytes(16))
    assert doors.opens_for(f"Bearer {bytes(16).hex()}")
    assert not doors.opens_for(f"Bearer {TOKEN.hex()}")
    assert doors.change(None)
    assert not doors.opens_for(f"Bearer {bytes(16).hex()}")
    assert not doors.opens_for("")


def test_an_address_that_tries_is_known_for_a_minute() -> None:
    clock = Clock()
    doors = Doors(TOKEN, clock)
    assert not any(doors.is_trying("a") for _ in range(MOST_WRONG))
    assert doors.is_trying("a")
    assert not doors.is_trying("b")
    clock.now += REMEMBERED_SECONDS + 1
    assert not doors.is_trying("a")


def test_many_addresses_do_not_fill_the_memory() -> None:
    doors = Doors(TOKEN, Clock())
    for number in range(MOST_ADDRESSES + 500):
        doors.is_trying(str(number))
    assert len(doors._failed) == MOST_ADDRESSES


@given(data=st.binary(min_size=1, max_size=300_000), start=st.integers(0, 3))
@settings(max_examples=EXAMPLES)
def test_a_blob_is_whole_whatever_is_sent_twice(data: bytes, start: int) -> None:
    store, name = Store(1 << 20), name_of(data)
    sent = list(pieces(name.digest, data, 0))
    for piece in [*sent[: start + 1], *sent]:
        store.take(piece)
    assert b"".join(store.blob(name.digest, name.size).chunks()) == data
    store.drop(name.digest)
    assert store.size == store.held(name.digest) == 0


def test_bytes_that_are_not_what_their_hash_says_are_refused_and_forgotten() -> None:
    store, name = Store(1 << 20), name_of(b"abc")
    store.take(Piece(name.digest, 0, b"abd"))
    with pytest.raises(MessageError, match="not those that were announced"):
        store.blob(name.digest, 3)
    assert store.held(name.digest) == 0


def test_what_was_not_used_for_longest_makes_room_and_no_more_is_kept() -> None:
    store = Store(10)
    for digest in "abc":
        store.take(Piece(digest * 64, 0, b"1234"))
    assert [store.held(digest * 64) for digest in "abc"] == [0, 4, 4]
    assert store.take(Piece("a" * 64, 2, b"34")) == 0  # the rest of what made room
    with pytest.raises(MessageError, match="choose a smaller N"):
        store.take(Piece("c" * 64, 4, b"5678901"))
    with pytest.raises(MessageError, match="choose a smaller N"):
        store.check(11)
    assert store.size <= 10


@given(delays=st.lists(st.floats(0.001, 2.0), min_size=1, max_size=200))
@settings(max_examples=EXAMPLES)
def test_what_is_on_its_way_stays_within_bounds(delays: list[float]) -> None:
    clock = Clock()
    pace = Pace(clock)
    for delay in delays:
        pace.sent(1000)
        clock.now += delay
        pace.acknowledged()
        assert LEAST_BYTES <= pace.most <= MOST_BYTES
    assert pace.bytes == 0
    pace.acknowledged()  # of a piece from before a cut
    assert pace.bytes == 0


def test_a_quick_line_is_filled_and_a_slow_one_is_not() -> None:
    clock = Clock()
    pace = Pace(clock)
    begin = pace.most
    for _ in range(10):
        pace.sent(1000)
        clock.now += 0.01
        pace.acknowledged()
    assert pace.most > begin
    quick = pace.most
    for _ in range(10):
        pace.sent(1000)
        clock.now += 0.02 + WAITING_SECONDS
        pace.acknowledged()
    assert pace.most < quick
