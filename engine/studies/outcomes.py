"""What stays of complete evaluations: on which pictures encrypted and clear answers differed.

A small JSON file for each, in the user's cache beside the journals of those that are under way.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.ckks.parameters import Settings
from engine.errors import ResultsError
from engine.files import write_results
from engine.studies.evaluation import Evaluation, evaluations_folder, usual_journal
from engine.studies.summary import Summary

MAX_BYTES = 2**22


@dataclass(frozen=True)
class Outcome:
    """The pictures, numbered as in the file of the model's data set, that answers differed on."""

    settings: Settings
    disagreements: tuple[int, ...]


def keep_outcome(evaluation: Evaluation, summary: Summary) -> Path:
    """Keep what a complete evaluation came to and return where; ResultsError if that fails."""
    path = usual_journal(evaluation).with_suffix(".json")
    data = {**evaluation.header, "disagreements": summary.disagreements}
    write_results(path, json.dumps(data))
    return path


def kept_outcomes() -> tuple[Outcome, ...]:
    """Return what was kept of all complete evaluations; ResultsError if a file is damaged."""
    return tuple(_outcome_in(path) for path in sorted(evaluations_folder().glob("*.json")))


def settings_in(header: dict[str, Any]) -> Settings:
    """Return the setting that an evaluation's header names; raise LookupError, TypeError."""
    return Settings(
        model=str(header["model"]),
        poly_modulus_degree=header["poly_modulus_degree"],
        scale_bits=header["scale_bits"],
        outer_bits=header["outer_bits"],
        protocol=header["protocol"],
    )


def _outcome_in(path: Path) -> Outcome:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("it is too large")
        data = json.loads(path.read_text("utf-8"))
        return Outcome(settings_in(data), tuple(map(int, data["disagreements"])))
    except (OSError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise ResultsError(f"The evaluation {path} is damaged ({error}); move it away.") from error
