"""A cloud elsewhere for the tests of the window, and how a person gets to it."""

from fake_session import FakeSession
from studio import Studio

from engine.errors import CipherSketchError
from engine.remote.address import Address

ADDRESS = Address("192.168.1.7", 8765, b"\x01" * 16, b"\x02" * 16)
OTHER = Address("10.0.0.9", 8765, b"\x03" * 16, b"\x04" * 16)


def pair(studio: Studio, address: Address = ADDRESS) -> FakeSession:
    """Use a cloud elsewhere, with keys; return the session with it."""
    studio.window.program.clouds.pair(address.text)
    studio.qtbot.waitUntil(lambda: studio.state.cloud.where == address.where and studio.is_ready())
    return studio.session


def refuse(studio: Studio, error: CipherSketchError) -> None:
    """Let the next session fail to connect."""

    def fail(session: FakeSession) -> None:
        session.failure = error

    studio.prepare_session = fail
