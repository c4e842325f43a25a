"""An imported network compared with its file: both answer pictures, the file by its own operators.

The raw scores are compared: a softmax at the end hides how far apart they are.
"""

import dataclasses

import numpy as np
import onnx
from onnx.helper import tensor_dtype_to_np_dtype
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

from engine.arrays import Array
from engine.errors import ModelError, one_line
from engine.importing.onnx_file import LAST, Graph
from engine.networks.layers import Network

CHECKED = 4
CLOSE = 1e-3
"""The file computes in single precision; scores may differ by so much of the largest."""
HALF_CLOSE = 0.02
"""The same where it computes in half precision."""


class BatchNormalization(OpRun):
    """As after training, which its attributes do not tell before opset 14."""

    def _run(
        self,
        x: Array,
        *numbers: Array,
        epsilon: float = 1e-5,
        training_mode: int = 0,
        **_others: object,
    ) -> tuple[Array]:
        if training_mode or len(self.onnx_node.output) > 1:
            raise ValueError("a BatchNormalization is still in training; export after eval()")
        column = (-1, *(1,) * (x.ndim - 2))
        gain, shift, mean, variance = (each.reshape(column) for each in numbers)
        return (((x - mean) / np.sqrt(variance + epsilon) * gain + shift).astype(x.dtype),)


class Unsoftened(OpRun):
    """The scores as they are, in place of what is read at the end only."""

    def _run(self, x: Array, **_attributes: object) -> tuple[Array]:
        return (x,)


def compare(network: Network, graph: Graph, pictures: Array) -> None:
    """Raise ModelError unless the network answers as the file's own operators do."""
    before = len(network.layers) - len(graph.layers)
    x = pictures[:CHECKED]
    for layer in network.layers[:before]:
        x = layer.forward(x)
    kind = tensor_dtype_to_np_dtype(graph.given.type.tensor_type.elem_type)
    x = x.astype(kind)  # the network reads them rounded too, and only differences of its own remain
    read = dataclasses.replace(network, layers=network.layers[before:])
    ours = read.forward(x.astype(np.float64))
    try:
        theirs = _answers(graph, graph.as_in_file(x)).reshape(ours.shape)
    except Exception as error:
        # Of damaged files it raises whatever it stumbles over: no list is complete.
        reason = one_line(error).rstrip(".") or type(error).__name__
        raise ModelError(
            f"The file's own answers, to compare {network.name} with, cannot be had: {reason}."
        ) from error
    close = HALF_CLOSE if _has_halves(graph) else CLOSE
    apart, largest = np.abs(theirs - ours).max(axis=1), np.abs(ours).max(axis=1)
    for much, of in zip(apart, largest, strict=True):
        if not much <= close * max(1e-6, of):
            raise ModelError(
                f"{network.name} answers otherwise than its file: by {much:.2g} of {of:.2g}."
            )


def _answers(graph: Graph, inputs: Array) -> Array:
    """Return the scores of the file's own operators, in whose fixed batches inputs are repeated."""
    operators = [BatchNormalization, *(type(kind, (Unsoftened,), {}) for kind in sorted(LAST))]
    evaluator = ReferenceEvaluator(graph.model, new_ops=operators)
    batch = max(1, graph.given.type.tensor_type.shape.dim[0].dim_value)
    answers = []
    for start in range(0, len(inputs), batch):
        fed = np.resize(inputs[start : start + batch], (batch, *inputs.shape[1:]))
        with np.errstate(all="ignore"):
            (scores,) = evaluator.run(None, {graph.given.name: fed})
        answers.append(np.reshape(scores, (batch, -1)))
    return np.concatenate(answers)[: len(inputs)]


def _has_halves(graph: Graph) -> bool:
    """Tell whether the file computes in half precision, if only in part."""
    return any(each.data_type == onnx.TensorProto.FLOAT16 for each in graph.model.graph.initializer)
