"""Whether a picture is anything that a data set's networks know; a heart is no digit.

A network can only choose among its classes. A second, small one tells digits, clothes or kana from
all else; it runs in the clear where the picture is known anyway, at the key owner's (its card says
how it was made).
"""

import functools

import numpy as np
import numpy.typing as npt

from engine.arrays import Array, as_input
from engine.errors import ModelError
from engine.networks.files import load_network
from engine.networks.layers import Network
from engine.resources import clear_model_path

KNOWN, UNKNOWN = 0, 1
KNOWERS = {"MNIST": "no-digit", "FashionMNIST": "no-clothing", "KMNIST": "no-kana"}
"""The networks that know a data set's pictures from others; other sets have none."""


def are_known(pictures: npt.NDArray[np.uint8], dataset: str) -> list[bool]:
    """Tell of pictures (n, 28, 28) whether they are of the kind that `dataset` has.

    All are, for a data set that nothing is known about.
    """
    return _known(as_input(pictures), dataset)


def is_known(values: Array, dataset: str) -> bool:
    """Tell the same of one picture as a network reads it, (channels, height, width)."""
    return _known(values[None], dataset)[0]


def _known(values: Array, dataset: str) -> list[bool]:
    network = _knower(dataset)
    if network is None or values.shape[1:] != network.card.input_shape:
        return [True] * len(values)
    scores = network.forward(values)
    return [bool(known) for known in scores.argmax(axis=1) != UNKNOWN]


@functools.cache
def _knower(dataset: str) -> Network | None:
    name = KNOWERS.get(dataset)
    try:
        return None if name is None else load_network(clear_model_path(name))
    except ModelError:
        return None  # a model folder of one's own may lack it; answers come all the same
