"""What the window needs of a session with the engine, and the real one."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from app.state.drawing import Picture
from engine.ckks.parameters import Settings
from engine.inside.looks import TeachingRun
from engine.messages.log import OnMessage
from engine.planning.outline import Outline
from engine.playground.program import Program
from engine.remote.address import Address
from engine.remote.state import CloudState
from engine.session.events import Classification, Encrypted, Event, KeysReady
from engine.session.inspection import Coefficients
from engine.session.proofs import CloudAttempt
from engine.session.tampering import FlippedBit
from engine.session.workbench import StepOutcome


class EngineSession(Protocol):
    """What the window needs of a session; `engine.session.relay.Session` is the real one.

    `on_message`, to be replaced, is told of every message between the window and the processes,
    `on_cloud` of every change of the connection to a cloud elsewhere.
    """

    on_message: OnMessage
    on_cloud: Callable[[CloudState], None]

    @property
    def cloud_state(self) -> CloudState | None:
        """Return how things stand with a cloud elsewhere, from any thread; None for one here."""

    def start(self) -> None:
        """Start the processes, and connect to a cloud elsewhere, unless that is done."""

    def describe(self, model: str) -> Outline:
        """Return what a client must know of a model that only a cloud elsewhere has."""

    def prepare(self, settings: Settings) -> KeysReady:
        """Make the keys for `settings`, or return at once if they exist."""

    def classify(self, picture: Picture) -> Classification:
        """Encrypt a picture (28, 28), let the cloud classify it, decrypt the scores."""

    def stream(
        self, take: Callable[[], Picture | None], give: Callable[[Classification], None]
    ) -> None:
        """Classify pictures until there is none left, the next encrypted while the cloud works."""

    def encrypt(self, picture: Picture) -> Encrypted:
        """Encrypt a picture without sending it."""

    def decrypt_with_wrong_key(self) -> tuple[float, ...]:
        """Decrypt the last result with an unrelated secret key."""

    def let_cloud_try(self) -> CloudAttempt:
        """Let the cloud try to read the last picture and its scores."""

    def unpack(self) -> Coefficients:
        """Return the numbers of the last picture's ciphertext."""

    def classify_with_flipped_bit(self, bit: int) -> FlippedBit:
        """Classify the last picture's ciphertext again, one bit of it flipped."""

    def run_program(self, program: Program) -> tuple[StepOutcome, ...]:
        """Perform what is new of a program of the playground; return what each step gave."""

    def teach(self, picture: Picture) -> TeachingRun:
        """Classify a picture and look into every stage."""

    def record(self, path: Path) -> None:
        """Write what crosses to a cloud elsewhere into a file, from now on."""

    def stop_recording(self) -> str:
        """End the recording; return what went wrong with it, or nothing."""

    def calibrate(self) -> None:
        """Measure this machine's primitive costs, once."""

    def cancel(self) -> None:
        """Make the blocked call raise CancelledError; from any thread."""

    def restart(self) -> None:
        """Make the blocked call raise CancelledError and kill both processes; from any thread."""

    def close(self) -> None:
        """End both processes; from any thread."""


class SessionFactory(Protocol):
    """Makes a session; `cloud` is the address of one elsewhere, None for a process here."""

    def __call__(
        self, on_event: Callable[[Event], None], cloud: Address | None = None
    ) -> EngineSession:
        """Return a session that has started nothing yet."""


def open_session(on_event: Callable[[Event], None], cloud: Address | None = None) -> EngineSession:
    """Make the real session; its module is imported here, in the worker's thread."""
    from engine.session.relay import Session  # noqa: PLC0415 - after the first window is shown

    return Session(on_event, cloud, keeps_pace=True)
