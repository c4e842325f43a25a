"""Model files: one safetensors file a network, read with every doubt about what it says."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from engine.errors import ModelError
from engine.networks.layers import Conv2d, Dense, Layer, ModelCard, Network, Square

MAX_MODEL_BYTES = 64 * 2**20


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
        if not 0 < network.card.temperature < np.inf:
            raise ValueError(f"a temperature of {network.card.temperature}")
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
