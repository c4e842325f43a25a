"""Mutated ONNX and model files: a typed error, or a network that runs as its file says.

CIPHERSKETCH_EXAMPLES sets how many of each kind are tried.
"""

import copy
import functools
import os
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper

from engine.arrays import Array
from engine.errors import CipherSketchError
from engine.importing.model import NOTHING_SAID, import_onnx
from engine.networks.layers import Network
from engine.planning.forecast import circuit_for, network_named
from engine.planning.recommended import recommended
from engine.resources import imported_dir
from tests.engine.onnx_files import graph_of
from tests.engine.plain_slots import clear_scores

EXAMPLES = int(os.environ.get("CIPHERSKETCH_EXAMPLES", "40"))
RNG = np.random.default_rng(0)
STRANGE = (-1, 0, 1, 2, 3, 7, 64, 1000, 2**31 - 1, -(2**31), 2**62)
OPERATORS = (
    *("Relu", "Mul", "Add", "Pow", "Sub", "Div", "Sqrt", "Gemm", "MatMul", "Conv", "MaxPool"),
    *("AveragePool", "Flatten", "Transpose", "Reshape", "Squeeze", "Loop", "Gather", "Identity"),
    *("Pad", "Slice", "Concat", "ConstantOfShape", "Range", "Expand", "Tile", "ReduceSum", "Sum"),
)


def file_of(
    nodes: list[onnx.NodeProto], sides: tuple[int, ...], **weights: tuple[int, ...] | Array
) -> onnx.ModelProto:
    """Return a file whose nodes lead from x to y, with weights of these shapes by chance."""
    by_chance = {
        name: each if isinstance(each, np.ndarray) else RNG.normal(size=each) / 4
        for name, each in weights.items()
    }
    return graph_of(nodes, sides, **by_chance)


node = helper.make_node
WHOLE = (
    file_of(
        [
            node("Conv", ["x", "k", "kb"], ["c"], strides=[2, 2], pads=[1, 1, 1, 1]),
            node("Mul", ["c", "c"], ["a"]),
            node("AveragePool", ["a"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
            node("Flatten", ["p"], ["f"]),
            node("Gemm", ["f", "w", "wb"], ["y"], transB=1),
        ],
        (1, 12, 12),
        k=(3, 1, 3, 3),
        kb=(3,),
        w=(4, 27),
        wb=(4,),
    ),
    file_of(
        [
            node("Conv", ["x", "k"], ["c"], group=2, kernel_shape=[3, 3]),
            node("Mul", ["c", "c"], ["s"]),
            node("Mul", ["s", "g"], ["q"]),
            node("Add", ["q", "c"], ["a"]),
            node("GlobalAveragePool", ["a"], ["p"]),
            node("Flatten", ["p"], ["f"]),
            node("MatMul", ["f", "w"], ["z"]),
            node("Softmax", ["z"], ["y"]),
        ],
        (2, 10, 10),
        k=(4, 1, 3, 3),
        g=(1,),
        w=(4, 5),
    ),
    file_of(
        [
            node("Conv", ["x", "k", "kb"], ["c"], pads=[2, 2], strides=[2]),
            node("Mul", ["c", "c"], ["a"]),
            node("Transpose", ["a"], ["t"], perm=[0, 2, 1]),
            node("Flatten", ["t"], ["f"]),
            node("Gemm", ["f", "w", "wb"], ["y"], transB=1, alpha=0.5),
        ],
        (1, 20),
        k=(3, 1, 5),
        kb=(3,),
        w=(4, 30),
        wb=(4,),
    ),
    file_of(
        [
            node("Pad", ["x", "pads"], ["b"]),
            node("Conv", ["b", "k"], ["c"], strides=[2, 2]),
            node("Shape", ["c"], ["s1"], start=-4),
            node("Slice", ["s1", "zero", "one", "zero"], ["s2"]),
            node("Concat", ["s2", "rest"], ["s3"], axis=0),
            node("Sum", ["c", "c"], ["d"]),
            node("Mul", ["d", "c"], ["a"]),
            node("Reshape", ["a", "s3"], ["f"]),
            node("MatMul", ["f", "w"], ["z"]),
            node("Softmax", ["z"], ["n"]),
            node("Cast", ["n"], ["y"], to=onnx.TensorProto.FLOAT),
        ],
        (1, 9, 9),
        k=(2, 1, 3, 3),
        w=(50, 4),
        pads=np.array([0, 0, 1, 1, 0, 0, 1, 1]),
        zero=np.array([0]),
        one=np.array([1]),
        rest=np.array([-1]),
    ),
)


def bytes_changed(data: bytes, chance: random.Random, within: int) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 8])):
        changed[chance.randrange(within)] = chance.choice(b'\x00\x01\x7f\xff019[]{},:-e."')
    return bytes(changed[: chance.randrange(len(data))] if chance.random() < 0.1 else changed)


