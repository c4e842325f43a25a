"""ONNX files: read as their own operators answer, or refused in one sentence."""

import dataclasses
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.arrays import Array
from engine.cli import main
from engine.errors import ModelError
from engine.importing.model import Preparation, import_onnx, keep, network_from
from engine.importing.onnx_file import parse_onnx
from engine.networks.layers import Affine, Network, Polynomial
from engine.planning.forecast import forecast, network_named
from engine.planning.recommended import recommended
from engine.session.relay import Session
from tests.engine.onnx_files import graph_of

RNG = np.random.default_rng(0)


def small(activation: list[onnx.NodeProto], **more: Array) -> onnx.ModelProto:
    """Return conv → `activation` from c to a → pool → flatten → dense."""
    return graph_of(
        [
            helper.make_node("Conv", ["x", "k", "kb"], ["c"], strides=[2, 2], pads=[1, 1, 1, 1]),
            *activation,
            helper.make_node("AveragePool", ["a"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
            helper.make_node("Flatten", ["p"], ["f"]),
            helper.make_node("Gemm", ["f", "w", "wb"], ["y"], transB=1),
        ],
        (1, 12, 12),
        k=RNG.normal(size=(3, 1, 3, 3)) / 3,
        kb=RNG.normal(size=3) / 4,
        w=RNG.normal(size=(4, 27)) / 5,
        wb=RNG.normal(size=4) / 4,
        **more,
    )


SQUARE = [helper.make_node("Mul", ["c", "c"], ["a"])]


def imported(model: onnx.ModelProto, *, name: str = "small") -> Network:
    graph = parse_onnx(model.SerializeToString(), f"{name}.onnx")
    return network_from(graph, name, Preparation(), None)


@pytest.mark.parametrize(("nodes", "more", "terms"), [
    (SQUARE, {}, [0, 0, 1]),
    ([helper.make_node("Pow", ["c", "two"], ["a"])], {"two": np.array(2.0)}, [0, 0, 1]),
    ([helper.make_node("Mul", ["c", "c"], ["s"]), helper.make_node("Mul", ["s", "g"], ["t"]),
      helper.make_node("Add", ["t", "c"], ["u"]), helper.make_node("Add", ["h", "u"], ["a"])],
     {"g": np.array(0.5), "h": np.array(0.25)}, [0.25, 1, 0.5]),
    ([helper.make_node("Pow", ["c", "e"], ["s"]), helper.make_node("Sub", ["c", "s"], ["a"])],
     {"e": np.array(3.0)}, [0, 1, 0, -1]),
    ([helper.make_node("Mul", ["c", "c"], ["s"]), helper.make_node("Neg", ["s"], ["n"]),
      helper.make_node("Mul", ["n", "s"], ["a"])], {}, [0, 0, 0, 0, -1]),
])  # fmt: skip
def test_activations_are_read_however_they_are_spelt(
    nodes: list[onnx.NodeProto], more: dict[str, Array], terms: list[float]
) -> None:
    (activation,) = [
        layer for layer in imported(small(nodes, **more)).layers if isinstance(layer, Polynomial)
    ]
    np.testing.assert_allclose(activation.coefficients[:, 0], terms)


def test_an_imported_network_runs_encrypted(tmp_path: Path) -> None:
    file = tmp_path / "small.onnx"
    file.write_bytes(small(SQUARE).SerializeToString())
    network = import_onnx(file, "small", Preparation(("a", "b", "c", "d")), None)
    with Session() as session:
        session.prepare(recommended("small"))
        for picture in RNG.random((3, 12, 12)):
            answer = session.classify(picture)
            clear = network.forward(picture[None, None])[0]
            assert answer.classes == ("a", "b", "c", "d")
            assert answer.relative_error < 0.01
            np.testing.assert_allclose(answer.clear, clear)


def test_pictures_are_normalised_as_the_network_was_trained() -> None:
    model = small(SQUARE)
    graph = parse_onnx(model.SerializeToString(), "small.onnx")
    network = network_from(graph, "small", Preparation(mean=(0.5,), deviation=(0.25,)), None)
    assert isinstance(network.layers[0], Affine)
    plain = imported(model)
    x = RNG.random((2, 1, 12, 12))
    np.testing.assert_allclose(network.forward(x), plain.forward((x - 0.5) / 0.25), rtol=1e-9)


@pytest.mark.parametrize(("nodes", "said"), [
    ([helper.make_node("Relu", ["c"], ["a"], name="first")], "Relu.*first.*not a polynomial"),
    ([helper.make_node("Pow", ["c", "c"], ["a"])], "constant"),
    ([helper.make_node("Mul", ["c", "x"], ["a"])], "two branches|joins"),
    ([helper.make_node("Einsum", ["c"], ["a"], equation="abcd->abdc")], "Einsum.*no operator"),
    ([helper.make_node("Identity", ["gone"], ["a"])], "gone"),
    ([helper.make_node("Mul", ["c", "c"], ["s"]), helper.make_node("Mul", ["s", "s"], ["t"]),
      helper.make_node("Mul", ["t", "c"], ["a"])], "degree 5"),
])  # fmt: skip
def test_what_cannot_run_is_said_with_the_operator(nodes: list[onnx.NodeProto], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        imported(small(nodes))


@pytest.mark.parametrize(("operator", "instead"), [
    ("Exp", "a square"), ("Max", "a square"), ("Softplus", "a square"),
    ("HardSigmoid", "a polynomial of degree 2 to 4"), ("LayerNormalization", "BatchNormalization"),
])  # fmt: skip
def test_what_nothing_stands_in_for_is_said_with_what_to_train_instead(
    operator: str, instead: str
) -> None:
    with pytest.raises(ModelError, match=f"with {instead}") as refused:
        imported(small([helper.make_node(operator, ["c"], ["a"])]))
    assert "adapt" not in str(refused.value)


def test_channels_last_are_put_in_order_before_a_dense_layer() -> None:
    model = small(SQUARE)
    nodes = list(model.graph.node)
    last = helper.make_node("Transpose", ["p"], ["t"], perm=[0, 2, 3, 1])
    nodes[-2].input[0] = "t"
    del model.graph.node[:]
    model.graph.node.extend([*nodes[:-2], last, *nodes[-2:]])
    imported(model)  # compares its answers with the file's


def test_weights_that_are_no_numbers_are_refused() -> None:
    model = small(SQUARE)
    weights = numpy_helper.to_array(model.graph.initializer[0]).copy()
    weights[0, 0, 0, 0] = np.nan
    model.graph.initializer[0].CopyFrom(numpy_helper.from_array(weights, "k"))
    with pytest.raises(ModelError, match="no numbers"):
        imported(model)


@pytest.mark.parametrize("name", ["", "../x", "UPPER", "a" * 41, "mnist-network1"])
def test_names_that_lead_elsewhere_or_hide_a_model_are_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / "small.onnx"
    file.write_bytes(small(SQUARE).SerializeToString())
    with pytest.raises(ModelError, match=r"name"):
        import_onnx(file, name, Preparation(), None)


def test_a_network_imported_again_under_its_name_is_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIPHERSKETCH_MODELS", str(tmp_path / "models"))
    path = tmp_path / "it.onnx"
    picture = RNG.random((1, 1, 12, 12))
    answers = []
    for _ in range(2):
        onnx.save(small(SQUARE), path)  # with weights by chance, each time others
        network = import_onnx(path, "again", Preparation(), None)
        answers.append(network.forward(picture))
        np.testing.assert_array_equal(network_named("again").forward(picture), answers[-1])
        assert forecast(recommended("again")).settings.model == "again"
    assert not np.allclose(answers[0], answers[1])


def normalised(opset: int) -> onnx.ModelProto:
    """Return conv → BatchNormalization → square → dense."""
    numbers = {name: RNG.random(3) + 0.5 for name in ("gain", "shift", "mean", "variance")}
    node = helper.make_node("BatchNormalization", ["c", *numbers], ["n"])
    model = small([node, helper.make_node("Mul", ["n", "n"], ["a"])], **numbers)
    model.opset_import[0].version = opset
    return model


@pytest.mark.parametrize("opset", [7, 9, 13, 14, 15])
def test_a_normalisation_of_any_opset_is_compared_as_after_training(opset: int) -> None:
    imported(normalised(opset))


def test_a_normalisation_in_training_is_refused() -> None:
    model = normalised(15)
    model.graph.node[1].attribute.append(helper.make_attribute("training_mode", 1))
    with pytest.raises(ModelError, match="eval"):
        imported(model)


@pytest.mark.parametrize("kind", ["Softmax", "LogSoftmax"])
@pytest.mark.filterwarnings("error")
def test_scores_far_apart_are_compared_before_the_softmax(kind: str) -> None:
    model = small(SQUARE)
    model.graph.node[-1].output[0] = "scores"
    model.graph.node.append(helper.make_node(kind, ["scores"], ["y"]))
    weights = numpy_helper.to_array(model.graph.initializer[2]) * np.float32(1e4)
    model.graph.initializer[2].CopyFrom(numpy_helper.from_array(weights, "w"))
    imported(model)


@pytest.mark.parametrize("kind", [TensorProto.FLOAT16, TensorProto.DOUBLE])
def test_a_file_of_another_precision_is_compared_in_it(kind: int) -> None:
    model = small([helper.make_node("Mul", ["c", "c"], ["s"]),
                   helper.make_node("Add", ["s", "h"], ["a"])], h=np.array(0.25))  # fmt: skip
    dtype = helper.tensor_dtype_to_np_dtype(kind)
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor).astype(dtype)
        tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
    model.graph.input[0].type.tensor_type.elem_type = kind
    imported(model)


def test_pixels_up_to_255_are_refused_with_what_works() -> None:
    model = small(SQUARE)
    model.graph.node.insert(0, helper.make_node("Cast", ["u"], ["x"], to=TensorProto.FLOAT))
    model.graph.input[0].name = "u"
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.UINT8
    with pytest.raises(ModelError, match="uint8; export it with floats from 0 to 1"):
        imported(model)


def test_a_fixed_batch_is_compared_whole() -> None:
    model = small(SQUARE)
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 8
    model.graph.node[-2].CopyFrom(helper.make_node("Reshape", ["p", "sides"], ["f"]))
    sides = numpy_helper.from_array(np.array([8, 27]), "sides")
    model.graph.initializer.append(sides)
    imported(model)


def test_a_huge_batch_is_refused() -> None:
    model = small(SQUARE)
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 2**40
    with pytest.raises(ModelError, match="pictures at once; export it with a batch of 1"):
        imported(model)


def test_a_network_that_could_not_be_read_again_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIPHERSKETCH_MODELS", str(tmp_path / "models"))
    kept = keep(imported(small(SQUARE), name="mine"))
    too_large = dataclasses.replace(kept.card, largest_logit=float("inf"))
    with pytest.raises(ModelError, match="largest score of inf"):
        keep(dataclasses.replace(kept, card=too_large))
    picture = RNG.random((1, 1, 12, 12))
    np.testing.assert_array_equal(network_named("mine").forward(picture), kept.forward(picture))
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["mine.safetensors"]


def test_a_model_file_that_cannot_be_read_is_said_beside_those_that_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CIPHERSKETCH_MODELS", str(tmp_path))
    (tmp_path / "bad.safetensors").write_bytes(b"no model")
    keep(imported(small(SQUARE), name="mine"))
    assert main(["models"]) == 0
    said = capsys.readouterr()
    assert "mine " in said.out
    assert "bad " not in said.out
    assert said.err.count("\n") == 1
    assert "bad.safetensors is damaged" in said.err
