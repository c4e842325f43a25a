"""Runs for other programs: as CSV, as JSON, and as the command line that repeats one."""

import csv
import dataclasses
import io
import json
import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from app.state.stored_run import StoredRun


def as_csv(runs: Sequence[StoredRun]) -> str:
    """Return a table: a header and one line for each run, every number as it was measured."""
    rows = [_flat(_fields(run)) for run in runs]
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_json(runs: Sequence[StoredRun]) -> str:
    """Return a list with an object for each run; the picture is in rows of levels."""
    pictured = [{**_fields(run), "picture": run.pixels.tolist()} for run in runs]
    return json.dumps(pictured, indent=2) + "\n"


def command_for(run: StoredRun, picture: Path) -> str:
    """Return the command line that repeats a run on the file `picture`.

    With a model that is a cloud's secret, the pairing address of that cloud is left to fill in.
    """
    words = ["python", "-m", "engine", "classify", str(picture)]
    for name, value in dataclasses.asdict(run.settings).items():
        if value is not None:
            words += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join([*words, *(() if run.clear else ("--cloud", "ADDRESS"))])


def _fields(run: StoredRun) -> dict[str, object]:
    security_2018, security_2024 = run.security
    return {
        "id": run.id,
        "time": datetime.fromtimestamp(run.at, UTC).isoformat(timespec="seconds"),
        "pinned": run.pinned,
        "settings": dataclasses.asdict(run.settings),
        "coeff_modulus_bits": list(run.coeff_modulus_bits),
        "security_2018": security_2018,
        "security_2024": security_2024,
        "prediction": run.answer,
        "clear_prediction": run.clear_answer,
        "encrypted": dict(zip(run.classes, run.encrypted, strict=True)),
        "clear": dict(zip(run.classes, run.clear, strict=True)) if run.clear else {},
        "why_not_clear": run.why_not_clear,
        "largest_difference": run.largest_difference if run.clear else None,
        "relative_error": run.relative_error if run.clear else None,
        "ciphertext_bytes": run.ciphertext_bytes,
        "result_bytes": run.result_bytes,
        "keys": None if run.keys is None else dataclasses.asdict(run.keys),
        "stage_seconds": {stage.key: stage.seconds for stage in run.stages},
        "server_seconds": run.server_seconds,
        "total_seconds": run.total_seconds,
    }


def _flat(fields: dict[str, object], prefix: str = "") -> dict[str, object]:
    """Return one level of columns: parts of parts become `part_of`, lists are joined by spaces."""
    flat: dict[str, object] = {}
    for name, value in fields.items():
        if isinstance(value, dict):
            # Settings stand alone; the others' parts (scores, stages) need their owner's name.
            flat |= _flat(value, "" if name == "settings" else f"{name}_")
        elif isinstance(value, list):
            flat[prefix + name] = " ".join(map(str, value))
        else:
            flat[prefix + name] = value
    return flat
