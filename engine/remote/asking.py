"""One message on its way to a cloud and its answers on their way back, whatever happens between.

Nothing here touches a socket: a link hands in what arrives, and sends what this says is to be sent.
"""

import json
from collections import deque
from collections.abc import Iterator, Sequence

import msgspec

from engine.errors import MessageError
from engine.messages.framing import MAX_BLOB_BYTES, MAX_BLOBS, Message
from engine.remote.frames import Answer, Ask, BlobName, Piece, name_of, parsed_fields, pieces

MOST_INCOMING = 2 * MAX_BLOBS


class Asking:
    """An ask under way; `got` counts its answers that came, `wire` the bytes of its frames.

    `missing` has from where on the other side lacks blobs.
    """

    def __init__(self, number: int, worker: int, message: Message) -> None:
        fields = json.dumps(dict(message.fields), allow_nan=False).encode()
        names = tuple(name_of(blob) for blob in message.blobs)
        self.ask = Ask(number, worker, number - 1, message.kind, msgspec.Raw(fields), names)
        self.message = message
        self.got = 0
        self.wire = 0
        self.missing: dict[str, int] = {}
        self._blobs = {name.digest: blob for name, blob in zip(names, message.blobs, strict=True)}
        self._incoming: dict[str, bytearray] = {}
        self._answers: deque[tuple[Message, int]] = deque()
        self._answer_wire = 0

    @property
    def blob_bytes(self) -> int:
        """Return how many bytes its blobs have."""
        return sum(map(len, self._blobs.values()))

    @property
    def digests(self) -> Sequence[str]:
        """Return the names of its blobs."""
        return tuple(self._blobs)

    def pieces(self, digest: str, offset: int) -> Iterator[Piece]:
        """Yield a blob from `offset` on; nothing of one that is not its own."""
        return pieces(digest, self._blobs.get(digest, b""), offset)

    def take_piece(self, piece: Piece, wire: int) -> None:
        """Take bytes of an answer; MessageError if they are too many.

        Those that are not due were on their way when the ask before was given up.
        """
        held = self._incoming.setdefault(piece.digest, bytearray())
        total = sum(map(len, self._incoming.values()))
        if len(self._incoming) > MOST_INCOMING or total + len(piece.data) > MAX_BLOB_BYTES:
            raise MessageError("An answer has more bytes than any may have.")
        self._answer_wire += wire
        if piece.offset == len(held):
            held += piece.data

    def take_answer(self, answer: Answer, wire: int) -> None:
        """Take an answer, once; MessageError if it is not the one that is due."""
        if answer.ask != self.ask.number or answer.index < self.got:
            return  # to an ask that was given up, or told before a cut
        if answer.index > self.got:
            raise MessageError("An answer came before another that was due.")
        blobs = tuple(self._whole(name) for name in answer.blobs)
        self.got += 1
        message = Message(answer.kind, parsed_fields(answer.fields), blobs)
        self._answers.append((message, self._answer_wire + wire))
        self._answer_wire = 0

    def next_answer(self) -> tuple[Message, int] | None:
        """Return the next answer that is there, with its size on the wire."""
        return self._answers.popleft() if self._answers else None

    def cut(self) -> None:
        """Forget pieces of an answer that is not whole: it is sent again."""
        self._incoming.clear()
        self.missing.clear()

    def _whole(self, name: BlobName) -> bytes:
        data = bytes(self._incoming.pop(name.digest, b""))
        if name_of(data) != name:
            raise MessageError("Bytes that arrived are not those that were announced.")
        return data
