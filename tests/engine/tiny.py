"""A model that nobody has trained, of sixteen windows: a batch takes a second or two with it."""

from pathlib import Path

import numpy as np

from engine.ckks.parameters import Settings
from engine.networks.files import save_network
from engine.networks.layers import Conv2d, Dense, ModelCard, Network, Square

TINY = Settings(model="tiny-for-batches")


def save_tiny(folder: Path) -> Path:
    """Write the model into `folder`; return its file."""
    rng, path = np.random.default_rng(5), folder / f"{TINY.model}.safetensors"
    layers = (
        Conv2d(rng.normal(size=(1, 1, 7, 7)) / 7, np.array([0.1]), 7),
        Square(),
        Dense(rng.normal(size=(10, 16)) / 4, rng.normal(size=10)),
    )
    card = ModelCard("MNIST", "tiny", tuple("0123456789"), 0.0, 0, 4.0, 4.0, "none")
    save_network(Network(path.stem, layers, card), path)
    return path
