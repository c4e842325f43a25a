"""A sweep's points as a file for other programs: CSV or JSON, with the command of each."""

import csv
import dataclasses
import io
import json
from typing import Any

from app.sweep.figures import accuracy, command_text, seconds_per_picture
from app.sweep.rows import PointState
from app.sweep.running import Sweeps
from engine.studies.sweeps.records import SweepPoint

COLUMNS = (
    *("model", "poly_modulus_degree", "scale_bits", "outer_bits", "protocol", "mode"),
    *("pictures", "state"),
    *("seconds_per_picture", "bytes_up", "bytes_down", "key_bytes", "largest_relative_error"),
    *("encrypted_accuracy", "encrypted_accuracy_low", "encrypted_accuracy_high"),
    *("clear_accuracy", "same", "coeff_modulus_bits", "reason", "command"),
)


def csv_text(sweeps: Sweeps) -> str:
    """Return the points as CSV with a heading; what is not known stays empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for point, state in zip(sweeps.points, sweeps.states, strict=True):
        writer.writerow(_cells(sweeps, point, state))
    return text.getvalue()


def json_text(sweeps: Sweeps) -> str:
    """Return the points as a JSON list, with everything that the engine measured."""
    points = [
        {
            **_cells(sweeps, point, state),
            "summary": (
                None
                if state.row is None or state.row.summary is None
                else dataclasses.asdict(state.row.summary)
            ),
        }
        for point, state in zip(sweeps.points, sweeps.states, strict=True)
    ]
    return json.dumps(points, indent=2) + "\n"


def _cells(sweeps: Sweeps, point: SweepPoint, state: PointState) -> dict[str, Any]:
    settings = point.settings
    reason = sweeps.limits.get(point, state.fault)
    cells: dict[str, Any] = {
        "model": settings.model,
        "poly_modulus_degree": settings.poly_modulus_degree,
        "scale_bits": settings.scale_bits,
        "outer_bits": settings.outer_bits,
        "protocol": settings.protocol,
        "mode": point.mode,
        "pictures": sweeps.choice.pictures or 1,
        "state": "open" if state.row is None and not reason else "failed" if reason else "done",
        "reason": reason,
        "command": command_text(point, sweeps.choice.pictures),
    }
    row = state.row
    if row is None or row.summary is None:
        return cells
    share, clear = accuracy(row), row.summary.clear_accuracy
    return cells | {
        "pictures": row.summary.pictures,
        "seconds_per_picture": seconds_per_picture(row),
        "bytes_up": row.summary.bytes_up,
        "bytes_down": row.summary.bytes_down,
        "key_bytes": row.summary.key_bytes,
        "largest_relative_error": row.summary.largest_relative_error,
        "encrypted_accuracy": share and share.percent,
        "encrypted_accuracy_low": share and share.low,
        "encrypted_accuracy_high": share and share.high,
        "clear_accuracy": clear and clear.percent,
        "same": row.summary.same,
        "coeff_modulus_bits": " ".join(map(str, row.coeff_modulus_bits)),
    }
