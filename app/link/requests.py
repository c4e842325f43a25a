"""Everything that the window asks of the engine, each request knowing what to call.

Adding one takes a class here and the place that submits it, which says what to do with its value.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

import numpy as np

from app.link.session import EngineSession
from app.state.drawing import Picture
from app.state.records import SecondEncryption
from engine.ckks.parameters import Settings
from engine.inside.looks import TeachingRun
from engine.planning.outline import Outline
from engine.playground.program import Program
from engine.remote.state import CloudState
from engine.session.events import Classification, KeysReady
from engine.session.inspection import Coefficients
from engine.session.proofs import CloudAttempt
from engine.session.tampering import FlippedBit
from engine.session.workbench import StepOutcome

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Request(Generic[T]):
    """Asks the session for a `T`; `is_followed` tells whether its stages are shown."""

    is_followed: ClassVar[bool] = True

    def ask(self, session: EngineSession) -> T:
        """Call the session, which may block, and return its answer."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Connect(Request[CloudState | None]):
    """The connection to a cloud elsewhere, opened again if it was lost."""

    def ask(self, session: EngineSession) -> CloudState | None:
        """Return how things stand with the cloud."""
        session.start()
        return session.cloud_state


@dataclass(frozen=True, eq=False)
class Describe(Request[Outline]):
    """What a client must know of a model that only the cloud has."""

    model: str

    def ask(self, session: EngineSession) -> Outline:
        """Return its outline."""
        return session.describe(self.model)


@dataclass(frozen=True, eq=False)
class MakeKeys(Request[KeysReady]):
    """The keys for some settings, made unless they exist."""

    settings: Settings

    def ask(self, session: EngineSession) -> KeysReady:
        """Return the keys."""
        return session.prepare(self.settings)


@dataclass(frozen=True, eq=False)
class Classify(Request[Classification]):
    """A picture's answer, the keys made first if they are missing."""

    settings: Settings
    picture: Picture

    def ask(self, session: EngineSession) -> Classification:
        """Return the answer."""
        session.prepare(self.settings)
        return session.classify(self.picture)


@dataclass(frozen=True, eq=False)
class ClassifyFrames(Request[None]):
    """The answers to the frames of a live drawing, as long as there are any; see `Stream`.

    They are too quick for their stages to be followed.
    """

    is_followed = False
    settings: Settings
    take: Callable[[], Picture | None]
    give: Callable[[Classification], None]

    def ask(self, session: EngineSession) -> None:
        """Take, classify and give until nothing is left to take."""
        session.prepare(self.settings)
        session.stream(self.take, self.give)


@dataclass(frozen=True, eq=False)
class EncryptAgain(Request[SecondEncryption]):
    """A picture encrypted once more, to be compared with `reference`."""

    settings: Settings
    picture: Picture
    reference: bytes

    def ask(self, session: EngineSession) -> SecondEncryption:
        """Return the ciphertext, and the share of its bytes that differ."""
        session.prepare(self.settings)
        encrypted = session.encrypt(self.picture)
        return SecondEncryption(encrypted, differing_share(self.reference, encrypted.data))


@dataclass(frozen=True, eq=False)
class UseWrongKey(Request[tuple[float, ...]]):
    """The last result, decrypted with a key that does not belong to it."""

    def ask(self, session: EngineSession) -> tuple[float, ...]:
        """Return what looks like scores."""
        return session.decrypt_with_wrong_key()


@dataclass(frozen=True, eq=False)
class LetCloudTry(Request[CloudAttempt]):
    """What the cloud makes of the last picture without the key."""

    def ask(self, session: EngineSession) -> CloudAttempt:
        """Return the cloud's attempt."""
        return session.let_cloud_try()


@dataclass(frozen=True, eq=False)
class Unpack(Request[Coefficients]):
    """The numbers of the last picture's ciphertext."""

    def ask(self, session: EngineSession) -> Coefficients:
        """Return the numbers."""
        return session.unpack()


@dataclass(frozen=True, eq=False)
class FlipBit(Request[FlippedBit]):
    """What becomes of the last picture's ciphertext with one bit flipped."""

    bit: int

    def ask(self, session: EngineSession) -> FlippedBit:
        """Return what came back."""
        return session.classify_with_flipped_bit(self.bit)


@dataclass(frozen=True, eq=False)
class RunProgram(Request[tuple[StepOutcome, ...]]):
    """What each step of a program of the playground gives; only new ones are performed."""

    program: Program

    def ask(self, session: EngineSession) -> tuple[StepOutcome, ...]:
        """Return the outcomes."""
        return session.run_program(self.program)


@dataclass(frozen=True, eq=False)
class Teach(Request[TeachingRun]):
    """What is in the ciphertexts after every stage of a picture's run, for show."""

    settings: Settings
    picture: Picture
    is_followed = False

    def ask(self, session: EngineSession) -> TeachingRun:
        """Return what was found, the keys made first if they are missing."""
        session.prepare(self.settings)
        return session.teach(self.picture)


@dataclass(frozen=True, eq=False)
class RecordWire(Request[None]):
    """What crosses to a cloud elsewhere, written into a file from now on."""

    path: Path

    def ask(self, session: EngineSession) -> None:
        """Begin the file."""
        session.record(self.path)


@dataclass(frozen=True, eq=False)
class StopRecording(Request[str]):
    """The end of that file."""

    def ask(self, session: EngineSession) -> str:
        """Return what went wrong with it, or nothing."""
        return session.stop_recording()


@dataclass(frozen=True, eq=False)
class Calibrate(Request[None]):
    """This machine's primitive costs, measured once."""

    def ask(self, session: EngineSession) -> None:
        """Measure them."""
        session.calibrate()


def differing_share(first: bytes, second: bytes) -> float:
    """Return the share of positions at which two byte strings differ, 0 to 1."""
    length = min(len(first), len(second))
    a, b = (np.frombuffer(data, np.uint8, length) for data in (first, second))
    return float((a != b).mean()) if length else 0.0
