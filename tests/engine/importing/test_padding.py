"""Zeros around a picture, wherever a file has them."""

import numpy as np
import onnx
import pytest
from onnx import helper

from engine.arrays import Array
from engine.errors import ModelError
from engine.networks.layers import AveragePool, Conv2d, Network
from tests.engine.onnx_files import imported

RNG = np.random.default_rng(0)
KERNEL = RNG.normal(size=(3, 1, 3, 3))
node = helper.make_node
CONV = node("Conv", ["p", "k"], ["c"], strides=[2, 2], pads=[1, 1, 1, 1])
POOL = node("AveragePool", ["p"], ["c"], kernel_shape=[2, 2], strides=[2, 2])


def padded(pads: list[int], *nodes: onnx.NodeProto, outputs: int, **more: Array) -> Network:
    """Import Pad from x to p → `nodes` from p to c → square → dense."""
    whole = [
        node("Pad", ["x", "pads"], ["p"]),
        *nodes,
        node("Mul", ["c", "c"], ["s"]),
        node("Flatten", ["s"], ["f"]),
        node("MatMul", ["f", "w"], ["y"]),
    ]
    weights = {"w": RNG.normal(size=(outputs, 4)), "pads": np.array(pads)}
    return imported(whole, (1, 12, 12), **weights, **more)


def test_padding_joins_that_of_the_convolution_which_reads_it() -> None:
    network = padded([0, 0, 1, 2, 0, 0, 0, 3], CONV, outputs=189, k=KERNEL)
    (layer,) = [each for each in network.layers if isinstance(each, Conv2d)]
    assert layer.padding == (2, 3, 1, 4)


def test_padding_before_a_pool_counts() -> None:
    network = padded([0, 0, 1, 1, 0, 0, 1, 1], POOL, outputs=49)
    (layer,) = [each for each in network.layers if isinstance(each, AveragePool)]
    assert (layer.padding, layer.counts_padding) == ((1, 1, 1, 1), 1)


def test_padding_by_nothing_is_nothing() -> None:
    padded([0] * 8, node("Identity", ["p"], ["c"]), outputs=144)


@pytest.mark.parametrize(("pads", "reader", "said"), [
    ([0, 0, 1, 1, 0, 0, 1, 1], node("Identity", ["p"], ["c"]), "read by a Conv"),
    ([0, 1, 1, 1, 0, 0, 1, 1], CONV, "adds channels"),
    ([1, 0, 1, 1, 0, 0, 1, 1], CONV, "adds pictures"),
    ([0, 0, -1, 0, 0, 0, 0, 0], CONV, "Negative"),
    ([0, 0, 0, 2**40, 0, 0, 0, 0], CONV, "too much"),
    ([1, 1], CONV, "2 numbers are no padding of 4 axes"),
    ([0, 0, 1, 1, 0, 0, 1, 1], node("AveragePool", ["p"], ["c"], kernel_shape=[2, 2],
                                    strides=[2, 2], pads=[1, 1, 1, 1]), "counts around"),
])  # fmt: skip
def test_padding_that_cannot_run_is_refused(
    pads: list[int], reader: onnx.NodeProto, said: str
) -> None:
    with pytest.raises(ModelError, match=said):
        padded(pads, reader, outputs=1, k=KERNEL)


@pytest.mark.parametrize(("mode", "fill"), [("reflect", 0.0), ("constant", 1.0)])
def test_padding_with_anything_but_zeros_is_refused(mode: str, fill: float) -> None:
    nodes = [node("Pad", ["x", "pads", "fill"], ["p"], mode=mode), CONV]
    with pytest.raises(ModelError, match="padding with zeros is"):
        imported(
            [*nodes, node("Identity", ["c"], ["y"])],
            (1, 12, 12),
            k=KERNEL,
            pads=np.array([0, 0, 1, 1, 0, 0, 1, 1]),
            fill=np.array(fill),
        )


@pytest.mark.parametrize("transposed_first", [True, False])
def test_padding_keeps_to_its_sides_where_channels_are_last(*, transposed_first: bool) -> None:
    pads = [0, 0, 1, 2, 0, 0, 3, 4] if transposed_first else [0, 1, 2, 0, 0, 3, 4, 0]
    steps = [("Transpose", {"perm": [0, 3, 1, 2]}, []), ("Pad", {}, ["pads"])]
    (first, given, more), (second, others, rest) = steps if transposed_first else steps[::-1]
    nodes = [
        node(first, ["x", *more], ["a"], **given),
        node(second, ["a", *rest], ["b"], **others),
        node("Conv", ["b", "k"], ["c"]),
        node("GlobalAveragePool", ["c"], ["y"]),
    ]
    kernel = RNG.normal(size=(3, 2, 3, 3))
    network = imported(nodes, (8, 9, 2), k=kernel, pads=np.array(pads))
    (layer,) = [each for each in network.layers if isinstance(each, Conv2d)]
    assert layer.padding == (1, 2, 3, 4)


def test_a_signal_that_is_padded_before_it_becomes_a_picture_is_read() -> None:
    nodes = [
        node("Pad", ["x", "pads"], ["a"]),
        node("Unsqueeze", ["a", "axis"], ["b"]),
        node("Conv", ["b", "k"], ["c"]),
        node("GlobalAveragePool", ["c"], ["y"]),
    ]
    kernel, pads = RNG.normal(size=(3, 2, 1, 5)), np.array([0, 0, 4, 0, 0, 0])
    network = imported(nodes, (2, 40), k=kernel, pads=pads, axis=np.array([2]))
    (layer,) = [each for each in network.layers if isinstance(each, Conv2d)]
    assert layer.padding == (0, 4, 0, 0)
