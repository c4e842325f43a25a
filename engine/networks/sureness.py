"""How sure an answer is: scores turned into probabilities that mean what they say.

Temperature scaling and the expected calibration error are those of C. Guo et al., "On Calibration
of Modern Neural Networks", ICML 2017.
"""

import numpy as np
import numpy.typing as npt

from engine.arrays import Array

BINS = 15
COLDEST, WARMEST = 0.2, 5.0
STEPS = 60


def probabilities(scores: Array, temperature: float) -> Array:
    """Return how likely each class is: the softmax of scores (..., classes) over `temperature`."""
    powers = np.exp((scores - scores.max(axis=-1, keepdims=True)) / temperature)
    likely: Array = powers / powers.sum(axis=-1, keepdims=True)
    return likely


def calibration_error(likely: Array, labels: npt.NDArray[np.integer]) -> float:
    """Return by how many percentage points the largest probability misses the accuracy.

    `likely` has shape (n, classes); the mean is over 15 bins of equal width, by their pictures.
    """
    sure, right = likely.max(axis=1), likely.argmax(axis=1) == labels
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    missed = np.bincount(place, right - sure, BINS)
    return 100 * float(np.abs(missed).sum()) / len(labels)


def fitted_temperature(scores: Array, labels: npt.NDArray[np.integer]) -> float:
    """Return the temperature under which `labels` are likeliest; `scores` is (n, classes).

    The mean surprise has one minimum, so thirds of the range without it are cut off.
    """

    def surprise(logarithm: float) -> float:
        likely = probabilities(scores, float(np.exp(logarithm)))
        chosen = likely[np.arange(len(labels)), labels]
        return -float(np.log(np.maximum(chosen, 1e-300)).mean())

    low, high = np.log(COLDEST), np.log(WARMEST)
    for _ in range(STEPS):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if surprise(left) < surprise(right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))
