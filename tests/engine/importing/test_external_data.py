"""Weights beside an ONNX file: read from the same folder only, and only as much as is there."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper

from engine.errors import ModelError
from engine.importing import onnx_file
from engine.importing.model import NOTHING_SAID, network_from
from engine.importing.onnx_file import parse_onnx, read_onnx
from tests.engine.onnx_files import graph_of

RNG = np.random.default_rng(0)
DATA = "net.onnx.data"


def whole() -> onnx.ModelProto:
    nodes = [
        helper.make_node("Flatten", ["x"], ["f"]),
        helper.make_node("Gemm", ["f", "w", "b"], ["h"], transB=1),
        helper.make_node("Mul", ["h", "h"], ["s"]),
        helper.make_node("MatMul", ["s", "v"], ["y"]),
    ]
    shapes = {"w": (6, 64), "b": (6,), "v": (6, 3)}
    weights = {name: RNG.normal(size=shape) / 4 for name, shape in shapes.items()}
    return graph_of(nodes, (1, 8, 8), **weights)


@pytest.fixture
def split(tmp_path: Path) -> Path:
    """Return an ONNX file whose weights lie in another one beside it."""
    path = tmp_path / "here" / "net.onnx"
    path.parent.mkdir()
    onnx.save(whole(), path, save_as_external_data=True, location=DATA, size_threshold=0)
    return path


def said_of_first_weights(path: Path, **changes: str) -> None:
    """Change what a file says of where its first weights lie."""
    model = onnx.load(path, load_external_data=False)
    for entry in model.graph.initializer[0].external_data:
        entry.value = changes.get(entry.key, entry.value)
    path.write_bytes(model.SerializeToString())


def test_weights_beside_the_file_are_read_and_compared(split: Path) -> None:
    network = network_from(read_onnx(split), "net", NOTHING_SAID, None)
    parsed = parse_onnx(onnx.load(split).SerializeToString(), "net")
    inside = network_from(parsed, "net", NOTHING_SAID, None)
    x = RNG.random((2, 1, 8, 8))
    np.testing.assert_array_equal(network.forward(x), inside.forward(x))


@pytest.mark.parametrize("location", ["", "..", "../net.data", "a/net.data", "a\\b", "C:net.data"])
def test_weights_in_another_folder_are_not_read(split: Path, location: str) -> None:
    said_of_first_weights(split, location=location)
    with pytest.raises(ModelError, match="only a file in the same folder"):
        read_onnx(split)


def test_weights_at_an_absolute_path_are_not_read(split: Path) -> None:
    said_of_first_weights(split, location=str(split.parent / DATA))
    with pytest.raises(ModelError, match="only a file in the same folder"):
        read_onnx(split)


def test_weights_behind_a_link_are_not_read(split: Path) -> None:
    elsewhere = (split.parent / DATA).rename(split.parent.parent / DATA)
    (split.parent / DATA).symlink_to(elsewhere)
    with pytest.raises(ModelError, match="no file in the same folder"):
        read_onnx(split)


@pytest.mark.parametrize("location", ["gone.data", "x" * 300])
def test_weights_that_are_not_there_are_said_to_be_missing(split: Path, location: str) -> None:
    said_of_first_weights(split, location=location)
    with pytest.raises(ModelError, match=r"no file in the same folder|cannot be read"):
        read_onnx(split)


@pytest.mark.parametrize(
    "changes",
    [{"offset": "9999"}, {"offset": "-1"}, {"length": "9"}, {"length": str(2**60)}],
)
def test_places_and_lengths_that_lie_are_refused(split: Path, changes: dict[str, str]) -> None:
    said_of_first_weights(split, **changes)
    with pytest.raises(ModelError, match=r"1,536 bytes of weights are needed from net\.onnx\.data"):
        read_onnx(split)


def test_a_file_too_large_with_its_weights_is_refused(
    split: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_file, "MAX_BYTES", split.stat().st_size + 100)
    with pytest.raises(ModelError, match="larger than"):
        read_onnx(split)


def test_weights_in_another_file_are_refused_where_there_is_no_folder(split: Path) -> None:
    with pytest.raises(ModelError, match="another file"):
        parse_onnx(split.read_bytes(), "net")
