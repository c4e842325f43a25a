"""Networks that a person opens in the window: imported elsewhere, then chosen."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.link.networks import Networks, free_name, import_file
from engine.errors import ModelError
from engine.planning.forecast import network_named


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CIPHERSKETCH_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def colour_network(path: Path, activation: tuple[str, int] = ("Mul", 2)) -> Path:
    random = np.random.default_rng(0)
    weights = {
        "kernel": random.normal(0, 0.2, (4, 3, 3, 3)),
        "matrix": random.normal(0, 0.1, (3, 4 * 7 * 7)),
    }
    nodes = [
        helper.make_node("Conv", ["x", "kernel"], ["a"], strides=[2, 2]),
        helper.make_node(activation[0], ["a"] * activation[1], ["b"]),
        helper.make_node("Flatten", ["b"], ["c"]),
        helper.make_node("Gemm", ["c", "matrix"], ["y"], transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "colour",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 16, 16])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3])],
        [numpy_helper.from_array(v.astype(np.float32), k) for k, v in weights.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), path)
    return path


def test_an_onnx_file_becomes_a_model_with_recommended_settings(tmp_path: Path) -> None:
    settings = import_file(colour_network(tmp_path / "My Net.onnx"))
    assert settings.model == "my-net"
    assert network_named("my-net").card.input_shape == (3, 16, 16)
    assert free_name("My Net") == "my-net-2"


def test_a_file_that_is_no_network_gets_its_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(ModelError) as refused:
        import_file(path)
    assert str(refused.value).count("\n") == 0
    assert "Traceback" not in str(refused.value)


def test_a_network_with_relu_is_sent_to_where_it_can_be_adapted(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"Relu.*not a polynomial.*Architecture") as refused:
        import_file(colour_network(tmp_path / "relu.onnx", ("Relu", 1)))
    assert "python -m" not in str(refused.value)


def test_a_name_of_signs_alone_becomes_a_name() -> None:
    assert free_name("\u7f51") == "network"


def test_closing_ends_an_import_at_once(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "python"
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(slow))
    parent = QObject()
    networks = Networks(lambda _error: None, parent)
    networks.open_file(tmp_path / "some.onnx")
    qtbot.waitUntil(lambda: networks._process is not None, timeout=10_000)
    networks.close()
    assert networks._process is not None
    assert networks._process.returncode is not None
