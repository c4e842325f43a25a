"""A file that grows by one JSON line at a time and survives whatever stops the program.

Its first line says what the lines belong to, so nothing is ever continued with other work. A line
that was cut off in the middle is dropped; every whole line is on the disk once `append` returns.
"""

import json
import os
from pathlib import Path
from typing import Any

from engine.errors import ResultsError
from engine.files import HeldFile, unwritable

MAX_BYTES = 2**28


class Journal(HeldFile):
    """A journal that is open for writing, to one process at a time.

    `entries` are the lines it had when it was opened, after the header.
    """

    def __init__(self, path: Path, header: dict[str, Any]) -> None:
        """Open or begin the journal at `path`; ResultsError if it belongs to something else."""
        super().__init__(path)
        try:
            self.entries = self._open(header)
        except BaseException:
            super().close()
            raise

    def append(self, entry: dict[str, Any]) -> None:
        """Add a line; when this returns it is on the disk. Raises ResultsError if it cannot be."""
        line = _line(entry)
        end = self._file.seek(0, os.SEEK_END)
        try:
            while line:  # a disk that is nearly full takes a part
                line = line[self._file.write(line) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            self._file.truncate(end)
            raise unwritable(self.path, error) from error

    def close(self) -> None:
        """Close the file and let others have it."""
        self._file.close()
        super().close()

    def _open(self, header: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            self._file = self.path.open("a+b", buffering=0)
        except OSError as error:
            raise unwritable(self.path, error) from error
        try:
            lines = read_lines(self.path)
            if not lines:
                if not _line(header).startswith(self.path.read_bytes()):
                    raise _damaged(self.path, "it has no whole line")
                self._file.truncate(0)
                self.append(header)
                return []
            found, *entries = lines
            if found != header:
                raise ResultsError(_difference(self.path, found, header))
            self._file.truncate(_whole_bytes(self.path))
        except BaseException:
            self._file.close()
            raise
        return entries


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the whole lines of a journal, without one that was cut off; no file is no lines."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ResultsError(
                f"The file {path} is larger than {MAX_BYTES >> 20} MB; move it away."
            )
        data = path.read_bytes()[: _whole_bytes(path)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ResultsError(f"The file {path} cannot be read ({error.strerror}).") from error
    try:
        lines = [json.loads(line) for line in data.splitlines()]
        if not all(isinstance(line, dict) for line in lines):
            raise ValueError("a line is no object")
    except (ValueError, RecursionError) as error:
        raise _damaged(path, error) from error
    return lines


def _line(entry: dict[str, Any]) -> bytes:
    return (json.dumps(entry, separators=(",", ":")) + "\n").encode()


def _damaged(path: Path, reason: object) -> ResultsError:
    return ResultsError(
        f"The file {path} is damaged or none of this program's ({reason}); move it away."
    )


def _whole_bytes(path: Path) -> int:
    """Return the size of a file up to the end of its last whole line."""
    return path.read_bytes().rfind(b"\n") + 1


def _difference(path: Path, found: dict[str, Any], header: dict[str, Any]) -> str:
    names = [name for name in header if found.get(name) != header[name]]
    if not names:
        return f"The file {path} is of another version of this program; choose another file."
    name = names[0]
    return (
        f"The file {path} belongs to other work: its {name} is {found.get(name)!r}, "
        f"not {header[name]!r}; choose another file."
    )