def graph_changed(whole: onnx.ModelProto, chance: random.Random) -> bytes:
    model = copy.deepcopy(whole)
    graph = model.graph
    for _ in range(chance.choice([1, 1, 2])):
        each, constant = chance.choice(graph.node), chance.choice(graph.initializer)
        strange = chance.choice(STRANGE)
        match chance.randrange(8):
            case 0 if each.attribute and (values := chance.choice(each.attribute).ints):
                values[chance.randrange(len(values))] = strange
            case 1:
                each.op_type = chance.choice(OPERATORS)
            case 2:
                each.input[0] = chance.choice(["", "nothing", *(name.name for name in graph.node)])
            case 3:
                constant.dims[chance.randrange(len(constant.dims))] = strange
            case 4:
                constant.data_type = chance.randrange(24)
            case 5:
                worst = np.float32(chance.choice([np.nan, np.inf, 1e30, -1e38])).tobytes()
                constant.raw_data = worst + constant.raw_data[4:]
            case 6:
                sides = graph.input[0].type.tensor_type.shape.dim
                sides[chance.randrange(len(sides))].dim_value = strange
            case _:
                graph.node.insert(chance.randrange(len(graph.node)), copy.deepcopy(each))
    return model.SerializeToString()


def check(name: str) -> None:
    """Check that the circuit of a model, run in the clear, answers as the model does."""
    circuit, network = circuit_for(recommended(name)), network_named(name)
    picture = np.random.default_rng(1).random(network.card.input_shape)
    found = clear_scores(circuit, picture)
    expected = network.forward(picture[None])[0]
    tolerance = 1e-6 * np.abs(expected).max()
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=tolerance)


def tried(attempts: dict[str, Callable[[], Network]]) -> list[str]:
    """Return the sentences that attempts were refused with; the others give right networks."""
    refused = []
    for name, attempt in attempts.items():
        try:
            attempt()
            check(name)
        except CipherSketchError as error:
            refused.append(str(error))
    for sentence in refused:
        assert sentence.endswith("."), sentence
        assert len(sentence) < 400, sentence
        assert "\n" not in sentence, sentence
    return refused


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CIPHERSKETCH_MODELS", str(tmp_path / "models"))
    return tmp_path


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_mutated_onnx_file_is_refused_in_a_sentence_or_runs_as_it_says(folder: Path) -> None:
    chance = random.Random(1)
    attempts: dict[str, Callable[[], Network]] = {}
    for number in range(EXAMPLES):
        whole = chance.choice(WHOLE)
        data = whole.SerializeToString()
        data = (
            graph_changed(whole, chance)
            if chance.random() < 0.6
            else bytes_changed(data, chance, len(data))
        )
        path, name = folder / f"{number}.onnx", f"m{number}"
        path.write_bytes(data)
        attempts[name] = functools.partial(import_onnx, path, name, NOTHING_SAID, None)
    assert 0 < len(tried(attempts)) < EXAMPLES


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_mutated_model_file_is_refused_in_a_sentence_or_runs_as_it_says(folder: Path) -> None:
    chance = random.Random(2)
    whole = []
    for number, model in enumerate(WHOLE):
        onnx.save(model, path := folder / f"{number}.onnx")
        import_onnx(path, f"whole{number}", NOTHING_SAID, None)
        whole.append((imported_dir() / f"whole{number}.safetensors").read_bytes())
    attempts: dict[str, Callable[[], Network]] = {}
    for number in range(EXAMPLES):
        data = chance.choice(whole)
        within = len(data) if chance.random() < 0.3 else 8 + int.from_bytes(data[:8], "little")
        changed = bytes_changed(data, chance, within)
        (imported_dir() / f"m{number}.safetensors").write_bytes(changed)
        attempts[f"m{number}"] = functools.partial(network_named, f"m{number}")
    assert 0 < len(tried(attempts)) < EXAMPLES
