"""The line to a cloud: a connection that is opened, opened again after a cut, and told about.

What is said on it is for `engine.remote.link`.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from websockets.exceptions import ConnectionClosed

from engine.errors import (
    CipherSketchError,
    MessageError,
    PairingError,
    ProcessLostError,
    UnreachableError,
)
from engine.remote.address import Address
from engine.remote.connection import Connection, Tap, unreachable
from engine.remote.frames import Frame, Hello, Welcome
from engine.remote.greeting import greet
from engine.remote.state import CloudState, Phase

CONNECT_SECONDS = 5.0
PATIENCE_SECONDS = 60.0
"""So long a cut connection is tried again while a run waits for it."""
PAUSE_SECONDS = 0.5

Cut = (OSError, ConnectionClosed)


class Line:
    """The connection to the cloud at `address`, if there is one; `on_state` hears of every change.

    On a new one `hello` is said and `go_on` hears the answer. While `given_up` is set nothing is
    waited for.
    """

    def __init__(
        self,
        address: Address,
        on_state: Callable[[CloudState], None],
        tap: Tap,
        hello: Callable[[], Hello],
        go_on: Callable[[Welcome], None],
    ) -> None:
        self.address = address
        self.given_up = threading.Event()
        self._on_state = on_state
        self._tap = tap
        self._hello = hello
        self._go_on = go_on
        self._state = CloudState(address.where, "unused")
        self._connection: Connection | None = None
        self._dialling: socket.socket | None = None

    @property
    def state(self) -> CloudState:
        """Return how things stand; from any thread."""
        connection, state = self._connection, self._state
        if connection is None or state.phase != "connected":
            return state
        if not connection.is_open:
            return replace(state, phase="lost", problem=f"{self.name} is cut off.")
        return replace(state, round_trip=connection.round_trip or state.round_trip)

    @property
    def name(self) -> str:
        """Return what a sentence calls the cloud."""
        return f"The cloud at {self.address.where}"

    def ready(self) -> Connection:
        """Return the connection; raise ProcessLostError if there is none or it was given up."""
        connection = self._connection
        if self.given_up.is_set() or connection is None:
            raise self.lost()
        return connection

    def lost(self) -> ProcessLostError:
        """Return the error of a run that was given up."""
        return ProcessLostError(f"{self.name} stopped; it starts again with the next run.")

    def open(self) -> None:
        """Connect, unless that is done.

        Raises PairingError, UnreachableError, MessageError, and what `go_on` raises.
        """
        if self._connection is None or not self._connection.is_open:
            self.drop()
            self._connect("connecting")

    def open_again(self, reason: Exception) -> None:
        """Open what was cut for that reason, as often as it takes for PATIENCE_SECONDS."""
        self.drop()
        problem = unreachable(self.address, reason)
        patience_ends = time.monotonic() + PATIENCE_SECONDS
        while not self.given_up.is_set():
            try:
                return self._connect("reconnecting", str(problem))
            except UnreachableError as error:
                if time.monotonic() > patience_ends:
                    self.change("lost", str(error))
                    raise
                problem = error
            self.given_up.wait(PAUSE_SECONDS)
        self.change("lost", str(problem))
        raise self.lost() from reason

    def give_up(self) -> None:
        """End an attempt to connect, and whatever waits; from any thread."""
        self.given_up.set()
        dialling = self._dialling
        if dialling is not None:
            with suppress(OSError):
                socket.socket.shutdown(dialling, socket.SHUT_RDWR)  # TLS may be in use just now

    def fail(self, error: Exception) -> Exception:
        """Drop a connection that is of no use any more for that reason, which is returned."""
        self.drop()
        self.change("lost", str(error))
        return error

    def tell(self, frame: Frame) -> None:
        """Send a frame that may be lost, since what comes next says as much."""
        connection = self._connection
        if connection is not None:
            with suppress(*Cut):
                connection.send(frame)

    def drop(self) -> None:
        """End the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def change(self, phase: Phase, problem: str = "") -> None:
        """Say that things stand otherwise now."""
        self._tell_state(replace(self._state, phase=phase, problem=problem, sending=None))

    def count(self, arrived: int, total: int) -> None:
        """Say how much of a message has arrived."""
        self._tell_state(replace(self._state, sending=(arrived, total)))

    def _tell_state(self, state: CloudState) -> None:
        self._state = state
        self._on_state(state)

    def _connect(self, phase: Phase, problem: str = "") -> None:
        self.change(phase, problem)
        try:
            self._greet()
        except Cut as error:
            raise self._no_connection(phase, unreachable(self.address, error)) from error
        except (PairingError, UnreachableError, MessageError) as error:
            raise self._no_connection(phase, error) from error.__cause__
        finally:
            self._dialling = None

    def _no_connection(self, phase: Phase, error: CipherSketchError) -> CipherSketchError:
        """Say that an attempt failed, unless there will be another."""
        self.drop()
        if phase == "connecting" or not isinstance(error, UnreachableError):
            self.change("lost", str(error))
        return error

    def _hold(self, dialling: socket.socket) -> None:
        self._dialling = dialling
        if self.given_up.is_set():
            raise OSError("it was given up")

    def _greet(self) -> None:
        connection = self._connection = Connection(
            self.address, CONNECT_SECONDS, self._tap, self._hold
        )
        greeted = greet(connection, self.address.where, self._hello(), CONNECT_SECONDS)
        if self.given_up.is_set():
            self.drop()
            raise self.lost()
        greeting = greeted.greeting
        self._tell_state(
            CloudState(
                self.address.where,
                "connected",
                greeted.round_trip,
                greeting.protocol,
                greeting.engine,
                tuple((model.name, model.sha256) for model in greeting.models),
            )
        )
        self._go_on(greeted.welcome)
