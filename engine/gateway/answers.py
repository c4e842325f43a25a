"""The answers to one client's asks, kept until it says that it has read them."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

import msgspec

from engine.errors import CipherSketchError, MessageError
from engine.gateway.store import Blob
from engine.remote.frames import Answer, BlobName, Piece

MOST_ANSWERS = 4096
MOST_UNREAD, MOST_UNREAD_BYTES = 64, 1 << 28
"""Answers, and blobs of answers, that a client has not said to have read: beyond, it is refused."""


class Answers:
    """What was answered so far; frames come as it grows."""

    def __init__(self) -> None:
        self._kept: deque[tuple[Answer, tuple[Blob, ...]]] = deque()
        self._grown = asyncio.Condition()

    async def add(
        self, ask: int, kind: str, fields: msgspec.Raw, blobs: tuple[Blob, ...] = ()
    ) -> None:
        """Keep the next answer to an ask."""
        index = sum(answer.ask == ask for answer, _ in self._kept)
        names = tuple(BlobName(blob.digest, blob.size) for blob in blobs)
        self._kept.append((Answer(ask, index, kind, fields, names), blobs))
        async with self._grown:
            self._grown.notify_all()

    async def refuse(self, ask: int, error: CipherSketchError) -> None:
        """Keep an error as the last answer to an ask."""
        fields = {"type": type(error).__name__, "message": str(error)}
        await self.add(ask, "error", msgspec.Raw(msgspec.json.encode(fields)))

    def forget(self, ended: int) -> None:
        """Forget what was answered to asks up to number `ended`.

        Raises MessageError if there are too many others.
        """
        while self._kept and self._kept[0][0].ask <= ended:
            self._kept.popleft()
        if len(self._kept) > MOST_ANSWERS:
            raise MessageError(f"{len(self._kept)} answers were not read.")

    def check_room(self) -> None:
        """Raise MessageError if too much is unread for more."""
        unread = [blob.size for _, blobs in self._kept for blob in blobs]
        if len(unread) > MOST_UNREAD or sum(unread) > MOST_UNREAD_BYTES:
            raise MessageError(
                f"{len(unread)} results are unread: read the answers before asking for more."
            )

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()

    async def frames(self, ask: int, count: int) -> AsyncIterator[Answer | Piece]:
        """Yield what a client that has `count` answers to `ask` lacks, as it comes, for ever."""
        position = (ask, count)
        while True:
            async with self._grown:
                while (found := self._after(position)) is None:
                    await self._grown.wait()
            answer, blobs = found
            position = (answer.ask, answer.index + 1)
            for piece in (piece for blob in blobs for piece in blob.pieces()):
                if found not in self._kept:
                    break  # it was for a worker that its client has given up meanwhile
                yield piece
            else:
                yield answer

    def _after(self, position: tuple[int, int]) -> tuple[Answer, tuple[Blob, ...]] | None:
        for answer, blobs in self._kept:
            if (answer.ask, answer.index) >= position:
                return answer, blobs
        return None
