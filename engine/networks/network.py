"""Networks as data: layers, the model file they are stored in, and their clear forward pass.

This is the reference that the encrypted circuit is compared with. A trained network arrives here
with batch normalisation and the coefficients of its polynomial activations already folded into
weights and biases, so the only activation is the square.
"""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from engine.arrays import Array
from engine.errors import ModelError

MAX_MODEL_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Conv2d:
    """A convolution without padding: `weight` (out, in, kernel, kernel), `bias` (out,)."""

    weight: Array
    bias: Array
    stride: int

    def forward(self, x: Array) -> Array:
        """Map (batch, in, height, width) to (batch, out, height', width')."""
        kernel = self.weight.shape[-1]
        windows = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), axis=(2, 3))
        windows = windows[:, :, :: self.stride, :: self.stride]
        out: Array = np.einsum("bihwkl,oikl->bohw", windows, self.weight, optimize=True)
        return out + self.bias[:, None, None]


@dataclass(frozen=True)
class Square:
    """The activation x², slot by slot."""

    def forward(self, x: Array) -> Array:
        """Square every value; any shape."""
        return x * x


@dataclass(frozen=True)
class Dense:
    """A linear layer: `weight` (out, in), `bias` (out,). Flattens its input channel first."""

    weight: Array
    bias: Array

    def forward(self, x: Array) -> Array:
        """Map (batch, ...) with `in` values a picture to (batch, out)."""
        return x.reshape(len(x), -1) @ self.weight.T + self.bias


Layer = Conv2d | Square | Dense


@dataclass(frozen=True)
class ModelCard:
    """What a model is and how it was made; stored in the model file.

    `clear_accuracy` is a percentage of `test_pictures` pictures; `largest_logit` and
    `largest_activation` are the largest absolute values met on them, which the encryption
    parameters must leave room for.
    """

    dataset: str
    architecture: str
    classes: tuple[str, ...]
    clear_accuracy: float
    test_pictures: int
    largest_logit: float
    largest_activation: float
    training: str


@dataclass(frozen=True, eq=False)
class Network:
    """A trained network: pictures (batch, 1, 28, 28) in [0, 1] to logits (batch, classes).

    Compared by identity, so that what is planned for it can be kept.
    """

    name: str
    layers: tuple[Layer, ...]
    card: ModelCard

    def forward(self, pictures: Array) -> Array:
        """Return the logits, shape (batch, classes)."""
        x = np.asarray(pictures, dtype=np.float64)
        for layer in self.layers:
            x = layer.forward(x)
        return x


def relative_errors(scores: Array, clear: Array) -> Array:
    """Return the largest error of each picture's scores over its largest clear score: (pictures,).

    Both have shape (pictures, classes).
    """
    errors: Array = np.abs(scores - clear).max(axis=1) / np.abs(clear).max(axis=1)
    return errors


def save_network(network: Network, path: Path) -> None:
    """Write `network` as one safetensors file: float32 arrays, layers and card as JSON metadata."""
    tensors: dict[str, npt.NDArray[np.float32]] = {}
    kinds: list[dict[str, Any]] = []
    for index, layer in enumerate(network.layers):
        entry: dict[str, Any] = {"kind": type(layer).__name__}
        if isinstance(layer, Conv2d | Dense):
            tensors[f"{index}.weight"] = np.ascontiguousarray(layer.weight, dtype=np.float32)
            tensors[f"{index}.bias"] = np.ascontiguousarray(layer.bias, dtype=np.float32)
        if isinstance(layer, Conv2d):
            entry["stride"] = layer.stride
        kinds.append(entry)
    metadata = {
        "layers": json.dumps(kinds),
        "card": json.dumps(dataclasses.asdict(network.card)),
    }
    save_file(tensors, path, metadata=metadata)


def load_network(path: Path) -> Network:
    """Read a model file; raise ModelError if it is missing, too large, damaged or inconsistent."""
    if not path.is_file():
        raise ModelError(f"The model file {path} does not exist.")
    if path.stat().st_size > MAX_MODEL_BYTES:
        raise ModelError(f"The model file {path} is larger than {MAX_MODEL_BYTES >> 20} MB.")
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
        card = json.loads(metadata["card"])
        card["classes"] = tuple(card["classes"])
        layers = tuple(
            _build_layer(entry, index, tensors)
            for index, entry in enumerate(json.loads(metadata["layers"]))
        )
        network = Network(path.stem, layers, ModelCard(**card))
        with np.errstate(all="ignore"):
            logits = network.forward(np.zeros((1, 1, 28, 28)))
        if not 0 < network.card.largest_logit < np.inf:
            raise ValueError(f"a largest score of {network.card.largest_logit}")
    except (
        SafetensorError,
        OSError,
        LookupError,
        TypeError,
        ValueError,
        ArithmeticError,
        RecursionError,
        MemoryError,
    ) as error:
        raise ModelError(
            f"The model file {path.name} is damaged or not a CipherSketch model ({error})."
        ) from error
    if logits.shape != (1, len(network.card.classes)) or not np.isfinite(logits).all():
        raise ModelError(f"The model file {path.name} does not give one finite score per class.")
    return network


def _build_layer(
    entry: dict[str, Any], index: int, tensors: dict[str, npt.NDArray[np.float32]]
) -> Layer:
    if entry["kind"] == "Square":
        return Square()
    weight = tensors[f"{index}.weight"].astype(np.float64)
    bias = tensors[f"{index}.bias"].astype(np.float64)
    if entry["kind"] == "Conv2d":
        return Conv2d(weight, bias, int(entry["stride"]))
    if entry["kind"] == "Dense":
        return Dense(weight, bias)
    raise ValueError(f"unknown layer kind {entry['kind']!r}")
