"""The first words on a connection: versions before anything else, then a session, new or known."""

import time
from dataclasses import dataclass

from engine.errors import MessageError, PairingError, UnreachableError
from engine.remote.connection import Connection
from engine.remote.frames import PROTOCOL, Bye, Greeting, Hello, Welcome


@dataclass(frozen=True)
class Greeted:
    """What both sides said, and how long the answer took in seconds."""

    greeting: Greeting
    welcome: Welcome
    round_trip: float


def greet(connection: Connection, where: str, hello: Hello, timeout: float) -> Greeted:
    """Exchange greetings with the cloud at `where`.

    Raises PairingError for another protocol, UnreachableError where it has no room, MessageError
    where it is no cloud, and what the connection raises.
    """
    greeting, _ = connection.receive(timeout)
    if not isinstance(greeting, Greeting):
        raise _nonsense(where)
    if greeting.protocol != PROTOCOL:
        raise PairingError(
            f"The cloud at {where} speaks protocol {greeting.protocol}, this program {PROTOCOL}: "
            "bring the same version to both machines."
        )
    begin = time.perf_counter()
    connection.send(hello)
    welcome, _ = connection.receive(timeout)
    if isinstance(welcome, Bye):
        raise UnreachableError(f"The cloud at {where} does not let us in: {welcome.reason}")
    if not isinstance(welcome, Welcome):
        raise _nonsense(where)
    return Greeted(greeting, welcome, time.perf_counter() - begin)


def _nonsense(where: str) -> MessageError:
    return MessageError(f"The cloud at {where} answers, but not as one of this program does.")
