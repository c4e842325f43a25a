"""A connection to a cloud: TCP, TLS, the fingerprint, and only then the first byte of ours.

The certificate is the cloud's own, so nobody vouches for it: it must be the one whose fingerprint
stands in the pairing address. The token goes in the WebSocket's opening request, after that.
"""

import hmac
import logging
import socket
import ssl
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.protocol import State
from websockets.sync.client import ClientConnection, connect

from engine.errors import CipherSketchError, PairingError, UnreachableError
from engine.remote.address import Address, fingerprint_of
from engine.remote.frames import (
    MAX_FRAME_BYTES,
    Frame,
    Piece,
    decode_frame,
    encode_frame,
    encode_piece,
    parts_of,
)

PING_SECONDS, PONG_SECONDS = 5.0, 10.0
CLOSE_SECONDS = 1.0
UNAUTHORIZED, TOO_MANY = 401, 429

Tap = Callable[[bool, bytes], None]
"""Is told of every WebSocket message: whether it goes out, and its bytes before TLS."""

Hold = Callable[[socket.socket], None]

_SILENT = logging.getLogger("ciphersketch.wire")
_SILENT.setLevel(logging.CRITICAL)  # what goes wrong is told by errors, once
_RECORD_BYTES, _RECORD_OVERHEAD = 1 << 14, 22  # TLS 1.3: 5 of header, 1 of type, 16 of tag


class Connection:
    """An open WebSocket over TLS to the very cloud of the address; any thread may close it.

    What is sent and received after it was closed raises ConnectionClosed.
    """

    def __init__(self, address: Address, timeout: float, tap: Tap, hold: Hold) -> None:
        """Connect within `timeout` seconds a step; raise PairingError or UnreachableError.

        `hold` is given the socket before it connects: whoever shuts it down ends the attempt.
        """
        self._tap = tap
        self._arrived: deque[tuple[Frame | Piece, int]] = deque()
        secured = _secured(address, timeout, hold)
        try:
            self._socket: ClientConnection = connect(
                f"ws://{address.where}/",
                sock=secured,
                additional_headers={"Authorization": f"Bearer {address.token.hex()}"},
                user_agent_header=None,
                compression=None,
                proxy=None,
                open_timeout=timeout,
                ping_interval=PING_SECONDS,
                ping_timeout=PONG_SECONDS,
                close_timeout=CLOSE_SECONDS,
                max_size=MAX_FRAME_BYTES,
                logger=_SILENT,
            ).__enter__()
        except InvalidStatus as error:
            raise _refusal(address, error.response.status_code) from error
        except (OSError, InvalidHandshake, InvalidMessage, EOFError) as error:
            raise unreachable(address, error) from error

    @property
    def is_open(self) -> bool:
        """Tell whether nothing ended it so far."""
        return self._socket.state is State.OPEN

    @property
    def round_trip(self) -> float:
        """Return how many seconds the last ping took to be answered, 0 before the first."""
        return self._socket.latency

    def send(self, frame: Frame | Piece) -> int:
        """Send one frame; return its size on the wire."""
        data = encode_piece(frame) if isinstance(frame, Piece) else encode_frame(frame)
        self._tap(True, data)
        self._socket.send(data)
        return wire_bytes(len(data), masked=True)

    def receive(self, timeout: float) -> tuple[Frame | Piece, int]:
        """Return the next frame and its size on the wire; TimeoutError if none comes in time.

        The first of several in one message bears what that has besides. Raises MessageError for
        bytes that are no frame of ours.
        """
        if not self._arrived:
            data = self._socket.recv(timeout)
            if isinstance(data, bytes):
                self._tap(False, data)
            wire = wire_bytes(len(data), masked=False)
            parts = parts_of(data)
            sizes = [len(part) for part in parts]
            sizes[0] += wire - sum(sizes)
            self._arrived.extend(zip(map(decode_frame, parts), sizes, strict=True))
        return self._arrived.popleft()

    def close(self) -> None:
        """Close it, politely if the other side is there."""
        with suppress(OSError, ConnectionClosed):
            self._socket.close()


def wire_bytes(size: int, *, masked: bool) -> int:
    """Return what a WebSocket message of `size` bytes takes in the TCP stream, under TLS 1.3.

    RFC 6455, 5.2: two bytes, two or eight more for a larger size, four of mask from the client.
    RFC 8446, 5: records of up to 2^14 bytes.
    """
    longer = 0 if size < 126 else 2 if size < 1 << 16 else 8
    frame = 2 + longer + (4 if masked else 0) + size
    return frame + _RECORD_OVERHEAD * -(-frame // _RECORD_BYTES)


def unreachable(address: Address, error: Exception) -> UnreachableError:
    """Return the error of a cloud that does not answer."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return UnreachableError(
        f"The cloud at {address.where} does not answer ({reason}): see that it runs, and that its "
        "port is open on the way."
    )


def _dialled(address: Address, timeout: float, hold: Hold) -> socket.socket:
    """Return a TCP connection to the first of the host's addresses that answers."""
    failure = OSError(f"{address.host} has no address")
    for family, kind, protocol, _, place in socket.getaddrinfo(
        address.host, address.port, type=socket.SOCK_STREAM
    ):
        plain = socket.socket(family, kind, protocol)
        try:
            plain.settimeout(timeout)
            hold(plain)
            plain.connect(place)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            plain.close()
            failure = error
        else:
            return plain
    raise failure


def _secured(address: Address, timeout: float, hold: Hold) -> ssl.SSLSocket:
    context = ssl.create_default_context()  # honours SSLKEYLOGFILE
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # pinned below, before anything is sent
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    plain: socket.socket | None = None
    try:
        plain = _dialled(address, timeout, hold)
        plain = secured = context.wrap_socket(plain, do_handshake_on_connect=False)
        hold(secured)
        secured.do_handshake()
    except OSError as error:
        if plain is not None:
            plain.close()
        raise unreachable(address, error) from error
    found = fingerprint_of(secured.getpeercert(binary_form=True) or b"")
    if not hmac.compare_digest(found, address.fingerprint):
        secured.close()
        raise PairingError(
            f"Whoever answers at {address.where} is not the cloud of the pairing address: its "
            "fingerprint is another. Nothing was sent; ask for the cloud's address of today."
        )
    secured.settimeout(None)
    return secured


def _refusal(address: Address, status: int) -> CipherSketchError:
    if status == UNAUTHORIZED:
        return PairingError(
            f"The cloud at {address.where} does not know this token: it was revoked or renewed; "
            "ask for the new pairing address."
        )
    if status == TOO_MANY:
        return PairingError(
            f"The cloud at {address.where} was asked with wrong tokens too often from here; "
            "try again in a minute."
        )
    return UnreachableError(
        f"The cloud at {address.where} has no room for one more client now; try again later."
    )
