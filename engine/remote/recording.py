"""A file of what crossed between this machine and a cloud elsewhere, as it was before TLS.

A mark, one line of JSON, then every WebSocket message in its order: when, which way, its bytes.
There is no token in it (that went before the first message) and no key but those for the cloud.
"""

import json
import os
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.errors import MessageError, ResultsError
from engine.files import unwritable
from engine.messages.log import Party
from engine.remote.frames import (
    MAX_FRAME_BYTES,
    PROTOCOL,
    Answer,
    Ask,
    Piece,
    decode_frame,
    parts_of,
)

MARK = b"CipherSketch wire 1\n"
LONGEST_LINE = 1 << 10
MOST_BYTES = 1 << 30
_ENTRY = struct.Struct(">d?I")


@dataclass(frozen=True)
class Crossed:
    """One frame: `at` in seconds since the epoch, `name` what it is, its very bytes.

    `opaque` are those of them that are a key's or a ciphertext's; the rest is JSON and framing.
    """

    at: float
    sender: Party
    receiver: Party
    name: str
    data: bytes
    opaque: bytes


@dataclass(frozen=True)
class Recording:
    """The frames that crossed, in their order, between this machine and the cloud at `where`."""

    where: str
    messages: tuple[Crossed, ...]


class Recorder:
    """Writes a recording, which only its owner may read, until `close` or MOST_BYTES.

    A disk that fills up ends the recording, not the run: `problem` then says so.
    """

    def __init__(self, path: Path, where: str, clock: Callable[[], float] = time.time) -> None:
        """Begin the file; raise ResultsError if it cannot be."""
        self._path = path
        self._clock = clock
        self._size = 0
        self.problem = ""
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise unwritable(path, error) from error
        self._file: BinaryIO | None = os.fdopen(descriptor, "wb")
        self._write(MARK + json.dumps({"where": where, "protocol": PROTOCOL}).encode() + b"\n")

    def take(self, outward: bool, data: bytes) -> None:
        """Add a message."""
        if self._size + len(data) > MOST_BYTES:
            self.problem = f"The recording {self._path} ends at {MOST_BYTES >> 30} GB."
            self.close()
        self._write(_ENTRY.pack(self._clock(), outward, len(data)) + data)

    def close(self) -> None:
        """End the file."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                file.close()

    def _write(self, data: bytes) -> None:
        if self._file is None:
            return
        try:
            self._file.write(data)
            self._size += len(data)
        except OSError as error:
            self.problem = str(unwritable(self._path, error))
            self.close()


def read_recording(path: Path) -> Recording:
    """Read a recording; raise ResultsError if it is none, damaged, or larger than any is."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > MOST_BYTES + LONGEST_LINE:
                raise ResultsError(f"The recording {path} is larger than {MOST_BYTES >> 30} GB.")
            if file.read(len(MARK)) != MARK:
                raise ResultsError(f"The file {path} is no recording of CipherSketch's wire.")
            where = str(json.loads(file.readline(LONGEST_LINE))["where"])
            return Recording(where, tuple(_entries(file)))
    except OSError as error:
        raise ResultsError(f"The recording {path} cannot be read ({error.strerror}).") from error
    except (ValueError, LookupError, TypeError, RecursionError, MessageError) as error:
        raise ResultsError(f"The recording {path} is damaged ({error}).") from error


def _entries(file: BinaryIO) -> list[Crossed]:
    found: list[Crossed] = []
    while len(head := file.read(_ENTRY.size)) == _ENTRY.size:  # a run that was killed ends mid-way
        at, outward, size = _ENTRY.unpack(head)
        if size > MAX_FRAME_BYTES:
            raise ValueError(f"a message of {size} bytes")
        data = file.read(size)
        if len(data) == size:
            found += (_crossed(at, part, outward=outward) for part in parts_of(data))
    return found


def _crossed(at: float, data: bytes, *, outward: bool) -> Crossed:
    frame = decode_frame(data)
    opaque = bytes(frame.data) if isinstance(frame, Piece) else b""
    if isinstance(frame, Piece):
        name = f"piece of {frame.digest[:8]}"
    elif isinstance(frame, Ask | Answer):
        name = frame.kind
    else:
        name = type(frame).__name__.lower()
    sender: Party = "window" if outward else "cloud"
    receiver: Party = "cloud" if outward else "window"
    return Crossed(at, sender, receiver, name, data, opaque)
