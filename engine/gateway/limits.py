"""What a worker may do: compute, and answer. No network, no other process, nothing written.

Set in the worker's own process before it reads its first byte; none of it can be undone. Files in
memory stay possible, because SEAL reads and writes nothing else.
"""

import ctypes
import resource
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from engine.errors import ProcessLostError
from engine.gateway import landlock, syscalls
from engine.resources import ROOT

SUDDEN = 1 << 30
LEAST_MEMORY = 128 << 20
"""A worker that has the keys of network 1 and computes on a picture takes 98 MB (measured)."""
LAST_SECONDS = 10
"""So much longer than its processor time has a worker to say that this is used up."""
MOST_FILES = 16
LONGEST_FILE = 1 << 29
_NO_NEW_PRIVILEGES, _DIE_WITH_PARENT, _DUMPABLE = 38, 1, 4
_KILLED = 9


@dataclass(frozen=True)
class Limits:
    """Of one worker: resident memory in bytes, processor time in seconds over its whole life.

    The gateway looks at the memory and kills: SEAL that is refused memory waits for ever for a lock
    of its own (measured). Address space has SUDDEN more, against growth between two looks.
    """

    memory: int = 2 << 30
    processor_seconds: int = 3600


def confine(limits: Limits) -> None:
    """Bind this process to `limits` for good; raise OSError where the kernel cannot."""
    with suppress(OSError):  # where memory runs out, let it be a worker that goes
        Path("/proc/self/oom_score_adj").write_text("1000")
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_DIE_WITH_PARENT, _KILLED)
    libc.prctl(_DUMPABLE, 0)  # nobody reads another worker's memory
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if landlock.version(libc):
        landlock.restrict_to_reading(libc, own_files())
    for kind, value in (
        (resource.RLIMIT_AS, limits.memory + SUDDEN),
        (resource.RLIMIT_NOFILE, MOST_FILES),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_FSIZE, min(LONGEST_FILE, limits.memory)),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))
    _limit_processor_time(limits.processor_seconds)
    if syscalls.is_known():
        syscalls.refuse(libc)


def missing() -> tuple[str, ...]:
    """Return in words what this machine cannot keep a worker from."""
    found = []
    if not landlock.version(ctypes.CDLL(None, use_errno=True)):
        found.append("this kernel has no Landlock: workers are not kept from reading files")
    if not syscalls.is_known():
        found.append("no list of system calls for this processor: workers are not kept from any")
    return tuple(found)


def own_files() -> tuple[Path, ...]:
    """Return what a worker may read: the program itself, and where randomness comes from."""
    folders = {Path(sys.prefix), Path(sys.base_prefix), ROOT / "engine", Path("/dev/urandom")}
    executable = Path(sys.executable)  # in a bundle it has the modules in it
    return tuple(sorted(path for path in {*folders, executable} if path.exists()))


def _limit_processor_time(seconds: int) -> None:
    def say(_number: int, _frame: FrameType | None) -> None:
        raise ProcessLostError(
            f"The cloud's worker used up its {seconds} s of processor time; the next run gets a "
            "new one."
        )

    signal.signal(signal.SIGXCPU, say)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + LAST_SECONDS))
