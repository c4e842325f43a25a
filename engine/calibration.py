"""The measured cost of each primitive on this machine, kept between runs.

The cloud's process measures it once (`engine.primitives` needs SEAL); the window only reads the
file in the user's cache folder, to predict times before anything runs.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import platformdirs

from engine.cost import PRIMITIVES, PrimitiveCosts


def costs_path() -> Path:
    """Return where the measured costs are kept."""
    return platformdirs.user_cache_path("ciphersketch") / "primitive-costs.json"


def save_costs(costs: PrimitiveCosts, path: Path) -> None:
    """Write the costs as JSON, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(costs_to_json(costs), indent=1))
    partial.replace(path)


def load_costs(path: Path) -> PrimitiveCosts | None:
    """Read the costs; None if they were never measured or the file cannot be used."""
    try:
        return costs_from_json(json.loads(path.read_text()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def costs_to_json(costs: PrimitiveCosts) -> dict[str, Any]:
    """Return the JSON form of `costs`."""
    return {"degree": costs.poly_modulus_degree, "seconds": costs.seconds}


def costs_from_json(data: Mapping[str, Any]) -> PrimitiveCosts:
    """Return costs from their JSON form; raise KeyError, TypeError or ValueError if malformed."""
    seconds = {
        name: tuple(float(value) for value in data["seconds"][name])
        for name in (*PRIMITIVES, "make_galois_key")
    }
    if not all(values and min(values) > 0 for values in seconds.values()):
        raise ValueError("a primitive cost is missing or not positive")
    return PrimitiveCosts(int(data["degree"]), seconds)
