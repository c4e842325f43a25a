"""Where the files that come with the program lie: trained models and the window's assets.

A source tree has them in `models/` and `assets/` beside the packages; an installed wheel carries
them inside, as `engine/models/` and `app/assets/`.
"""

import functools
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from engine.errors import ModelError

ROOT = Path(__file__).resolve().parent.parent


def models_dir() -> Path:
    """Return the folder of the trained models; it may not exist."""
    return _packaged_or_beside("engine", "models")


def assets_dir() -> Path:
    """Return the folder of the sample pictures and icons; it may not exist."""
    return _packaged_or_beside("app", "assets")


def model_names() -> tuple[str, ...]:
    """Return the names of the models that are there, sorted."""
    return tuple(sorted(path.stem for path in models_dir().glob("*.safetensors")))


def imported_dir() -> Path:
    """Return the folder of the models that a person imported; it may not exist.

    It is in the user's data folder, or where CIPHERSKETCH_MODELS says.
    """
    named = os.environ.get("CIPHERSKETCH_MODELS")
    if named:
        return Path(named)
    return platformdirs.user_data_path("ciphersketch", appauthor=False) / "models"


def imported_names() -> tuple[str, ...]:
    """Return the names of the imported models, sorted; none hides one that comes along."""
    found = {path.stem for path in imported_dir().glob("*.safetensors")}
    return tuple(sorted(found - set(model_names())))


def offered_names(wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Return the names of the models that are there: all, or those wanted; ModelError lacks one."""
    for name in wanted or ():
        model_path(name)
    known = (*model_names(), *imported_names())
    return known if wanted is None else tuple(name for name in known if name in wanted)


def model_path(name: str) -> Path:
    """Return the file of the model `name`; ModelError, listing the known ones, if it is not one.

    Only a name that is known is accepted, so no name can lead out of the models' folders.
    """
    known = model_names()
    if name in known:
        return models_dir() / f"{name}.safetensors"
    imported = imported_names()
    if name in imported:
        return imported_dir() / f"{name}.safetensors"
    listed = ", ".join((*known, *imported))
    listed = listed or f"none, as {models_dir()} has no *.safetensors file"
    raise ModelError(f"There is no model named {name!r}; there are: {listed}.")


def model_sha256(name: str) -> str:
    """Return the digest of a model's file; raise ModelError if there is none."""
    path = model_path(name)
    state = path.stat()
    return _sha256(path, state.st_mtime_ns, state.st_size)


@functools.lru_cache(maxsize=32)
def _sha256(path: Path, _changed_ns: int, _size: int) -> str:
    """Return the digest of a file, read again once it has changed."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def clear_model_path(name: str) -> Path:
    """Return the file of a network that only ever runs in the clear; it may not exist."""
    return models_dir() / "clear" / f"{name}.safetensors"


def _packaged_or_beside(package: str, folder: str) -> Path:
    packaged = ROOT / package / folder
    return packaged if packaged.is_dir() else ROOT / folder
