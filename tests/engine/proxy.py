"""A forwarding proxy between a client and a cloud: counts, delays, slows and cuts what crosses."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from queue import SimpleQueue

from engine.remote.address import Address

CHUNK = 1 << 14
Line = SimpleQueue[tuple[float, bytes]]
"""When bytes are due at the other end, and the bytes; none at the end."""


class Proxy:
    """Forwards to an address, `delay` seconds each way and at most `rate` bytes a second.

    `up` and `down` count the bytes that went through. `cut` ends every connection and refuses new
    ones until `mend`. `on_up` and `on_down` are called with the counts, before bytes go on.
    """

    def __init__(self, target: Address, delay: float = 0.0, rate: float = float("inf")) -> None:
        self._target = target
        self._delay, self._rate = delay, rate
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._is_cut = self._is_closed = False
        self.up = self.down = self.connections = 0
        self.watch = lambda: None
        self.address = replace(target, host="127.0.0.1", port=self._listener.getsockname()[1])
        self._start(self._accept)

    def cut(self) -> None:
        with self._lock:
            self._is_cut = True
            for each in self._sockets:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        with self._lock:
            self._is_cut = False

    def close(self) -> None:
        self._is_closed = True
        self.cut()
        with suppress(OSError), socket.create_connection(self._listener.getsockname()):
            pass
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _start(self, run: object, *arguments: object) -> None:
        thread = threading.Thread(target=run, args=arguments)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            inner, _ = self._listener.accept()
            with self._lock:
                refused = self._is_cut or self._is_closed
            if refused:
                inner.close()
                if self._is_closed:
                    return
                continue
            outer = socket.create_connection((self._target.host, self._target.port))
            for each in (inner, outer):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            with self._lock:
                self._sockets |= {inner, outer}
            self._pipe(inner, outer, "up")
            self._pipe(outer, inner, "down")

    def _pipe(self, source: socket.socket, sink: socket.socket, way: str) -> None:
        queue: Line = SimpleQueue()
        self._start(self._read, source, queue, way)
        self._start(self._write, sink, queue)

    def _read(self, source: socket.socket, queue: Line, way: str) -> None:
        free = 0.0
        with suppress(OSError):
            while data := source.recv(CHUNK):
                setattr(self, way, getattr(self, way) + len(data))
                self.watch()
                free = max(free, time.monotonic()) + len(data) / self._rate
                time.sleep(max(0.0, free - time.monotonic()))  # the line is busy so long
                queue.put((free + self._delay, data))
        queue.put((0.0, b""))

    def _write(self, sink: socket.socket, queue: Line) -> None:
        with suppress(OSError):
            while (item := queue.get())[1]:
                due, data = item
                time.sleep(max(0.0, due - time.monotonic()))
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._sockets.discard(sink)
        sink.close()


@contextmanager
def proxied(target: Address, delay: float = 0.0, rate: float = float("inf")) -> Iterator[Proxy]:
    """Yield a proxy in front of a cloud."""
    proxy = Proxy(target, delay, rate)
    try:
        yield proxy
    finally:
        proxy.close()
