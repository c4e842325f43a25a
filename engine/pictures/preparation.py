"""Which data set a model was trained on, and how a picture is prepared the way that set was made.

Model files are named after their data set (`kmnist-network1`), so nothing has to be read.
"""

from pathlib import Path

from engine.pictures.datasets import CLASSES
from engine.pictures.images import Centre, Grey, load_picture, to_network_input

FIRST_DATASET = "MNIST"

CENTRES: dict[str, Centre] = {"MNIST": "mass", "KMNIST": "box", "FashionMNIST": "box"}
"""MNIST puts the ink's centre of mass at the centre; the other two fill the picture."""


def dataset_of(model: str) -> str:
    """Return the data set of the model `model`; MNIST for a name that names none."""
    named = model.partition("-")[0].lower()
    return next((dataset for dataset in CLASSES if dataset.lower() == named), FIRST_DATASET)


def centre_of(model: str) -> Centre:
    """Return how `engine.pictures.images.to_network_input` centres a picture for `model`."""
    return CENTRES[dataset_of(model)]


def model_for(dataset: str, like: str, names: tuple[str, ...]) -> str | None:
    """Return which of the models `names` to use for `dataset`: best the network of model `like`.

    None if no model was trained on that data set.
    """
    candidates = [name for name in names if dataset_of(name) == dataset]
    if like in candidates:
        return like
    same = f"{dataset.lower()}-{like.partition('-')[2]}"
    return same if same in candidates else next(iter(candidates), None)


def read_picture(path: str | Path, model: str = "mnist-network1") -> Grey:
    """Read a picture file as the (28, 28) uint8 that the model `model` classifies: ink 255 on 0.

    Raises ImageError if it is not a picture, is too large, or shows nothing.
    """
    return to_network_input(load_picture(Path(path)), centre_of(model))
