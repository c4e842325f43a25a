"""A connection to a cloud: TCP, TLS, the fingerprint, and only then the first byte of ours.

The certificate is the cloud's own, so nobody vouches for it: it must be the one whose fingerprint
stands in the pairing address. The token goes in the WebSocket's opening request, after that.
"""

import hmac
import logging
import socket
import ssl
from contextlib import suppress

from websockets.exceptions import InvalidHandshake, InvalidMessage, InvalidStatus
from websockets.protocol import State
from websockets.sync.client import ClientConnection, connect

from engine.errors import CipherSketchError, PairingError, UnreachableError
from engine.remote.address import Address, fingerprint_of
from engine.remote.frames import MAX_FRAME_BYTES

PING_SECONDS, PONG_SECONDS = 5.0, 10.0
CLOSE_SECONDS = 1.0
UNAUTHORIZED, TOO_MANY = 401, 429

_SILENT = logging.getLogger("ciphersketch.wire")
_SILENT.setLevel(logging.CRITICAL)  # what goes wrong is told by errors, once


class Connection:
    """An open WebSocket over TLS to the very cloud of the address; any thread may close it."""

    def __init__(self, address: Address, timeout: float) -> None:
        """Connect within `timeout` seconds a step; raise PairingError or UnreachableError."""
        secured = _secured(address, timeout)
        try:
            self.socket: ClientConnection = connect(
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
        return self.socket.state is State.OPEN

    @property
    def round_trip(self) -> float:
        """Return how many seconds the last ping took to be answered, 0 before the first."""
        return self.socket.latency

    def close(self) -> None:
        """Close it, politely if the other side is there."""
        with suppress(OSError):
            self.socket.close()


def unreachable(address: Address, error: Exception) -> UnreachableError:
    """Return the error of a cloud that does not answer."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return UnreachableError(
        f"The cloud at {address.where} does not answer ({reason}): see that it runs, and that its "
        "port is open on the way."
    )


def _secured(address: Address, timeout: float) -> ssl.SSLSocket:
    context = ssl.create_default_context()  # honours SSLKEYLOGFILE
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # pinned below, before anything is sent
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    plain = None
    try:
        plain = socket.create_connection((address.host, address.port), timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        secured = context.wrap_socket(plain)
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
