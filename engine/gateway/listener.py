"""The listening socket, which takes no more connections than there is room for.

Whoever connects and says nothing holds a descriptor until a time limit ends it. Without a bound
enough of them would leave none for the workers and the bytes of those who may come in.
"""

import socket
from typing import Any


class _Accepted(socket.socket):
    """A connection that is counted until it is closed."""

    counted: set["_Accepted"]

    def close(self) -> None:
        self.counted.discard(self)
        super().close()


class Listener(socket.socket):
    """Listens at the first address of `host`; beyond `most` connections at once it closes new ones.

    Raises OSError where that cannot be.
    """

    def __init__(self, host: str, port: int, most: int) -> None:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        super().__init__(family, kind, protocol)
        self._most = most
        self._open: set[_Accepted] = set()
        try:
            self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.bind(place)
        except OSError:
            self.close()
            raise

    @property
    def port(self) -> int:
        """Return the port, chosen by the system if it was 0."""
        return int(self.getsockname()[1])

    def accept(self) -> tuple[socket.socket, Any]:
        """Return the next connection; ConnectionAbortedError if there is no room for it."""
        plain, place = super().accept()
        accepted = _Accepted(fileno=plain.detach())
        accepted.counted = self._open
        if len(self._open) >= self._most:
            accepted.close()
            raise ConnectionAbortedError
        self._open.add(accepted)
        return accepted, place
