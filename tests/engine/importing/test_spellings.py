"""The same networks as exporters and people spell them in other ways."""

import numpy as np
import onnx
import pytest
from onnx import helper

from engine.arrays import Array
from engine.errors import ModelError
from engine.networks.layers import AveragePool, Conv2d, Network, Polynomial
from tests.engine.onnx_files import imported

RNG = np.random.default_rng(0)
node = helper.make_node


def read(*nodes: onnx.NodeProto, classes: int = 3, **more: Array) -> Network:
    """Import conv → `nodes` from c to y, the convolution with as many channels as `classes`."""
    conv = node("Conv", ["x", "k"], ["c"], strides=[2, 2])
    return imported([conv, *nodes], (1, 9, 9), k=RNG.normal(size=(classes, 1, 3, 3)), **more)


@pytest.mark.parametrize("kind", ["Softmax", "LogSoftmax", "Sigmoid"])
@pytest.mark.parametrize("after", ["Flatten", "Identity", "Squeeze"])
def test_what_keeps_the_order_of_the_scores_is_left_out_before_a_flatten(
    kind: str, after: str
) -> None:
    axes = {} if kind == "Sigmoid" else {"axis": 1}
    nodes = [
        node("GlobalAveragePool", ["c"], ["p"]),
        node(kind, ["p"], ["s"], **axes),
        node(after, ["s"], ["t"]),
        node("Flatten", ["t"], ["y"]),
    ]
    network = read(*nodes)
    assert [type(layer) for layer in network.layers[:2]] == [Conv2d, AveragePool]


def test_a_sigmoid_inside_is_still_refused() -> None:
    with pytest.raises(ModelError, match=r"Sigmoid.*not a polynomial"):
        read(node("Sigmoid", ["c"], ["s"]), node("GlobalAveragePool", ["s"], ["y"]))


@pytest.mark.parametrize("unread", [
    node("Relu", ["c"], ["unread"]),
    node("ConstantOfShape", ["vast"], ["unread"]),  # which nothing may try to make
])  # fmt: skip
def test_operators_whose_results_nobody_reads_are_left_out(unread: onnx.NodeProto) -> None:
    read(unread, node("GlobalAveragePool", ["c"], ["y"]), vast=np.array([2**40]))


@pytest.mark.parametrize(("reduce", "axes", "keepdims"), [
    ("ReduceMean", [2, 3], 1), ("ReduceSum", [3, 2], 0), ("ReduceSum", [-1, -2], 1),
])  # fmt: skip
def test_places_are_averaged_or_added_up(reduce: str, axes: list[int], keepdims: int) -> None:
    reduced = node(reduce, ["c", "axes"], ["r"], keepdims=keepdims)
    read(reduced, node("Flatten", ["r"], ["y"]), axes=np.array(axes))


def test_places_are_averaged_axis_by_axis() -> None:
    first = node("ReduceMean", ["c", "last"], ["r"], keepdims=0)
    second = node("ReduceMean", ["r", "last"], ["y"], keepdims=0)
    read(first, second, last=np.array([-1]))


def test_channels_are_not_averaged() -> None:
    with pytest.raises(ModelError, match="places of a channel"):
        read(node("ReduceMean", ["c", "axes"], ["y"]), axes=np.array([1, 2, 3]))


def test_a_sum_of_many_with_a_power_of_nought_is_one_activation() -> None:
    nodes = [
        node("Pow", ["c", "nought"], ["one"]),
        node("Mul", ["c", "c"], ["square"]),
        node("Sum", ["half", "one", "square", "c"], ["s"]),
        node("GlobalAveragePool", ["s"], ["y"]),
    ]
    network = read(*nodes, nought=np.array(0.0), half=np.array([0.5]))
    (activation,) = [each for each in network.layers if isinstance(each, Polynomial)]
    np.testing.assert_allclose(activation.coefficients[:, 0], [1.5, 1, 1])


def test_a_signal_may_come_as_a_picture_of_one_row() -> None:
    nodes = [
        node("Unsqueeze", ["x", "axis"], ["p"]),
        node("Conv", ["p", "k"], ["c"], strides=[1, 3], dilations=[1, 2], pads=[0, 1, 0, 2]),
        node("Mul", ["c", "c"], ["s"]),
        node("AveragePool", ["s"], ["a"], kernel_shape=[1, 2], strides=[1, 2]),
        node("Squeeze", ["a", "axis"], ["q"]),
        node("GlobalAveragePool", ["q"], ["y"]),
    ]
    kernel = RNG.normal(size=(3, 2, 1, 5))
    network = imported(nodes, (2, 40), k=kernel, axis=np.array([2]))
    (layer,) = [each for each in network.layers if isinstance(each, Conv2d)]
    assert (layer.stride, layer.dilation) == (3, 2)


def test_windows_may_step_otherwise_along_each_side() -> None:
    nodes = [
        node("Conv", ["x", "k"], ["c"], strides=[1, 2], auto_pad="SAME_UPPER"),
        node("AveragePool", ["c"], ["p"], kernel_shape=[3, 1], strides=[3, 2]),
        node("GlobalAveragePool", ["p"], ["y"]),
    ]
    network = imported(nodes, (2, 10, 9), k=RNG.normal(size=(3, 2, 3, 3)))
    strides = [each.stride for each in network.layers if isinstance(each, Conv2d | AveragePool)]
    assert strides[:2] == [(1, 2), (3, 2)]


@pytest.mark.parametrize("strides", [[1, 0], [0, 1], [-1, 1]])
def test_windows_that_step_nowhere_are_refused(strides: list[int]) -> None:
    with pytest.raises(ModelError):
        read(node("AveragePool", ["c"], ["y"], kernel_shape=[2, 2], strides=strides))


def test_dilated_pools_are_refused() -> None:
    with pytest.raises(ModelError, match="Dilated"):
        read(node("AveragePool", ["c"], ["y"], kernel_shape=[2, 2], dilations=[2, 2]))


def test_a_kernel_may_be_dilated_along_one_side_only() -> None:
    nodes = [
        node("Conv", ["x", "k"], ["c"], dilations=[1, 3], pads=[0, 2, 0, 2]),
        node("GlobalAveragePool", ["c"], ["y"]),
    ]
    imported(nodes, (2, 9, 9), k=RNG.normal(size=(3, 2, 3, 3)))


@pytest.mark.parametrize("dilations", [[1, 2**40], [1, 9], [1, -1], [1, 0]])
def test_a_kernel_dilated_beyond_its_picture_is_refused(dilations: list[int]) -> None:
    conv = node("Conv", ["x", "k"], ["y"], dilations=dilations)
    with pytest.raises(ModelError):
        imported([conv], (2, 9, 9), k=RNG.normal(size=(3, 2, 3, 3)))
