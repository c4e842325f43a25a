"""Files that survive whatever stops the program: whole or not at all, and one writer at a time."""

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from engine.errors import ResultsError


class HeldFile:
    """The right to write `path`, from its making to `close`; `with` closes it.

    Raises ResultsError if another process has it or none may.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = lock_for(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let others have it."""
        self._lock.release()


def write_whole(path: Path, text: str) -> None:
    """Write a file in UTF-8, on the disk once this returns; raise OSError if it cannot be.

    Until then the file is what it was before, whatever happens.
    """
    partial = path.with_name(f"{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        with suppress(OSError):
            partial.unlink()
        raise


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its folder's owner may read, whole or not at all; raise OSError."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        if sys.platform != "win32" and os.geteuid() == 0:  # for the user whose folder it is
            owner = path.parent.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        file.write(data)
    partial.replace(path)


def write_results(path: Path, text: str) -> None:
    """Do as `write_whole`; raise ResultsError if it cannot be."""
    try:
        write_whole(path, text)
    except OSError as error:
        raise unwritable(path, error) from error


def lock_for(path: Path) -> FileLock:
    """Take the right to write `path`; ResultsError if another process has it or none may."""
    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=0, thread_local=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise ResultsError(
            f"Another process is writing {path}; wait for its end, or choose another place."
        ) from error
    except OSError as error:
        raise unwritable(path, error) from error
    return lock


def unwritable(path: Path, error: OSError) -> ResultsError:
    """Return the error of a file that cannot be written: a full disk, mostly."""
    return ResultsError(
        f"The file {path} could not be written ({error.strerror}); what was finished before is "
        "kept: make room, or mend its folder, and run the same again to go on."
    )
