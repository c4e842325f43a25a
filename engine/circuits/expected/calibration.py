"""The measured cost of each primitive on this machine, kept between runs.

The cloud's process measures it once (`engine.circuits.expected.primitives` needs SEAL), what runs
then take corrects it (`engine.session.pace`); the window only reads the file in the user's cache
folder, to predict times before anything runs.
"""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import platformdirs

from engine.circuits.expected.cost import (
    KEPT_RUNS,
    MEASURED,
    MOST_PACE,
    PRIMITIVES,
    PrimitiveCosts,
)
from engine.ckks.parameters import POLY_MODULUS_DEGREES
from engine.files import write_whole


def costs_path() -> Path:
    """Return where the measured costs are kept."""
    return platformdirs.user_cache_path("ciphersketch") / "primitive-costs.json"


def save_costs(costs: PrimitiveCosts, path: Path) -> None:
    """Write the costs as JSON, whole or not at all; raise OSError if they cannot be."""
    write_whole(path, json.dumps(costs_to_json(costs), indent=1))


def load_costs(path: Path) -> PrimitiveCosts | None:
    """Read the costs; None if they were never measured or the file cannot be used."""
    try:
        return costs_from_json(json.loads(path.read_text()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def costs_to_json(costs: PrimitiveCosts) -> dict[str, Any]:
    """Return the JSON form of `costs`."""
    return {
        "degree": costs.poly_modulus_degree,
        "seconds": costs.seconds,
        "runs": costs.runs,
        "day": costs.day,
    }


def costs_from_json(data: Mapping[str, Any]) -> PrimitiveCosts:
    """Return costs from their JSON form; raise KeyError, TypeError or ValueError if malformed."""
    try:
        seconds = {
            name: tuple(float(value) for value in data["seconds"][name])
            for name in (*PRIMITIVES, "make_galois_key")
        }
        degree = int(data["degree"])
        runs = tuple(float(each) for each in data.get("runs", MEASURED))
        day = str(data.get("day", ""))
    except OverflowError as error:
        raise ValueError("a primitive cost is beyond all numbers") from error
    if not all(values and all(0 < value < 3600 for value in values) for values in seconds.values()):
        raise ValueError("a primitive cost is missing or not positive")
    if degree not in POLY_MODULUS_DEGREES:
        raise ValueError(f"costs were never measured at N = {degree}")
    are_paces = all(1 / MOST_PACE <= each <= MOST_PACE for each in runs)
    if not are_paces or not 1 <= len(runs) <= KEPT_RUNS:
        raise ValueError("the runs since the costs were measured cannot be used")
    if day:
        date.fromisoformat(day)
    return PrimitiveCosts(degree, seconds, runs, day)
