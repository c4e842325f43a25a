"""Model files: one safetensors file a network, read with every doubt about what it says."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from engine.errors import ModelError, one_line
from engine.networks.layers import (
    Affine,
    AveragePool,
    Conv2d,
    Dense,
    Layer,
    ModelCard,
    Network,
    Permute,
    Polynomial,
    Reshape,
    Shape,
    Square,
)

MAX_MODEL_BYTES = 64 * 2**20
MAX_NUMBER = 4096
"""No stride, padding or kernel is larger."""
MAX_INPUTS = 2**14
"""A picture of 3 x 64 x 64 values has 12,288."""
MAX_VALUES = 2**20
"""Between two layers: 256 channels of 64 x 64."""

ARRAYS: dict[type[Layer], tuple[str, ...]] = {
    Conv2d: ("weight", "bias"),
    Dense: ("weight", "bias"),
    Affine: ("gain", "shift"),
    Polynomial: ("coefficients", "size"),
    AveragePool: (),
    Reshape: (),
    Permute: ("order",),
    Square: (),
}
"""The kinds of layers, and which of their fields are arrays; all others are small numbers."""


def save_network(network: Network, path: Path) -> None:
    """Write `network` as one safetensors file: float32 arrays, layers and card as JSON metadata."""
    tensors: dict[str, npt.NDArray[np.float32]] = {}
    kinds: list[dict[str, Any]] = []
    for index, layer in enumerate(network.layers):
        entry: dict[str, Any] = {"kind": type(layer).__name__}
        for field in dataclasses.fields(layer):
            value = getattr(layer, field.name)
            if field.name in ARRAYS[type(layer)]:
                tensors[f"{index}.{field.name}"] = np.ascontiguousarray(value, dtype=np.float32)
            else:
                entry[field.name] = value
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
        card["input_shape"] = _shape(card.get("input_shape", [1, 28, 28]))
        layers = tuple(
            _build_layer(entry, index, tensors)
            for index, entry in enumerate(json.loads(metadata["layers"]))
        )
        network = Network(path.stem, layers, ModelCard(**card))
        shape = network.card.input_shape
        for layer in layers:
            shape = layer.output_shape(shape)
        with np.errstate(all="ignore"):
            logits = network.forward(np.zeros((1, *network.card.input_shape)))
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
        reason = one_line(error)
        raise ModelError(
            f"The model file {path.name} is damaged or not a CipherSketch model ({reason})."
        ) from error
    if logits.shape != (1, len(network.card.classes)) or not np.isfinite(logits).all():
        raise ModelError(f"The model file {path.name} does not give one finite score per class.")
    return network


def _build_layer(
    entry: dict[str, Any], index: int, tensors: dict[str, npt.NDArray[np.float32]]
) -> Layer:
    kinds = {kind.__name__: kind for kind in ARRAYS}
    if entry["kind"] not in kinds:
        raise ValueError(f"unknown layer kind {entry['kind']!r}")
    kind = kinds[entry["kind"]]
    arrays: dict[str, Any] = {
        name: tensors[f"{index}.{name}"].astype(np.float64) for name in ARRAYS[kind]
    }
    numbers: dict[str, Any] = {
        name: _numbers(value, MAX_VALUES if name == "shape" else MAX_NUMBER)
        for name, value in entry.items()
        if name != "kind"
    }
    layer: Layer = kind(**arrays, **numbers)
    return layer


def _shape(value: object) -> Shape:
    sides = _numbers(value, MAX_INPUTS)
    if isinstance(sides, int) or len(sides) != 3:
        raise ValueError(f"an input shape of {value!r}")
    channels, height, width = sides
    if not 0 < channels * height * width <= MAX_INPUTS:
        raise ValueError(f"an input of {channels} x {height} x {width} values")
    return channels, height, width


def _numbers(value: object, most: int) -> int | tuple[int, ...]:
    """Return a whole number from 0 to `most`, or some; ValueError for anything else."""
    if isinstance(value, list):
        return tuple(_number(each, most) for each in value)
    return _number(value, most)


def _number(value: object, most: int) -> int:
    if not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(f"{value!r} is no whole number up to {most:,}")
    return value
