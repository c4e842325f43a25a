"""Measures a folded network in numpy: its accuracy, and the sizes of its numbers.

The encryption parameters must leave room for the largest numbers, also for pictures that belong to
no data set.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import Array, as_input
from engine.networks.layers import Layer, Square

Pictures = npt.NDArray[np.uint8] | Array
"""As a split has them, or values as a network reads them."""
CHUNK = 1000


@dataclass(frozen=True)
class Sizes:
    """Of all pictures measured: largest |logit| and |hidden value|, rms before and after squares.

    `before` and `after` have one entry per square, in the network's order.
    """

    largest_logit: float
    largest_activation: float
    before: tuple[float, ...]
    after: tuple[float, ...]


def logits(layers: tuple[Layer, ...], pictures: Pictures) -> Array:
    """Return the answers (n, classes) to pictures (n, ...)."""
    chunks = [pictures[start : start + CHUNK] for start in range(0, len(pictures), CHUNK)]
    return np.concatenate([_forward(layers, chunk)[-1] for chunk in chunks])


def accuracy(
    layers: tuple[Layer, ...], pictures: Pictures, labels: npt.NDArray[np.integer]
) -> float:
    """Return the percentage of `pictures` whose largest logit is the label's."""
    right = np.count_nonzero(logits(layers, pictures).argmax(axis=1) == labels)
    return 100 * int(right) / len(labels)


def sizes(layers: tuple[Layer, ...], pictures: Pictures) -> Sizes:
    """Return how large the numbers become on `pictures`."""
    largest_logit = largest_activation = 0.0
    squares = [index for index, layer in enumerate(layers) if isinstance(layer, Square)]
    sums = np.zeros((2, len(squares)))
    for start in range(0, len(pictures), CHUNK):
        chunk = pictures[start : start + CHUNK]
        values = _forward(layers, chunk)
        largest_logit = max(largest_logit, float(np.abs(values[-1]).max()))
        hidden = max((float(np.abs(value).max()) for value in values[1:-1]), default=1.0)
        largest_activation = max(largest_activation, hidden)
        sums[0] += [len(chunk) * np.mean(values[index] ** 2) for index in squares]
        sums[1] += [len(chunk) * np.mean(values[index + 1] ** 2) for index in squares]
    before, after = np.sqrt(sums / len(pictures)).tolist()
    return Sizes(largest_logit, largest_activation, tuple(before), tuple(after))


def _forward(layers: tuple[Layer, ...], pictures: Pictures) -> list[Array]:
    """Return the pictures followed by the output of every layer."""
    is_split = pictures.dtype == np.uint8
    values = [as_input(pictures.astype(np.uint8)) if is_split else pictures.astype(np.float64)]
    for layer in layers:
        values.append(layer.forward(values[-1]))
    return values
