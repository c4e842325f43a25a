"""The settings to begin with, for any network: the fastest that keep its precision."""

import contextlib
import json
from pathlib import Path

import platformdirs

from engine.ckks.parameters import (
    POLY_MODULUS_DEGREES,
    SCALE_BITS_RANGE,
    ProtocolName,
    Settings,
)
from engine.errors import ModelError
from engine.files import write_whole
from engine.networks.architecture_text import is_notation
from engine.planning.kept import kept_by_model
from engine.planning.search import PRECISE, fastest_precise
from engine.resources import model_sha256

VERSION = 4
"""Of what is kept: one more when another setting may be recommended."""


def known_recommendation(model: str, protocol: ProtocolName = "one-shot") -> Settings | None:
    """Return what `recommended` found on this computer before, without any planning, else None."""
    try:
        degree, bits = _kept()[_key(model, protocol, None, PRECISE)]
    except (KeyError, ModelError):
        return None
    return Settings(model, degree, bits, None, protocol)


@kept_by_model(64)
def recommended(
    model: str,
    protocol: ProtocolName = "one-shot",
    poly_modulus_degree: int | None = None,
    most_error: float = PRECISE,
) -> Settings:
    """Return the fastest setting for a model with at most that error expected, perhaps at one N.

    What was found is kept in the user's cache folder, under the hash of the model's file. Raises
    ModelError, and ParameterError if the network is too deep.
    """
    if is_notation(model):
        return fastest_precise(model, protocol, poly_modulus_degree, most_error)
    key = _key(model, protocol, poly_modulus_degree, most_error)
    if (kept := _kept().get(key)) is not None:
        return Settings(model, *kept, None, protocol)
    found = fastest_precise(model, protocol, poly_modulus_degree, most_error)
    _keep(key, found)
    return found


def _kept_path() -> Path:
    return platformdirs.user_cache_path("ciphersketch") / "recommended.json"


def _kept() -> dict[str, tuple[int, int]]:
    """Return the (degree, bits) that were found before; none if the file cannot be used."""
    try:
        data = json.loads(_kept_path().read_text())
        return {
            str(key): (degree, bits)
            for key, (degree, bits) in data.items()
            if degree in POLY_MODULUS_DEGREES and bits in SCALE_BITS_RANGE
        }
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _keep(key: str, settings: Settings) -> None:
    entry = settings.poly_modulus_degree, settings.scale_bits
    with contextlib.suppress(OSError):  # found again the next time
        write_whole(_kept_path(), json.dumps(_kept() | {key: entry}))


def _key(
    model: str, protocol: ProtocolName, poly_modulus_degree: int | None, most_error: float
) -> str:
    return f"{VERSION} {model_sha256(model)} {protocol} {poly_modulus_degree} {most_error}"
