"""Test pictures of a data set, made up."""

import numpy as np

from app.data_sets.shelves import Contents, Shelf
from engine.data_sets.splits import Split

COUNT = 10_000


def made_split(dataset: str) -> Split:
    """Return 10,000 made pictures; picture n is of class n % 10."""
    seed = {"MNIST": 0, "KMNIST": 1, "FashionMNIST": 2, "PenDigits": 3}[dataset]
    pictures = np.random.default_rng(seed).integers(0, 256, (COUNT, 28, 28), np.uint8)
    return Split(pictures, (np.arange(COUNT) % 10).astype(np.uint8))


def made_contents(shelf: Shelf) -> Contents:
    """Return what `made_split` makes for a shelf."""
    return Contents(made_split(shelf.name))
