"""Runs as rows of the database: a few columns of SQL, and JSON for what has parts.

JSON columns let a record gain fields: an older row then has their defaults.
"""

import dataclasses
import json
import math
import struct
import typing
from typing import Any, TypeVar

from app.state.stored_run import SIDE, KeySizes, StoredRun
from engine.ckks.parameters import POLY_MODULUS_DEGREES, Settings
from engine.session.events import StageFinished

MARK = b"PICTURE"
HEAD = len(MARK) + 6
NUMBERS = ("server_seconds", "total_seconds", "largest_difference", "relative_error")
COUNTS = ("ciphertext_bytes", "result_bytes")
LISTS = ("coeff_modulus_bits", "classes", "encrypted", "clear")
FIRST = ("id", "at", "pinned", "picture", "settings", *LISTS, "stages", "keys", *COUNTS, *NUMBERS)
LATER = ("why_not_clear",)
"""Columns that databases made before do not have: they get them, empty."""
COLUMNS = FIRST + LATER

CREATE = f"""
CREATE TABLE runs (
    id TEXT PRIMARY KEY, at REAL NOT NULL, pinned INTEGER NOT NULL, picture BLOB NOT NULL,
    {", ".join(f"{name} TEXT NOT NULL" for name in ("settings", *LISTS, "stages"))}, keys TEXT,
    {", ".join(f"{name} INTEGER NOT NULL" for name in COUNTS)},
    {", ".join(f"{name} REAL" for name in NUMBERS)},
    {", ".join(f"{name} TEXT NOT NULL DEFAULT ''" for name in LATER)}
)
"""
ADD = {name: f"ALTER TABLE runs ADD COLUMN {name} TEXT NOT NULL DEFAULT ''" for name in LATER}
"""What gives a database each of the columns that came later."""

Row = tuple[Any, ...]
Record = TypeVar("Record", Settings, StageFinished, KeySizes)
HINTS: dict[type, dict[str, Any]] = {
    kind: typing.get_type_hints(kind) for kind in (Settings, StageFinished, KeySizes)
}


class RowError(ValueError):
    """A row that is not a run: somebody or something changed it."""


def to_row(run: StoredRun) -> Row:
    """Return the values of `COLUMNS` for a run."""
    values = {name: getattr(run, name) for name in COLUMNS}
    values["pinned"] = int(run.pinned)
    values["picture"] = pack_picture(run.picture, run.shape)
    values["settings"] = json.dumps(dataclasses.asdict(run.settings))
    for name in LISTS:
        values[name] = json.dumps(values[name])
    values["stages"] = json.dumps([dataclasses.asdict(stage) for stage in run.stages])
    values["keys"] = None if run.keys is None else json.dumps(dataclasses.asdict(run.keys))
    return tuple(values.values())


def from_row(row: Row) -> StoredRun:
    """Return the run of a row of `COLUMNS`; raise RowError if it is none."""
    values = dict(zip(COLUMNS, row, strict=True))
    try:
        values["pinned"] = bool(values["pinned"])
        values["picture"], values["shape"] = unpack_picture(values["picture"])
        values["settings"] = _record(Settings, json.loads(values["settings"]))
        for name in LISTS:
            values[name] = tuple(json.loads(values[name]))
        values["stages"] = tuple(
            _record(StageFinished, each) for each in json.loads(values["stages"])
        )
        for name in NUMBERS:  # SQLite has no NaN and keeps it as NULL
            values[name] = math.nan if values[name] is None else values[name]
        if values["keys"] is not None:
            values["keys"] = _record(KeySizes, json.loads(values["keys"]))
        run = StoredRun(**values)
        _check(run)
    except (TypeError, ValueError, AttributeError) as error:
        raise RowError(f"The run {values['id']!r} is damaged ({error}).") from error
    return run


def pack_picture(picture: bytes, shape: tuple[int, ...]) -> bytes:
    """Return a picture as it is kept: 28 x 28 grey levels bare, others after their sides."""
    if shape == (SIDE, SIDE):
        return picture
    return MARK + struct.pack("<3H", *(1,) * (3 - len(shape)), *shape) + picture


def unpack_picture(data: object) -> tuple[bytes, tuple[int, ...]]:
    """Return a picture that was kept, and its shape; raise ValueError if it is none."""
    if isinstance(data, bytes) and len(data) == SIDE * SIDE:
        return data, (SIDE, SIDE)
    if isinstance(data, bytes) and data.startswith(MARK) and len(data) > HEAD:
        channels, height, width = struct.unpack_from("<3H", data, len(MARK))
        if channels in {1, 3} and channels * height * width == len(data) - HEAD:
            return data[HEAD:], (height, width) if channels == 1 else (channels, height, width)
    raise ValueError("its picture is none")


def _record(kind: type[Record], fields: dict[str, Any]) -> Record:
    """Return a record of `kind` from those fields that it knows; raise TypeError."""
    hints = HINTS[kind]
    known = {name: value for name, value in fields.items() if name in hints}
    for name, value in known.items():
        if not _fits(value, hints[name]):
            raise TypeError(f"{name} is {value!r}")
    return kind(**known)


def _fits(value: object, hint: Any) -> bool:  # noqa: ANN401 - any kind of type
    if typing.get_origin(hint) is typing.Literal:
        return value in typing.get_args(hint)
    if hint is float:
        return isinstance(value, (int, float))
    return isinstance(value, hint)


def _check(run: StoredRun) -> None:
    numbers = (run.at, *run.encrypted, *run.clear, *(getattr(run, name) for name in NUMBERS))
    if not all(isinstance(value, (int, float)) for value in numbers):
        raise TypeError("a score or a time is not a number")
    if not math.isfinite(run.at):
        raise ValueError("its time is not finite")
    if not isinstance(run.why_not_clear, str):
        raise TypeError("why there are no clear scores is not said")
    clear = 0 if run.why_not_clear else len(run.classes)
    if not (len(run.classes) == len(run.encrypted) > 0 and len(run.clear) == clear):
        raise ValueError("its scores do not fit its classes")
    if not all(isinstance(value, str) for value in run.classes):
        raise TypeError("a class is not a name")
    counts = (*run.coeff_modulus_bits, *(getattr(run, name) for name in COUNTS))
    if not run.coeff_modulus_bits or not all(isinstance(value, int) for value in counts):
        raise TypeError("a size is not a whole number")
    if run.settings.poly_modulus_degree not in POLY_MODULUS_DEGREES:
        raise ValueError(f"N is {run.settings.poly_modulus_degree}")
