"""An ONNX graph made into a network with a card: sizes measured, answers compared.

No data set is at hand, so pictures of many kinds are made by chance to see how large values get.
"""

import dataclasses
import functools
import math
import re
import tempfile
from pathlib import Path

import numpy as np
from safetensors import SafetensorError

from engine.arrays import Array
from engine.data_sets.preparation import read_picture
from engine.errors import ModelError, one_line
from engine.importing.comparison import compare
from engine.importing.onnx_file import Graph, read_onnx
from engine.networks.files import load_network, save_network
from engine.networks.layers import (
    Affine,
    Layer,
    ModelCard,
    Network,
    Polynomial,
    Shape,
)
from engine.networks.maps import linear_maps
from engine.resources import assets_dir, imported_dir, model_names

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
MOST_CLASSES = 100
SAMPLES = 32
USUAL = 0.9
"""Of the pictures made by chance so many count; the others are beyond what a network is made for,
and room for them would cost precision: after four squares, a value three times as large has become
ten million times as large."""


@dataclasses.dataclass(frozen=True)
class Preparation:
    """What a person says of a network: its classes, and the mean and deviation it was fed with.

    Pictures then come as 0 to 1. Without them, the network reads what the file's input says.
    """

    classes: tuple[str, ...] = ()
    mean: tuple[float, ...] = ()
    deviation: tuple[float, ...] = ()


NOTHING_SAID = Preparation()


def import_onnx(path: Path, name: str, preparation: Preparation, samples: Array | None) -> Network:
    """Make a model of an ONNX file and keep it under `name` in the user's data folder.

    `samples`, if any, are inputs (n, *input shape) to measure with. Raises ModelError.
    """
    check_name(name)
    return keep(network_from(read_onnx(path), name, preparation, samples))


def check_name(name: str) -> None:
    """Raise ModelError for a name that is none or is taken."""
    if not NAME.fullmatch(name):
        raise ModelError(
            f"A name of {name!r} does not do: up to 40 small letters, digits, - and _ do."
        )
    if name in model_names():
        raise ModelError(f"A model named {name} comes with the program; choose another name.")


def keep(network: Network) -> Network:
    """Write a network into the user's data folder and return it as it is read from there.

    A file that could not be read never takes the network's name.
    """
    target = imported_dir() / f"{network.name}.safetensors"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=target.parent) as folder:
            written = Path(folder) / target.name
            save_network(network, written)
            kept = load_network(written)
            written.replace(target)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{target} cannot be written ({error}).") from error
    return kept


def network_from(
    graph: Graph, name: str, preparation: Preparation, samples: Array | None
) -> Network:
    """Return the network of a graph, after comparing it with the graph's own answers."""
    shape = graph.shape
    if samples is None:
        inputs = _samples(shape)
    elif samples.size % math.prod(shape) or not samples.size:
        raise ModelError(f"Samples of shape {samples.shape} do not fit an input of {graph.sides}.")
    else:
        as_read = samples.shape[1:] == shape != graph.sides
        inputs = samples if as_read else graph.arranged(samples)
    network = measured_network(graph.layers, shape, name, preparation, inputs)
    compare(network, graph, inputs)
    return network


def measured_network(
    layers: tuple[Layer, ...],
    shape: Shape,
    name: str,
    preparation: Preparation = NOTHING_SAID,
    inputs: Array | None = None,
) -> Network:
    """Return a network of `layers` with the sizes that its values have on `inputs`.

    Raises ModelError if it cannot be encrypted.
    """
    inputs = _samples(shape) if inputs is None else inputs
    prepared = (*normalisation(preparation, shape[0]), *layers)
    measured, largest, scores = _measured(prepared, inputs)
    network = Network(name, measured, _card(name, preparation, shape, scores, largest))
    try:
        linear_maps(network)
    except ValueError as error:
        raise ModelError(f"{name} cannot be encrypted as it is: {one_line(error)}.") from error
    return network


