"""What waits in the gateway goes with what cannot wait, in its order."""

import asyncio

import msgspec

from engine.gateway.outbox import GATHER_SECONDS, MOST_BYTES, Outbox
from engine.remote.frames import (
    PROTOCOL,
    Answer,
    BlobName,
    Frame,
    Got,
    Piece,
    Welcome,
    decode_frame,
    parts_of,
)

DIGEST = "cd" * 32
NEWS = Answer(1, 0, "stage_finished", msgspec.Raw(b"{}"))
SCORES = Answer(1, 1, "scores", msgspec.Raw(b"{}"), (BlobName(DIGEST, 3),))
END = Answer(1, 2, "end", msgspec.Raw(b"{}"))
PIECE = Piece(DIGEST, 0, b"abc")


def messages_of(*frames: Frame | Piece, until: float = 0.0) -> list[list[str]]:
    """Return the names of the frames of each message that goes out before an outbox closes."""
    sent: list[bytes] = []

    async def send(data: bytes) -> None:
        sent.append(data)

    async def work() -> None:
        outbox = Outbox(send)
        for frame in frames:
            await outbox.send(frame)
        if until:
            while not sent:
                await asyncio.sleep(until)
        outbox.close()

    asyncio.run(work())
    return [[type(decode_frame(part)).__name__ for part in parts_of(data)] for data in sent]


def test_what_cannot_wait_takes_along_what_waits() -> None:
    assert messages_of(Got(DIGEST, 3), NEWS, END) == [["Got", "Answer", "Answer"]]
    assert messages_of(Welcome("0" * 32, 0, PROTOCOL)) == [["Welcome"]]


def test_bytes_of_an_answer_come_after_what_was_said_before_and_before_their_name() -> None:
    assert messages_of(NEWS, PIECE, SCORES, END) == [["Answer"], ["Piece"], ["Answer", "Answer"]]


def test_news_that_nothing_follows_is_sent_by_itself() -> None:
    assert messages_of(NEWS) == []
    assert messages_of(NEWS, NEWS, until=0.001) == [["Answer", "Answer"]]


def test_no_message_grows_beyond_what_a_client_takes() -> None:
    large = Answer(1, 0, "attempt", msgspec.Raw(b'{"pixels": "' + b"x" * 12_000 + b'"}'))
    assert messages_of(large, large, END) == [["Answer"], ["Answer", "Answer"]]


def test_a_client_that_reads_nothing_is_waited_for() -> None:
    async def work() -> None:
        reads = asyncio.Event()
        sent: list[bytes] = []

        async def send(data: bytes) -> None:
            await reads.wait()
            sent.append(data)

        outbox = Outbox(send)
        await outbox.send(NEWS)
        filling = asyncio.create_task(fill(outbox))
        await asyncio.wait([filling], timeout=20 * GATHER_SECONDS)
        assert not filling.done()
        assert len(asyncio.all_tasks()) <= 3  # this, what fills, what gathers
        reads.set()
        await filling
        outbox.close()
        assert max(map(len, sent)) <= MOST_BYTES

    async def fill(outbox: Outbox) -> None:
        for _ in range(MOST_BYTES // 50):
            await outbox.send(Got(DIGEST, 3))
            await asyncio.sleep(0)

    asyncio.run(work())
