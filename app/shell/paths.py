"""Where the program keeps what it remembers."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Paths:
    """Where this machine keeps the log, the preferences and the runs; None: not remembered.

    `sweeps` is the folder of the sweep; None: the user's own.
    """

    log: Path
    preferences: Path | None
    runs: Path | None = None
    sweeps: Path | None = None
