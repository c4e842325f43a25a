"""Constants that a file computes with: evaluated as onnx does, within limits."""

import numpy as np
import onnx
import pytest
from onnx import helper

from engine.arrays import Array
from engine.errors import ModelError
from engine.importing.constants import Folding
from tests.engine.onnx_files import imported

RNG = np.random.default_rng(0)
node = helper.make_node


def read(nodes: list[onnx.NodeProto], **more: Array) -> None:
    """Import conv → square → `nodes` from s to f → dense, which compares it with its file."""
    whole = [
        node("Conv", ["x", "k"], ["c"], strides=[2, 2]),
        node("Mul", ["c", "c"], ["s"]),
        *nodes,
        node("MatMul", ["f", "w"], ["y"]),
    ]
    weights = {"k": RNG.normal(size=(3, 1, 3, 3)), "w": RNG.normal(size=(75, 4))}
    imported(whole, (1, 12, 12), **weights, **more)


def test_a_flatten_as_keras_writes_it_is_read() -> None:
    nodes = [
        node("Shape", ["s"], ["s1"]),
        node("Gather", ["s1", "order"], ["s2"]),
        node("Cast", ["s2"], ["s3"], to=onnx.TensorProto.INT32),
        node("Slice", ["s3", "zero", "one", "zero"], ["s4"]),
        node("Concat", ["s4", "rest"], ["s5"], axis=0),
        node("Cast", ["s5"], ["s6"], to=onnx.TensorProto.INT64),
        node("Transpose", ["s"], ["t"], perm=[0, 2, 3, 1]),
        node("Reshape", ["t", "s6"], ["f"]),
    ]
    zero, one, order = np.array([0]), np.array([1]), np.array([0, 2, 3, 1])
    read(nodes, zero=zero, one=one, order=order, rest=np.array([75], dtype=np.int32))


def test_a_normalisation_whose_root_the_file_takes_is_read() -> None:
    nodes = [
        node("Add", ["variance", "little"], ["v"]),
        node("Sqrt", ["v"], ["deviation"]),
        node("Reciprocal", ["deviation"], ["factor"]),
        node("Mul", ["s", "factor"], ["n"]),
        node("Flatten", ["n"], ["f"]),
    ]
    variance = RNG.random((1, 3, 1, 1)) + 1
    read(nodes, variance=variance, little=np.array([1e-3]))


@pytest.mark.parametrize(
    "attributes", [{"start": 0, "end": 1}, {"end": -3}, {"start": -4, "end": 1}]
)
def test_a_shape_may_be_read_in_part(attributes: dict[str, int]) -> None:
    nodes = [
        node("Shape", ["s"], ["batch"], **attributes),
        node("Concat", ["batch", "rest"], ["sides"], axis=0),
        node("Reshape", ["s", "sides"], ["f"]),
    ]
    read(nodes, rest=np.array([-1]))


@pytest.mark.parametrize(
    ("operator", "operands"),
    [
        ("ConstantOfShape", [np.array([2**40, 2**40])]),
        ("ConstantOfShape", [np.full(10**6, 2**62)]),
        ("Expand", [np.array(0), np.array([2**31, 2**30])]),
        ("Tile", [np.zeros(8), np.array([2**40])]),
        ("Range", [np.array(0), np.array(2**60), np.array(1)]),
        ("Range", [np.array(0.0), np.array(np.inf), np.array(1.0)]),
        ("Range", [np.array(0), np.array(1), np.array(0)]),
        ("Add", [np.zeros((2**20, 1)), np.zeros((1, 2**20))]),
        ("Sqrt", [np.array(-1.0)]),
        ("Reshape", [np.zeros(8), np.array([3, 3])]),
        ("Slice", [np.zeros(8), None]),
    ],
)
def test_constants_that_cannot_be_or_are_too_many_are_refused(
    operator: str, operands: list[Array | None]
) -> None:
    names = [f"c{place}" for place, _ in enumerate(operands)]
    with pytest.raises(ModelError):
        Folding(18).folded(node(operator, names, ["r"]), operands)


def test_what_many_operators_compute_is_limited_together() -> None:
    folding, operand = Folding(18), np.zeros(2**22, dtype=np.float32)
    for _ in range(4):
        folding.folded(node("Neg", ["c"], ["r"]), [operand])
    with pytest.raises(ModelError, match="too many"):
        folding.folded(node("Neg", ["c"], ["r"]), [operand])


def test_texts_among_constants_are_refused() -> None:
    with pytest.raises(ModelError, match="value_strings"):
        read([node("Constant", [], ["f"], value_strings=["a", "b"])])
    with pytest.raises(ModelError, match="text"):
        Folding(18).folded(node("Cast", ["c"], ["r"], to=onnx.TensorProto.STRING), [np.zeros(3)])


def test_a_slice_of_the_picture_is_refused_by_name() -> None:
    with pytest.raises(ModelError, match=r"Slice.*constants only"):
        read([node("Slice", ["s", "a", "b"], ["f"])], a=np.array([0]), b=np.array([1]))