def normalisation(preparation: Preparation, channels: int) -> tuple[Affine, ...]:
    """Return what stands before a network that was fed with a mean and a deviation, or nothing.

    Raises ModelError for numbers that do not fit the channels.
    """
    mean, deviation = preparation.mean, preparation.deviation
    if not mean and not deviation:
        return ()
    for numbers in (mean, deviation):
        if numbers and len(numbers) not in {1, channels}:
            raise ModelError(f"{len(numbers)} numbers do not fit {channels} channels.")
    if any(not each > 0 for each in deviation):
        raise ModelError(f"Deviations of {deviation} are not all positive.")
    ones = np.ones(channels)
    gain = 1 / (ones * np.array(deviation or (1.0,)))
    return (Affine(gain, -ones * np.array(mean or (0.0,)) * gain),)


def _samples(shape: Shape) -> Array:
    """Return pictures of many kinds, from 0 to 1: drawn digits, noise, strokes, blobs, fills."""
    rng = np.random.default_rng(0)
    channels, height, width = shape
    noise = rng.random((SAMPLES, *shape))
    strokes = (rng.random((SAMPLES, *shape)) < 0.15).astype(np.float64)
    coarse = rng.random((SAMPLES, channels, -(-height // 4), -(-width // 4)))
    blobs = coarse.repeat(4, axis=2).repeat(4, axis=3)[:, :, :height, :width]
    kinds = [noise, strokes, blobs, np.stack([np.zeros(shape), np.ones(shape)])]
    if len(drawn := _drawn_digits()):
        rows, columns = (np.arange(side) * 28 // side for side in (height, width))
        digits = drawn[:, None, rows[:, None], columns]
        kinds.insert(0, np.broadcast_to(digits, (len(drawn), *shape)))
    return np.concatenate(kinds)


@functools.cache
def _drawn_digits() -> Array:
    """Return the shipped samples (n, 28, 28), from 0 to 1; they may be missing."""
    paths = sorted((assets_dir() / "samples").glob("*.png"))
    return np.array([read_picture(path) / 255 for path in paths])


def _measured(layers: tuple[Layer, ...], x: Array) -> tuple[tuple[Layer, ...], float, Array]:
    """Return the layers with the sizes of what activations read, the largest value, the scores."""
    found, largest = [], 0.0
    for layer in layers:
        if isinstance(layer, Polynomial):
            middle = np.zeros(len(layer.size))
            if len(layer.coefficients) == 3:
                middle = layer.coefficients[1] / (2 * layer.coefficients[2])
            shifted = x + middle.reshape(-1, *(1,) * (x.ndim - 2))
            places = tuple(range(2, x.ndim))
            rms = np.quantile(np.sqrt(np.mean(shifted**2, axis=places)), USUAL, axis=0)
            size = np.where(rms > 0, rms, 1.0)
            layer = dataclasses.replace(layer, size=size)  # noqa: PLW2901 - the same, measured
            largest = max(largest, float((np.abs(shifted).max(axis=(0, *places)) / size).max()))
        found.append(layer)
        with np.errstate(all="ignore"):
            x = layer.forward(x)
        if not np.isfinite(x).all():
            raise ModelError("Its values grow beyond all numbers.")
    return tuple(found), largest, x.reshape(len(x), -1)


def _card(
    name: str,
    preparation: Preparation,
    shape: Shape,
    scores: Array,
    largest: float,
) -> ModelCard:
    count = scores.shape[1]
    classes = preparation.classes or tuple(map(str, range(count)))
    if not 2 <= count <= MOST_CLASSES:
        raise ModelError(f"{name} has {count} classes; 2 to {MOST_CLASSES} can run.")
    if len(classes) != count or len(set(classes)) != count:
        raise ModelError(f"{name} gives {count} scores, which {len(classes)} names do not fit.")
    return ModelCard(
        dataset="",
        architecture=name,
        classes=classes,
        clear_accuracy=0.0,
        test_pictures=0,
        largest_logit=max(2 * float(np.quantile(np.abs(scores).max(axis=1), USUAL)), 1e-6),
        largest_activation=max(largest**2, 1.0),
        training="imported from an ONNX file",
        input_shape=shape,
    )
