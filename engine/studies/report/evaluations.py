"""Reading what `python -m engine evaluate --json` printed, to tell of many evaluations at once."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.ckks.parameters import Settings
from engine.errors import ResultsError
from engine.studies.provenance import Provenance
from engine.studies.report.sweep_files import provenance_from
from engine.studies.summary import Accuracy

MAX_BYTES = 2**22


@dataclass(frozen=True)
class Evaluated:
    """What a report tells of one evaluation; `milliseconds` is the whole time per picture."""

    model: str
    source: str
    mode: str
    pictures: int
    setting: str
    clear: Accuracy
    encrypted: Accuracy
    same: int
    disagreements: tuple[int, ...]
    largest_relative_error: float
    milliseconds: float
    made: Provenance


def read_evaluations(folder: Path) -> tuple[Evaluated, ...]:
    """Read every *.json file of `folder`, by name; raise ResultsError if one is none of ours."""
    return tuple(_read(path) for path in sorted(folder.glob("*.json")))


def _read(path: Path) -> Evaluated:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"over {MAX_BYTES >> 20} MB")
        report = json.loads(path.read_text("utf-8"))
        return _evaluated(report)
    except (OSError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise ResultsError(
            f"The file {path} is not what evaluate --json prints ({error}); make it again."
        ) from error


def _evaluated(report: dict[str, Any]) -> Evaluated:
    settings, pictures, parts = report["settings"], int(report["pictures"]), int(report["parts"])
    setting = f"{settings['poly_modulus_degree']}, {settings['scale_bits']}"
    if settings["protocol"] != Settings().protocol:
        setting += f", {settings['protocol']}"
    return Evaluated(
        model=str(report["model"]),
        source=str(report["source"]),
        mode=str(report["mode"]),
        pictures=pictures,
        setting=setting,
        clear=Accuracy(**report["clear_accuracy"]),
        encrypted=Accuracy(**report["encrypted_accuracy"]),
        same=int(report["same"]),
        disagreements=tuple(int(index) for index in report["disagreements"]),
        largest_relative_error=float(report["largest_relative_error"]),
        milliseconds=float(report["seconds"]) * parts / pictures * 1000,
        made=provenance_from(report["provenance"]),
    )
