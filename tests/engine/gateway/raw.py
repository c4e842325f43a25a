"""Bare connections to a cloud, for tests that send what no client of ours would."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from websockets.exceptions import ConnectionClosed

from engine.remote.address import Address
from engine.remote.connection import Connection
from engine.remote.frames import PROTOCOL, Hello, Welcome

TIMEOUT = 30.0


def connected(address: Address) -> Connection:
    """Return a connection that was let in and has not said a word."""
    return Connection(address, TIMEOUT, lambda outward, data: None, lambda sock: None)


@contextmanager
def greeted(address: Address) -> Iterator[Connection]:
    """Yield a connection that has a session, ended without a goodbye."""
    connection = connected(address)
    try:
        connection.receive(TIMEOUT)
        connection.send(Hello(PROTOCOL))
        welcome, _ = connection.receive(TIMEOUT)
        assert isinstance(welcome, Welcome)
        yield connection
    finally:
        connection.close()


def send_raw(connection: Connection, data: bytes) -> bool:
    """Send any bytes as a message; tell whether the cloud still listens."""
    with suppress(ConnectionClosed, OSError):
        connection._socket.send(data)
        return connection.is_open
    return False


def plain(address: Address) -> socket.socket:
    """Return a TCP connection that says nothing."""
    return socket.create_connection((address.host, address.port), TIMEOUT)


def secured(address: Address) -> ssl.SSLSocket:
    """Return a TLS connection that says nothing more."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(plain(address))
