"""How jobs on any executor report progress, and how they learn that nobody waits any more.

Each job keeps one connection to the sweep's listener: it writes lines of JSON, and the end of the
connection, for whatever reason, stops it. So a job outlives neither its sweep nor the program, and
a job that is killed disturbs no other. Nothing that is encrypted, and no key, comes near it.
"""

import hmac
import json
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from engine.errors import CancelledError

MAX_LINE = 200
CONNECT_SECONDS = 5.0
SECONDS_BETWEEN_STOPS = 0.05


@dataclass(frozen=True)
class ListenerAddress:
    """Where a listener is, and the word that only its jobs know."""

    host: str
    port: int
    word: str


class ProgressListener:
    """Listens on `host` until it is closed; calls `on_progress` with (job, done, total).

    It does so in a thread of each connection.
    """

    def __init__(self, on_progress: Callable[[int, int, int], object], host: str) -> None:
        self._tell = on_progress
        self._word = secrets.token_urlsafe()
        self._listener = socket.create_server((host, 0))
        self._lock = threading.Lock()
        self._closed = False
        self._visits: dict[socket.socket, threading.Thread] = {}
        self.address = ListenerAddress(host, self._listener.getsockname()[1], self._word)
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and end all connections, which stops their jobs. Twice is as good."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            visits = dict(self._visits)
        with suppress(OSError), socket.create_connection((self.address.host, self.address.port)):
            pass  # wakes the thread, which then finds the listener closed
        self._thread.join()
        self._listener.close()
        for connection, thread in visits.items():
            with suppress(OSError):  # it may have ended by itself
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()

    def _listen(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            thread = threading.Thread(target=self._hear, args=(connection,))
            with self._lock:
                if self._closed:
                    connection.close()
                    return
                self._visits[connection] = thread
                thread.start()

    def _hear(self, connection: socket.socket) -> None:
        with (
            connection,
            connection.makefile("rb") as lines,
            suppress(OSError, ValueError, LookupError, TypeError),  # not one of our jobs
        ):
            known = self._knows(json.loads(lines.readline(MAX_LINE))["word"])
            while known and (line := lines.readline(MAX_LINE)):
                fields = json.loads(line)
                self._tell(int(fields["job"]), int(fields["done"]), int(fields["total"]))
        with self._lock:
            self._visits.pop(connection)

    def _knows(self, word: object) -> bool:
        return isinstance(word, str) and hmac.compare_digest(word.encode(), self._word.encode())


@contextmanager
def telling(
    address: ListenerAddress, job: int, stop: Callable[[], None]
) -> Iterator[Callable[[int, int], None]]:
    """Connect a job to its listener; yield what reports (done, total).

    When the connection ends, `stop` is called, in another thread, again and again until the job
    leaves. Raises CancelledError if the listener is gone. One that this machine cannot reach does
    without reports, and cannot stop the job.
    """
    try:
        connection = socket.create_connection((address.host, address.port), CONNECT_SECONDS)
    except ConnectionRefusedError as error:
        raise CancelledError("The sweep that this point belongs to has ended.") from error
    except OSError:
        yield lambda done, total: None
        return
    left = threading.Event()

    def report(done: int, total: int) -> None:
        with suppress(OSError):  # the watch finds out as well
            connection.sendall(_line({"job": job, "done": done, "total": total}))

    def watch() -> None:
        with suppress(OSError):
            connection.recv(1)
        while not left.wait(SECONDS_BETWEEN_STOPS):
            stop()

    with connection:
        connection.settimeout(None)
        connection.sendall(_line({"word": address.word}))
        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield report
        finally:
            left.set()
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)  # wakes the watch
            thread.join()


def _line(fields: dict[str, object]) -> bytes:
    return json.dumps(fields).encode() + b"\n"
