"""Model files: whole ones load, all others are refused."""

import dataclasses
import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from engine.errors import ModelError
from engine.networks import files
from engine.networks.files import load_network, save_network
from engine.networks.layers import Conv2d, Dense, ModelCard, Network, Reshape, Shape, Square

CARD = ModelCard(
    dataset="MNIST",
    architecture="tiny",
    classes=("even", "odd"),
    clear_accuracy=50.0,
    test_pictures=2,
    largest_logit=3.0,
    largest_activation=4.0,
    training="none",
)


def tiny() -> Network:
    rng = np.random.default_rng(5)
    conv = Conv2d(rng.normal(size=(2, 1, 7, 7)), rng.normal(size=2), 7)
    dense = Dense(rng.normal(size=(2, 32)), rng.normal(size=2))
    return Network("tiny", (conv, Square(), dense), CARD)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.safetensors"
    save_network(tiny(), path)
    return path


def rewrite(path: Path, **changes: Any) -> None:
    """Save the model file again with other metadata (a JSON value each) or tensors."""
    tensors = load_file(path)
    metadata = {"layers": LAYERS, "card": dataclasses.asdict(CARD)}
    for name, value in changes.items():
        if isinstance(value, np.ndarray):
            tensors[name.replace("_", ".")] = value
        else:
            metadata[name] = value
    save_file(tensors, path, {name: json.dumps(value) for name, value in metadata.items()})


LAYERS = [{"kind": "Conv2d", "stride": 7}, {"kind": "Square"}, {"kind": "Dense"}]


def test_a_network_runs_its_layers_in_order() -> None:
    x = np.random.default_rng(1).random((3, 1, 28, 28))
    conv, _, dense = tiny().layers
    expected = dense.forward(conv.forward(x) ** 2)
    np.testing.assert_array_equal(tiny().forward(x), expected)


def test_a_model_survives_saving_up_to_single_precision(saved: Path) -> None:
    network = load_network(saved)
    assert network.name == "tiny"
    assert network.card == CARD
    x = np.random.default_rng(1).random((3, 1, 28, 28))
    np.testing.assert_allclose(network.forward(x), tiny().forward(x), rtol=1e-5, atol=1e-4)


def test_the_shipped_model_has_one_score_for_each_digit(model: Network) -> None:
    assert model.card.classes == tuple("0123456789")
    assert model.card.clear_accuracy >= 98.8
    kinds = [type(layer) for layer in model.layers]
    assert kinds == [Conv2d, Square, Dense, Square, Dense]


@pytest.mark.parametrize("shape", [(8, 24, 24), (4608, 1, 1)])
def test_more_values_than_the_widest_kernel_may_go_into_a_dense_layer(
    tmp_path: Path, shape: Shape
) -> None:
    count = math.prod(shape)
    dense = Dense(np.ones((2, count)), np.zeros(2))
    card = dataclasses.replace(CARD, input_shape=shape)
    save_network(Network("wide", (Reshape((count, 1, 1)), dense), card), tmp_path / "wide")
    assert load_network(tmp_path / "wide").layers[0] == Reshape((count, 1, 1))


def test_a_missing_model_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gone.safetensors"
    with pytest.raises(ModelError, match=re.escape(str(path))):
        load_network(path)


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        load_network(tmp_path)


def test_a_huge_file_is_refused_unread(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_MODEL_BYTES", saved.stat().st_size - 1)
    with pytest.raises(ModelError, match="larger than"):
        load_network(saved)


@pytest.mark.parametrize("content", [b"", b"not a model", bytes(1000), b"\xff" * 100])
def test_other_bytes_are_no_model(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"odd\.safetensors"):
        load_network(path)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_no_model(saved: Path, share: float) -> None:
    data = saved.read_bytes()
    saved.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ModelError):
        load_network(saved)


@pytest.mark.parametrize(
    "changes",
    [
        {"layers": []},
        {"layers": 7},
        {"layers": [7]},
        {"layers": [{"kind": "Attention"}]},
        {"layers": [{"kind": "Conv2d"}, *LAYERS[1:]]},
        {"layers": [{"kind": "Conv2d", "stride": 0}, *LAYERS[1:]]},
        {"layers": [{"kind": "Conv2d", "stride": -1}, *LAYERS[1:]]},
        {"layers": [{"kind": "Conv2d", "stride": 1e400}, *LAYERS[1:]]},
        {"layers": [*LAYERS, {"kind": "Dense"}]},
        {"card": {}},
        {"card": []},
        {"card": "MNIST"},
        {"card": {**dataclasses.asdict(CARD), "author": "nobody"}},
        {"card": {**dataclasses.asdict(CARD), "classes": ["only one"]}},
        {"card": {**dataclasses.asdict(CARD), "classes": 2}},
    ],
)
def test_metadata_that_fits_nothing_is_refused(saved: Path, changes: dict[str, Any]) -> None:
    rewrite(saved, **changes)
    with pytest.raises(ModelError, match="tiny"):
        load_network(saved)


def test_metadata_nested_without_end_is_refused(saved: Path) -> None:
    save_file(load_file(saved), saved, {"layers": "[" * 100_000, "card": "{}"})
    with pytest.raises(ModelError):
        load_network(saved)


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf"), "many", None])
def test_a_largest_score_that_is_no_positive_number_is_refused(saved: Path, value: Any) -> None:
    rewrite(saved, card={**dataclasses.asdict(CARD), "largest_logit": value})
    with pytest.raises(ModelError):
        load_network(saved)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("0_weight", ()),
        ("0_weight", (7,)),
        ("0_weight", (2, 2, 7, 7)),
        ("0_weight", (2, 1, 29, 29)),
        ("0_bias", ()),
        ("0_bias", (3,)),
        ("2_weight", (2,)),
        ("2_weight", (2, 31)),
        ("2_bias", (3,)),
    ],
)
def test_arrays_of_the_wrong_shape_are_refused(
    saved: Path, name: str, shape: tuple[int, ...]
) -> None:
    rewrite(saved, **{name: np.zeros(shape, dtype=np.float32)})
    with pytest.raises(ModelError):
        load_network(saved)


@pytest.mark.parametrize(
    ("name", "value"), [("2_bias", np.nan), ("0_bias", np.inf), ("0_bias", 1e200)]
)
def test_weights_that_give_no_finite_score_are_refused(
    saved: Path, name: str, value: float
) -> None:
    rewrite(saved, **{name: np.full(2, value)})
    with pytest.raises(ModelError):
        load_network(saved)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 700), value=st.integers(0, 255))
def test_a_changed_byte_gives_a_model_or_one_error(tmp_path: Path, place: int, value: int) -> None:
    path = tmp_path / "tiny.safetensors"
    save_network(tiny(), path)
    data = bytearray(path.read_bytes())
    data[place] = value
    path.write_bytes(data)
    try:
        network = load_network(path)
    except ModelError:
        return
    assert len(network.forward(np.zeros((1, 1, 28, 28)))[0]) == len(network.card.classes)
