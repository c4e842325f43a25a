"""Where the files that come with the program lie: trained models and the window's assets.

A source tree has them in `models/` and `assets/` beside the packages; an installed wheel carries
them inside, as `engine/models/` and `app/assets/`.
"""

from pathlib import Path

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


def model_path(name: str) -> Path:
    """Return the file of the model `name`; ModelError, listing the known ones, if it is not one.

    Only a name out of `model_names` is accepted, so no name can lead out of the models' folder.
    """
    known = model_names()
    if name not in known:
        listed = ", ".join(known) or f"none, as {models_dir()} has no *.safetensors file"
        raise ModelError(f"There is no model named {name!r}; there are: {listed}.")
    return models_dir() / f"{name}.safetensors"


def clear_model_path(name: str) -> Path:
    """Return the file of a network that only ever runs in the clear; it may not exist."""
    return models_dir() / "clear" / f"{name}.safetensors"


def _packaged_or_beside(package: str, folder: str) -> Path:
    packaged = ROOT / package / folder
    return packaged if packaged.is_dir() else ROOT / folder
