"""What a worker may do: compute, and answer. No network, no other process, nothing written.

Set in the worker's own process before it reads its first byte; none of it can be undone. Files in
memory stay possible, because SEAL reads and writes nothing else.
"""

import resource
from dataclasses import dataclass

MOST_FILES = 64
LONGEST_FILE = 1 << 29


@dataclass(frozen=True)
class Limits:
    """Of one worker: address space in bytes, processor time in seconds over its whole life."""

    memory: int = 2 << 30
    processor_seconds: int = 3600


def confine(limits: Limits) -> None:
    """Bind this process to `limits` for good."""
    for kind, value in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.processor_seconds),
        (resource.RLIMIT_NOFILE, MOST_FILES),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_FSIZE, LONGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))
