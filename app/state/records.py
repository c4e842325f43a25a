"""The records that the state is made of: phases, messages, stages, proofs."""

from dataclasses import dataclass
from enum import Enum

from engine.session.events import Encrypted
from engine.session.inspection import Coefficients
from engine.session.proofs import CloudAttempt
from engine.session.tampering import FlippedBit


class Phase(Enum):
    """What the engine is doing."""

    IDLE = "idle"
    MAKING_KEYS = "making keys"
    CLASSIFYING = "classifying"
    CANCELLING = "cancelling"


class Progress(Enum):
    """How far a stage of the journey is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


class Tone(Enum):
    """What kind of sentence a message is."""

    PLAIN = "muted"
    ERROR = "danger"


@dataclass(frozen=True)
class Message:
    """One sentence for the person."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass
class StageState:
    """A stage's progress: seconds and bytes when done, `done` of `total` parts while running."""

    progress: Progress = Progress.WAITING
    seconds: float = 0.0
    wire_bytes: int = 0
    level: int = 0
    done: int = 0
    total: int = 0
    started_at: float = 0.0


@dataclass(frozen=True)
class LiveFigures:
    """How live mode does: answers shown, frames dropped, and the latest rate and delay.

    `per_second` is None before the second answer in a row; `delay_seconds` runs from the newest
    point of the pen to the painted answer, the median, and `last_delay_seconds` is the last.
    """

    is_on: bool = False
    answers: int = 0
    dropped: int = 0
    per_second: float | None = None
    delay_seconds: float | None = None
    last_delay_seconds: float | None = None


@dataclass(frozen=True)
class SecondEncryption:
    """The same picture encrypted again, and the share of its bytes that differ from before."""

    encrypted: Encrypted
    differing: float


@dataclass(frozen=True, eq=False)
class Evidence:
    """What proves that the ciphertext is one: the latest attempt of each kind, if any.

    `flips` are all of them, the latest last.
    """

    ciphertext: Encrypted | None = None
    again: SecondEncryption | None = None
    wrong_scores: tuple[float, ...] = ()
    attempt: CloudAttempt | None = None
    coefficients: Coefficients | None = None
    flips: tuple[FlippedBit, ...] = ()
