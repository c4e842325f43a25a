"""The table of a sweep, `sweep.csv` in its folder: every finished row is on the disk at once.

The file is replaced as a whole by each new row, so it is whole at any time, whatever happens.
"""

import csv
import dataclasses
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.ckks.parameters import Settings
from engine.errors import ResultsError
from engine.files import HeldFile, write_results
from engine.studies.judging import MODES
from engine.studies.summary import Accuracy, Summary
from engine.studies.sweeps.records import SweepPoint, SweepRow

FILE_NAME = "sweep.csv"
MAX_BYTES = 2**26

SETTINGS = tuple(field.name for field in dataclasses.fields(Settings))
SUMMARY = tuple(field.name for field in dataclasses.fields(Summary) if field.name != "auc")
"""Without what only networks of two classes have: tables of earlier versions lack it."""
ROW = ("source", "samples_sha256", "model_sha256", "coeff_modulus_bits", "reason")
FOR_READERS = tuple(
    f"{which}_accuracy{part}" for which in ("clear", "encrypted") for part in ("", "_low", "_high")
)
"""Columns that follow from others, for whoever opens the file; they are not read back."""
COLUMNS = (*SETTINGS, "mode", *FOR_READERS, *SUMMARY, *ROW)


class SweepTable(HeldFile):
    """A sweep's table that is open for writing, to one process at a time."""

    def __init__(self, folder: Path) -> None:
        """Open or begin the table in `folder`; ResultsError if it is in use or damaged."""
        super().__init__(folder / FILE_NAME)
        try:
            self.rows = list(read_table(folder))
        except BaseException:
            self.close()
            raise

    def add(self, row: SweepRow) -> None:
        """Add a row; when this returns it is on the disk. Raises ResultsError if it cannot be."""
        rows = [*self.rows, row]
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(_cells(each) for each in rows)
        write_results(self.path, text.getvalue())
        self.rows = rows


def read_table(folder: Path) -> tuple[SweepRow, ...]:
    """Return the rows of the sweep in `folder`, none if there is no table yet.

    Raises ResultsError if the table is damaged; a last line that was cut off is left out.
    """
    path = folder / FILE_NAME
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ResultsError(f"The table {path} is over {MAX_BYTES >> 20} MB; move it away.")
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise ResultsError(f"The table {path} cannot be read ({error}); move it away.") from error
    try:
        reader = csv.DictReader(io.StringIO(text[: text.rfind("\n") + 1]), strict=True)
        if missing := set(COLUMNS).difference(reader.fieldnames or COLUMNS):
            raise LookupError(f"it has no column {min(missing)}")
        return tuple(_row(cells) for cells in reader)
    except (csv.Error, LookupError, TypeError, ValueError, RecursionError) as error:
        raise ResultsError(
            f"The table {path} is damaged or none of this program's ({error}); move it away."
        ) from error


def _cells(row: SweepRow) -> dict[str, str]:
    settings, summary = row.point.settings, row.summary
    cells = {name: _cell(getattr(settings, name)) for name in SETTINGS}
    cells["mode"] = row.point.mode
    cells |= {name: _cell(getattr(row, name)) for name in ROW}
    if summary is not None:
        cells |= {name: _cell(getattr(summary, name)) for name in SUMMARY}
        cells |= _for_readers("clear", summary.clear_accuracy)
        cells |= _for_readers("encrypted", summary.encrypted_accuracy)
    return cells


def _for_readers(which: str, accuracy: Accuracy | None) -> dict[str, str]:
    if accuracy is None:
        return {}
    values = (accuracy.percent, accuracy.low, accuracy.high)
    names = (f"{which}_accuracy{part}" for part in ("", "_low", "_high"))
    return {name: f"{value:.4f}" for name, value in zip(names, values, strict=True)}


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _row(cells: Mapping[str, str]) -> SweepRow:
    usual = Settings()
    settings: dict[str, Any] = {
        name: cells[name] if isinstance(getattr(usual, name), str) else _value(cells[name])
        for name in SETTINGS
    }
    mode = {each: each for each in MODES}[cells["mode"]]  # type: ignore[index]
    summary = Summary(**{name: _value(cells[name]) for name in SUMMARY})
    return SweepRow(
        point=SweepPoint(Settings(**settings), mode),
        source=cells["source"],
        samples_sha256=cells["samples_sha256"],
        model_sha256=cells["model_sha256"],
        coeff_modulus_bits=_value(cells["coeff_modulus_bits"]),
        summary=None if cells["reason"] else summary,
        reason=cells["reason"] or None,
    )


def _value(cell: str) -> Any:  # noqa: ANN401 - JSON
    return None if cell == "" else _as_tuple(json.loads(cell))


def _as_tuple(value: Any) -> Any:  # noqa: ANN401 - JSON
    return tuple(map(_as_tuple, value)) if isinstance(value, list) else value
