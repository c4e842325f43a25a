"""ONNX files made of nodes and weights, for tests of reading them."""

from collections.abc import Iterable

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from engine.arrays import Array
from engine.importing.model import NOTHING_SAID, network_from
from engine.importing.onnx_file import parse_onnx
from engine.networks.layers import Network


def graph_of(
    nodes: Iterable[onnx.NodeProto], sides: tuple[int, ...], **weights: Array
) -> onnx.ModelProto:
    """Return a file whose nodes lead from x to y."""
    inside = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", *sides])
    outside = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    constants = [
        numpy_helper.from_array(
            values if np.issubdtype(values.dtype, np.integer) else values.astype(np.float32), name
        )
        for name, values in weights.items()
    ]
    graph = helper.make_graph(list(nodes), "it", [inside], [outside], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])


def imported(nodes: Iterable[onnx.NodeProto], sides: tuple[int, ...], **weights: Array) -> Network:
    """Return the network of such a file; importing it compares both."""
    graph = parse_onnx(graph_of(nodes, sides, **weights).SerializeToString(), "it.onnx")
    return network_from(graph, "it", NOTHING_SAID, None)
