"""What crosses the WebSocket: pieces of bytes by their hash, and small typed JSON frames.

A message of the parties is an `Ask` or an `Answer`; its blobs travel before it, in pieces named by
their SHA-256, so that a cut costs one piece, and bytes that the other side has are not sent again.
Everything is checked on arrival: type, bounds, and the frame's size before it is held.
"""

import hashlib
import struct
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any

import msgspec

from engine.errors import MessageError
from engine.messages.framing import MAX_BLOB_BYTES, MAX_BLOBS, MAX_HEADER_BYTES, MAX_KIND_LENGTH
from engine.messages.to_cloud import EvaluationKeys

PROTOCOL = 2
"""One more whenever an older program would misread what is sent."""

PIECE_BYTES = 1 << 16
MAX_FRAME_BYTES = MAX_HEADER_BYTES + (1 << 14)
"""The largest frame is an ask: a message's header with the hashes of its blobs."""

KEPT_KINDS = frozenset(kind.kind for kind in typing.get_args(EvaluationKeys))
"""Blobs of these are kept for a worker that comes later; all others go with their ask."""

_PIECE = struct.Struct(">c32sQ")
PIECE_OVERHEAD = _PIECE.size
_JSON, _BYTES = b"J", b"P"

Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Size = Annotated[int, msgspec.Meta(ge=0, le=MAX_BLOB_BYTES)]
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Secret = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
Name = Annotated[str, msgspec.Meta(max_length=MAX_KIND_LENGTH)]
Sentence = Annotated[str, msgspec.Meta(max_length=1000)]


@dataclass(frozen=True)
class Piece:
    """Bytes of the blob whose SHA-256 is `digest`, from `offset` on."""

    digest: str
    offset: int
    data: bytes | memoryview


class _Frame(msgspec.Struct, frozen=True, tag_field="is", forbid_unknown_fields=True):
    """A small frame of JSON."""


class BlobName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A blob of a message: its hash, and how many bytes it has."""

    digest: Digest
    size: Size


BlobNames = Annotated[tuple[BlobName, ...], msgspec.Meta(max_length=MAX_BLOBS)]


class OfferedModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model that a cloud runs, with the SHA-256 of its file."""

    name: Name
    sha256: Digest


class Greeting(_Frame, frozen=True, tag="greeting", forbid_unknown_fields=False):
    """The server's first words; a later protocol may say more."""

    protocol: Number
    engine: Annotated[str, msgspec.Meta(max_length=64)] = ""
    models: Annotated[tuple[OfferedModel, ...], msgspec.Meta(max_length=4096)] = ()


class Hello(_Frame, frozen=True, tag="hello", forbid_unknown_fields=False):
    """The client's first words: a new session, or one to go on with.

    Of ask `ask` the client has had `answers` answers, and all of those before it.
    """

    protocol: Number
    engine: Annotated[str, msgspec.Meta(max_length=64)] = ""
    session: Secret | None = None
    ask: Number = 0
    answers: Number = 0


class Welcome(_Frame, frozen=True, tag="welcome"):
    """The session is open; the server has had all asks up to number `asked`.

    Asks are for worker number `worker`, which knows nothing if it is another than before.
    """

    session: Secret
    asked: Number
    worker: Number


class Ask(_Frame, frozen=True, tag="ask"):
    """A message to the cloud, asked of its worker number `worker`.

    All answers to asks up to number `ended` have arrived.
    """

    number: Number
    worker: Number
    ended: Number
    kind: Name
    fields: msgspec.Raw
    blobs: BlobNames = ()


class Answer(_Frame, frozen=True, tag="answer"):
    """Answer `index` to ask `ask`; the last one is of kind `end` or `error`."""

    ask: Number
    index: Number
    kind: Name
    fields: msgspec.Raw
    blobs: BlobNames = ()


class Got(_Frame, frozen=True, tag="got"):
    """So many bytes of a blob have arrived in all."""

    digest: Digest
    size: Size


class Missing(_Frame, frozen=True, tag="missing"):
    """An ask waits for a blob, from byte `size` on."""

    digest: Digest
    size: Size


class Renew(_Frame, frozen=True, tag="renew"):
    """Throw the worker away with all that it is doing; asks are now for number `worker`."""

    worker: Number


class Bye(_Frame, frozen=True, tag="bye"):
    """The session has ended; with a reason if the other side has to do something about it."""

    reason: Sentence = ""


Frame = Greeting | Hello | Welcome | Ask | Answer | Got | Missing | Renew | Bye
_DECODER: msgspec.json.Decoder[Frame] = msgspec.json.Decoder(Frame)


def engine_version() -> str:
    """Return this program's version, empty if it was never installed."""
    try:
        return version("ciphersketch")
    except PackageNotFoundError:
        return ""


def encode_frame(frame: Frame) -> bytes:
    """Return the bytes of one WebSocket message."""
    return _JSON + msgspec.json.encode(frame)


def encode_piece(piece: Piece) -> bytes:
    """Return the bytes of one WebSocket message."""
    return _PIECE.pack(_BYTES, bytes.fromhex(piece.digest), piece.offset) + piece.data


def joined(frames: Sequence[bytes]) -> bytes:
    """Return one WebSocket message of encoded frames, none of them a piece: a line for each."""
    return _JSON + b"\n".join(frame[1:] for frame in frames)


def parts_of(data: bytes | str) -> list[bytes]:
    """Return the frames of one WebSocket message, each as if it had come by itself.

    Raises MessageError for a text message.
    """
    if isinstance(data, str):
        raise MessageError("A text message came where only bytes are sent.")
    if data[:1] != _JSON:
        return [data]
    return [_JSON + line for line in data[1:].split(b"\n")]


def decode_frame(data: bytes) -> Frame | Piece:
    """Read one frame; MessageError if it is none of ours."""
    if data[:1] == _JSON:
        try:
            return _DECODER.decode(memoryview(data)[1:])
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise MessageError(f"A frame has another form: {error}.") from error
    if len(data) <= _PIECE.size or data[:1] != _BYTES:
        raise MessageError("A message is neither a piece nor a frame.")
    _, digest, offset = _PIECE.unpack_from(data)
    if len(data) - _PIECE.size > PIECE_BYTES or offset > MAX_BLOB_BYTES:
        raise MessageError("A piece is larger, or further on, than any may be.")
    return Piece(digest.hex(), offset, memoryview(data)[_PIECE.size :])


def pieces(digest: str, data: bytes, offset: int) -> Iterator[Piece]:
    """Yield a blob from `offset` on, in pieces."""
    view = memoryview(data)
    for place in range(offset, len(data), PIECE_BYTES):
        yield Piece(digest, place, view[place : place + PIECE_BYTES])


def name_of(blob: bytes) -> BlobName:
    """Return a blob's hash and size."""
    return BlobName(hashlib.sha256(blob).hexdigest(), len(blob))


def parsed_fields(raw: msgspec.Raw) -> dict[str, Any]:
    """Return the fields of a message; MessageError if they are no JSON object."""
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise MessageError(f"The fields of a message have another form: {error}.") from error
