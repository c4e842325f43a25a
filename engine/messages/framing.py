"""The wire between the window, the client and the cloud: named messages with byte blobs.

A message is a four-byte mark, two four-byte lengths, a JSON header and its blobs. Nothing else
crosses: no pickled objects, no shared memory. Parsing trusts nothing that it reads.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.errors import MessageError

MARK = b"CSK1"
MAX_HEADER_BYTES = 1 << 20
MAX_KIND_LENGTH = 64
MAX_BLOB_BYTES = 1 << 28
"""For all blobs of a message together: a row of a batch comes to 120 MB at N = 32768."""
MAX_BLOBS = 32
"""A row of a picture: 28 ciphertexts of a batch, one a pixel."""
LAST_KINDS = ("end", "error")
"""The last answer to a message is of one of these."""
_PREFIX = struct.Struct(">4sI")
PREFIX_BYTES = _PREFIX.size


class Readable(Protocol):
    """Anything bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, fewer only at the end."""


@dataclass(frozen=True)
class Message:
    """`kind` says what it is, `fields` are JSON values, `blobs` raw bytes."""

    kind: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    blobs: tuple[bytes, ...] = ()


def encode_message(message: Message) -> bytes:
    """Return the bytes that go on the wire."""
    return b"".join((_encode_header(message), *message.blobs))


def message_size(message: Message) -> int:
    """Return how many bytes a message has in a pipe."""
    return len(_encode_header(message)) + sum(map(len, message.blobs))


def _encode_header(message: Message) -> bytes:
    sizes = [len(blob) for blob in message.blobs]
    header = json.dumps(
        {"kind": message.kind, "fields": dict(message.fields), "blobs": sizes}, allow_nan=False
    ).encode()
    return pack_header(header)


def pack_header(header: bytes) -> bytes:
    """Return a JSON header as it goes on the wire; the blobs follow."""
    return _PREFIX.pack(MARK, len(header)) + header


def read_message(stream: Readable) -> Message | None:
    """Read one message; None at the end of the stream.

    Raises MessageError if the bytes are not a message, are cut short, or claim too much.
    """
    prefix = stream.read(_PREFIX.size)
    if not prefix:
        return None
    kind, fields, sizes = parse_header(_read_exactly(stream, parse_prefix(prefix)))
    return Message(kind, fields, tuple(_read_exactly(stream, size) for size in sizes))


def parse_prefix(prefix: bytes) -> int:
    """Return how long the header is that follows; MessageError if none can follow."""
    if len(prefix) < _PREFIX.size:
        raise MessageError(f"A message ended after {len(prefix)} bytes of its prefix.")
    mark, header_bytes = _PREFIX.unpack(prefix)
    if mark != MARK:
        raise MessageError(f"A message began with {mark!r}, not {MARK!r}.")
    if header_bytes > MAX_HEADER_BYTES:
        raise MessageError(f"A message header claims {header_bytes} bytes.")
    return int(header_bytes)


def parse_header(data: bytes) -> tuple[str, dict[str, Any], list[int]]:
    """Return kind, fields and the sizes of the blobs; MessageError if it is no header."""
    try:
        header = json.loads(data, parse_constant=_refuse)
        kind, fields, sizes = header["kind"], header["fields"], header["blobs"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise MessageError("A message header is not the JSON it should be.") from error
    well_formed = (
        isinstance(kind, str)
        and len(kind) <= MAX_KIND_LENGTH  # logs keep it
        and isinstance(fields, dict)
        and isinstance(sizes, list)
        and len(sizes) <= MAX_BLOBS
        and all(type(size) is int and size >= 0 for size in sizes)
        and sum(sizes) <= MAX_BLOB_BYTES
    )
    if not well_formed:
        raise MessageError("A message header has the wrong form or claims too much.")
    return kind, fields, sizes


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _read_exactly(stream: Readable, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise MessageError(f"A message was cut short: {len(data)} of {size} bytes came.")
    return data
