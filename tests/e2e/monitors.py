"""Monitors that are plugged into a running X server and out of it, by RANDR 1.5 on its socket."""

import socket
import struct
from types import TracebackType

QUERY_EXTENSION, INTERN_ATOM = 98, 16
QUERY_VERSION, GET_RESOURCES, SET_MONITOR, DELETE_MONITOR = 0, 25, 43, 44
REPLY = 1

Area = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""


class Server:
    """A connection to the X server of a display on this machine, which asks for no password."""

    def __init__(self, display: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(f"/tmp/.X11-unix/X{display.removeprefix(':')}")

    def __enter__(self) -> "Server":
        self._socket.sendall(struct.pack("=BxHHHHxx", ord("l"), 11, 0, 0, 0))
        setup = self._read(struct.unpack("=6xH", self._read(8))[0] * 4)
        vendor, formats = struct.unpack_from("=H", setup, 16)[0], setup[21]
        (self._root,) = struct.unpack_from("=I", setup, 32 + (vendor + 3) // 4 * 4 + 8 * formats)
        self._randr = self._ask(QUERY_EXTENSION, 0, *_text("RANDR"))[9]
        self._ask(self._randr, QUERY_VERSION, struct.pack("=II", 1, 5))
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.atom("DONE")  # its answer comes after all that was asked before
        self._socket.close()

    def atom(self, name: str) -> int:
        """Return the number of a name."""
        return int(struct.unpack_from("=I", self._ask(INTERN_ATOM, 0, *_text(name)), 8)[0])

    def plug(self, name: str, area: Area, *, is_first: bool = False) -> None:
        """Plug a monitor in; the first takes Xvfb's own output, which else covers the screen."""
        resources = self._ask(self._randr, GET_RESOURCES, struct.pack("=I", self._root))
        crtcs, count = struct.unpack_from("=HH", resources, 16)
        outputs = resources[32 + 4 * crtcs :][: 4 * count] if is_first else b""
        head = struct.pack("=IIBBH", self._root, self.atom(name), is_first, 0, len(outputs) // 4)
        size = struct.pack("=hhHHII", *area, area[2] // 4, area[3] // 4)  # pixels, millimetres
        self._send(self._randr, SET_MONITOR, head, size, outputs)

    def unplug(self, name: str) -> None:
        """Plug a monitor out."""
        told = struct.pack("=II", self._root, self.atom(name))
        self._send(self._randr, DELETE_MONITOR, told)

    def _send(self, major: int, minor: int, *parts: bytes) -> None:
        told = b"".join(parts)
        told += bytes(-len(told) % 4)
        self._socket.sendall(struct.pack("=BBH", major, minor, 1 + len(told) // 4) + told)

    def _ask(self, major: int, minor: int, *parts: bytes) -> bytes:
        self._send(major, minor, *parts)
        head = self._read(32)
        while head[0] > REPLY:  # an event, which every client is told
            head = self._read(32)
        assert head[0] == REPLY, f"X answers with error {head[1]}"
        return head + self._read(4 * struct.unpack_from("=I", head, 4)[0])

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = self._socket.recv(size - len(data))
            assert part, "the X server is gone"
            data += part
        return data


def _text(name: str) -> tuple[bytes, bytes]:
    return struct.pack("=Hxx", len(name)), name.encode()
