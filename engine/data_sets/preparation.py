"""Which data set a model was trained on, and how a picture is prepared the way that set was made.

Model files are named after their data set (`kmnist-network1`), so nothing has to be read.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.data_sets.registry import DATA_SETS, Fitting
from engine.networks.layers import Shape
from engine.pictures.fitting import SIDE, Centre, to_network_input
from engine.pictures.images import Photo, decode_photo, load_picture, photo_input, read_bytes

FIRST_DATASET = "MNIST"


def dataset_of(model: str) -> str:
    """Return the data set of the model `model`; MNIST for a name that names none."""
    named = model.partition("-")[0].lower()
    return next((dataset for dataset in DATA_SETS if dataset.lower() == named), FIRST_DATASET)


def fitting_of(model: str, shape: Shape | None = None) -> Fitting:
    """Return how a picture is prepared for `model`, which reads `shape` if no data set says so.

    Drawings are 28 x 28 grey levels; whatever else a network reads is a photo.
    """
    fitting = DATA_SETS[dataset_of(model)].fitting
    return fitting if shape in {None, (1, SIDE, SIDE)} else "photo"


def centre_of(model: str) -> Centre:
    """Return how `engine.pictures.fitting.to_network_input` centres ink for `model`."""
    return "box" if fitting_of(model) == "box" else "mass"


def model_for(dataset: str, like: str, names: tuple[str, ...]) -> str | None:
    """Return which of the models `names` to use for `dataset`: best the network of model `like`.

    None if no model was trained on that data set.
    """
    candidates = [name for name in names if dataset_of(name) == dataset]
    if like in candidates:
        return like
    same = f"{dataset.lower()}-{like.partition('-')[2]}"
    return same if same in candidates else next(iter(candidates), None)


def as_photo_input(photo: Photo, shape: Shape) -> npt.NDArray[np.uint8]:
    """Return what a network that reads `shape` sees of a photo: (h, w), or colours (3, h, w)."""
    made = photo_input(photo, shape)
    return made[0] if len(made) == 1 else made


def read_picture(
    path: str | Path, model: str = "mnist-network1", shape: Shape | None = None
) -> npt.NDArray[np.uint8]:
    """Read a picture file as what the model `model` classifies: grey (h, w), or colour (3, h, w).

    A drawing's ink is 255 on 0. `shape` is what the network reads, else its data set's. Raises
    ImageError if it is not a picture, is too large, or shows nothing.
    """
    if fitting_of(model, shape) == "photo":
        photo = decode_photo(read_bytes(Path(path)), Path(path).name)
        return as_photo_input(photo, shape or DATA_SETS[dataset_of(model)].shape)
    return to_network_input(load_picture(Path(path)), centre_of(model))
