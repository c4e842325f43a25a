"""Where a sweep is kept between two starts of the program: its plan beside the engine's table.

`plan.json` says what was asked for and whether it was brought to its end; `sweep.csv`, written by
the engine row by row, has what was measured.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from filelock import FileLock, Timeout

from app.state.drawing import Picture
from app.sweep.choice import SweepChoice, as_json, from_json
from engine.errors import ResultsError
from engine.files import lock_for, write_whole
from engine.pictures.fitting import SIDE
from engine.resources import model_names
from engine.studies.sweeps.records import SweepRow
from engine.studies.sweeps.table import read_table

VERSION = 1
PLAN_NAME = "plan.json"
MAX_PLAN_BYTES = 100_000
PICTURE_SOURCE = "the picture on the canvas"


@dataclass(frozen=True, eq=False)
class SweepMemory:
    """What the last sweep was; `is_open` if it was neither finished nor cancelled."""

    choice: SweepChoice
    picture: Picture | None
    is_open: bool


def default_folder() -> Path:
    """Return the folder for it in the user's data."""
    return Path(platformdirs.user_data_dir("ciphersketch", appauthor=False)) / "sweep"


def claim_plan(folder: Path) -> FileLock:
    """Take the right to write the plan, until it is released; ResultsError if it is another's."""
    try:
        return lock_for(folder / PLAN_NAME)
    except ResultsError as error:
        if not isinstance(error.__cause__, Timeout):
            raise
        raise ResultsError(
            "Another window is measuring a sweep; wait until that has ended, or pause it there."
        ) from error


def save_plan(folder: Path, memory: SweepMemory) -> None:
    """Write the plan; raise ResultsError if the folder cannot be written."""
    data = {
        "version": VERSION,
        "choice": as_json(memory.choice),
        "picture": None if memory.picture is None else memory.picture.tobytes().hex(),
        "shape": None if memory.picture is None else (1, 1, *memory.picture.shape)[-3:],
        "is_open": memory.is_open,
    }
    path = folder / PLAN_NAME
    try:
        write_whole(path, json.dumps(data))
    except OSError as error:
        raise ResultsError(
            f"The sweep cannot be kept in {folder} ({error.strerror}); make room or mend the "
            "folder, and start it again."
        ) from error


def load_plan(folder: Path) -> SweepMemory | None:
    """Return the last plan, None if there is none; raise ResultsError, the file put aside."""
    path = folder / PLAN_NAME
    try:
        if not path.exists():
            return None
        if path.stat().st_size > MAX_PLAN_BYTES:
            raise ValueError("it is too large")
        return _parse(json.loads(path.read_text("utf-8")))
    except (OSError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise ResultsError(_put_aside(path, error)) from error


def load_rows(folder: Path) -> tuple[SweepRow, ...]:
    """Return all rows that were ever measured in the folder; raise ResultsError if damaged."""
    return read_table(folder)


def _parse(data: dict[str, Any]) -> SweepMemory:
    if data["version"] != VERSION:
        raise ValueError(f"its version is {data['version']}, not {VERSION}")
    picture = None
    if data["picture"] is not None:
        channels, height, width = data.get("shape") or (1, SIDE, SIDE)
        shape = (height, width) if channels == 1 else (channels, height, width)
        picture = np.frombuffer(bytes.fromhex(data["picture"]), np.uint8).reshape(shape)
    return SweepMemory(from_json(data["choice"], model_names()), picture, bool(data["is_open"]))


def _put_aside(path: Path, error: Exception) -> str:
    aside = path.with_suffix(".json.broken")
    sentence = f"The plan of the last sweep cannot be read ({error})"
    try:
        path.replace(aside)
    except OSError:
        return f"{sentence}; a new one begins."
    return f"{sentence}; it was put aside as {aside.name}."
