"""The run database: one SQLite file in the person's data folder, free of Qt.

Several windows may have it open. Whatever is wrong with the file or its folder ends in a
StoreError with one sentence, or in a notice when it could be mended; rows are never dropped
silently. A store is used by one thread at a time.
"""

import sqlite3
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from app.compare.rows import ADD, COLUMNS, CREATE, RowError, from_row, to_row
from app.state.stored_run import StoredRun

VERSION = 1
APPLICATION_ID = 0x43534B52  # "CSKR", so that another program's database is not taken for ours
BUSY_SECONDS = 5.0
SUFFIXES = ("", "-wal", "-shm")
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}

_SELECT = f"SELECT {', '.join(COLUMNS)} FROM runs"  # noqa: S608 - only our own column names
_INSERT = (
    f"INSERT OR REPLACE INTO runs ({', '.join(COLUMNS)}) "  # noqa: S608 - see above
    f"VALUES ({', '.join('?' * len(COLUMNS))})"
)


def default_store_path() -> Path:
    """Return where the runs lie on this machine."""
    return Path(platformdirs.user_data_dir("ciphersketch", appauthor=False)) / "runs.sqlite3"


class StoreError(Exception):
    """The database cannot be used now; the message is one sentence for the person."""


class NewerStoreError(StoreError):
    """The database was made by a newer version of the program; it is left untouched."""


class _DamagedError(Exception):
    """The file is none of ours, or broken."""


@dataclass(frozen=True)
class Changes:
    """What is to be written: runs to save as they are now, and ids of runs to delete."""

    saved: tuple[StoredRun, ...] = ()
    deleted: tuple[str, ...] = ()


class RunStore:
    """The file at `path`, opened when it is first needed and again whenever it was replaced."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.notices: list[str] = []
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._data_version = -1  # SQLite changes it when another window has written
        self._known: dict[str, StoredRun] = {}
        self._unreadable: set[str] = set()

    def sync(self, changes: Changes) -> tuple[StoredRun, ...]:
        """Write `changes`, then return every run that there is now, oldest first.

        What went wrong but was mended is added to `notices`. Raises StoreError.
        """
        try:
            return self._sync(changes)
        except (sqlite3.Error, _DamagedError) as error:
            self.close()
            if not _is_damage(error):
                raise StoreError(_sentence(error, self.path)) from error
        try:
            self._put_aside()
            return self._sync(changes)
        except (sqlite3.Error, _DamagedError, OSError) as error:
            self.close()
            raise StoreError(_sentence(error, self.path)) from error

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = self._identity = None
        self._data_version = -1

    def _sync(self, changes: Changes) -> tuple[StoredRun, ...]:
        connection = self._open()
        if changes.saved or changes.deleted:
            with connection:
                connection.executemany(_INSERT, map(to_row, changes.saved))
                connection.executemany(
                    "DELETE FROM runs WHERE id = ?", [(each,) for each in changes.deleted]
                )
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if changes != Changes() or version != self._data_version:
            self._read(connection)
            self._data_version = version
        return tuple(sorted(self._known.values(), key=lambda run: run.at))

    def _read(self, connection: sqlite3.Connection) -> None:
        """Bring `_known` up to date; only rows that are new are read whole."""
        pins = dict(connection.execute("SELECT id, pinned FROM runs"))
        known = {
            name: run if run.pinned == bool(pins[name]) else run.with_pin(bool(pins[name]))
            for name, run in self._known.items()
            if name in pins
        }
        damaged = 0
        for name in pins.keys() - known.keys() - self._unreadable:
            for row in connection.execute(f"{_SELECT} WHERE id = ?", (name,)):
                try:
                    known[name] = from_row(row)
                except RowError:
                    self._unreadable.add(name)
                    damaged += 1
        if damaged:
            self.notices.append(
                f"{_count(damaged)} in {self.path} cannot be read and stayed there untouched; "
                "the others are shown."
            )
        self._known = known

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and self._identity == _identity(self.path):
            return self._connection
        self.close()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreError(_sentence(error, self.path)) from error
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level="IMMEDIATE"
        )
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        self._connection, self._identity = connection, _identity(self.path)
        self._refill(connection)
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION and _has_id(connection, APPLICATION_ID):
            raise NewerStoreError(
                f"The past runs in {self.path} belong to a newer version of CipherSketch and are "
                "left untouched; the runs of this session are kept until the window is closed."
            )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = ON")  # a deleted picture leaves no trace
        with connection:
            connection.execute("BEGIN IMMEDIATE")  # of two windows that start, one makes the table
            if _is_empty(connection):
                connection.execute(CREATE)
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {VERSION}")
            elif not _has_id(connection, APPLICATION_ID):
                raise _DamagedError("not a database of this program")
            for name in ADD.keys() - _columns(connection):
                connection.execute(ADD[name])
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise _DamagedError("a page of it is damaged")

    def _refill(self, connection: sqlite3.Connection) -> None:
        """Write what this window knows and the file, opened again, does not have."""
        there = {name for (name,) in connection.execute("SELECT id FROM runs")}
        missing = [run for name, run in self._known.items() if name not in there]
        with connection:
            connection.executemany(_INSERT, map(to_row, missing))
        if missing:
            self.notices.append(
                f"{_count(len(missing))} had vanished from {self.path} and came back from this "
                "window's memory."
            )

    def _put_aside(self) -> None:
        """Rename a damaged file, so that a new one takes its place."""
        self.close()
        stamp = time.strftime("%Y%m%d-%H%M%S")
        aside = self.path.with_name(f"{self.path.name}.damaged-{stamp}")
        while aside.exists():
            aside = aside.with_name(f"{aside.name}+")
        for suffix in SUFFIXES:
            with suppress(FileNotFoundError):
                Path(f"{self.path}{suffix}").rename(f"{aside}{suffix}")
        self.notices.append(
            f"The file of past runs was damaged and put aside as {aside.name}; a new one is used."
        )


def _is_damage(error: Exception) -> bool:
    return isinstance(error, _DamagedError) or _code(error) in DAMAGED


def _code(error: Exception) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # without what kind of its kind it is


def _has_id(connection: sqlite3.Connection, wanted: int) -> bool:
    return bool(connection.execute("PRAGMA application_id").fetchone()[0] == wanted)


def _is_empty(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT name FROM sqlite_master").fetchone() is None


def _columns(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM pragma_table_info('runs')")}


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _count(runs: int) -> str:
    return f"{runs} run{'' if runs == 1 else 's'}"


def _sentence(error: Exception, path: Path) -> str:
    reason = {
        sqlite3.SQLITE_FULL: "the disk is full: free some space",
        sqlite3.SQLITE_BUSY: "another window is writing to it",
        sqlite3.SQLITE_READONLY: "it may not be written: allow writing to it",
        sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check its folder",
        sqlite3.SQLITE_IOERR: "the disk failed: check it",
    }.get(_code(error), getattr(error, "strerror", None) or str(error))
    return (
        f"Runs cannot be saved to {path} ({reason}); until the window is closed they are kept in "
        "it and tried again."
    )
