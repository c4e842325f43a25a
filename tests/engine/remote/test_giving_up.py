"""Connecting can be given up at once, wherever it hangs: at TCP, at TLS, at the greeting."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from engine.ckks.parameters import Settings
from engine.errors import CancelledError, UnreachableError
from engine.remote import line
from engine.remote.address import Address
from engine.remote.link import CloudLink
from engine.remote.state import CloudState
from engine.session.relay import Session

FOR_EVER = 3600.0


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "CONNECT_SECONDS", FOR_EVER)


@pytest.fixture
def silent() -> Iterator[Address]:
    """A port that takes connections and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield Address("127.0.0.1", listener.getsockname()[1], bytes(16), bytes(16))


@pytest.fixture
def full(silent: Address) -> Iterator[Address]:
    """A port that takes no more connections, as a firewall that drops what comes."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as listener:
        place = listener.getsockname()
        held = []
        for _ in range(4):
            each = socket.socket()
            each.setblocking(False)
            each.connect_ex(place)
            held.append(each)
        yield Address(place[0], place[1], bytes(16), bytes(16))
        for each in held:
            each.close()


@pytest.mark.parametrize("kind", ["silent", "full"])
def test_a_session_that_connects_is_cancelled_as_one_that_runs(
    kind: str, request: pytest.FixtureRequest
) -> None:
    address: Address = request.getfixturevalue(kind)
    with Session(cloud=address) as session:
        cancelling = threading.Timer(0.05, session.cancel)

        def cancel(state: CloudState) -> None:
            if state.phase == "connecting":
                cancelling.start()

        session.on_cloud = cancel
        with pytest.raises(CancelledError):
            session.prepare(Settings())
        cancelling.join()


def test_a_link_that_is_closed_while_it_connects_stays_closed(silent: Address) -> None:
    phases: list[str] = []
    there = CloudLink(silent, on_state=lambda state: phases.append(state.phase))
    closing_it = threading.Timer(0.05, there.close)
    closing_it.start()
    with pytest.raises(UnreachableError):
        there.start()
    closing_it.join()
    assert there.state.phase in ("lost", "closed")
    assert "connected" not in phases
