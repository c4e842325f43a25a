"""How things stand with a cloud on another machine, for whoever shows it."""

from dataclasses import dataclass
from typing import Literal

Phase = Literal["unused", "connecting", "connected", "reconnecting", "lost", "closed"]
"""`lost` is tried again by the next call; `reconnecting` is under way, the run waits for it."""


@dataclass(frozen=True)
class CloudState:
    """Where the cloud is and how it answers.

    `where` is host and port; `round_trip` in seconds, missing until it was measured; `protocol`,
    `engine` and `models` (names with the SHA-256 of their files) are what the cloud said; `problem`
    is why the connection is gone, one sentence or empty; `sending` are the bytes of a message that
    have arrived there, and all of its bytes.
    """

    where: str
    phase: Phase
    round_trip: float | None = None
    protocol: int | None = None
    engine: str = ""
    models: tuple[tuple[str, str], ...] = ()
    problem: str = ""
    sending: tuple[int, int] | None = None
