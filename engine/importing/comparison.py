"""An imported network compared with its file: both answer pictures, the file by its own operators.

The raw scores are compared: a softmax at the end hides how far apart they are.
"""

import numpy as np
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

from engine.arrays import Array
from engine.errors import ModelError, one_line
from engine.importing.onnx_file import Graph
from engine.networks.layers import Network

CHECKED = 4
CLOSE = 1e-3
"""The file computes in single precision; scores may differ by so much of the largest."""


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


class Softmax(OpRun):
    """The scores as they are."""

    def _run(self, x: Array, **_attributes: object) -> tuple[Array]:
        return (x,)


class LogSoftmax(Softmax):
    """The scores as they are."""


def compare(network: Network, graph: Graph, pictures: Array) -> None:
    """Raise ModelError unless the network answers as the file's own operators do."""
    try:
        operators = [BatchNormalization, Softmax, LogSoftmax]
        evaluator = ReferenceEvaluator(graph.model, new_ops=operators)
    except Exception as error:
        # Of damaged files it raises whatever it stumbles over: no list is complete.
        raise _without_answers(network.name, error) from error
    inputs = pictures[:CHECKED]
    normalised = inputs
    if network.layers and len(network.layers) > len(graph.layers):
        normalised = network.layers[0].forward(inputs)
    ours = network.forward(inputs)
    for picture, mine in zip(normalised, ours, strict=True):
        fed = picture.reshape(1, *graph.sides).astype(np.float32)
        try:
            (theirs,) = evaluator.run(None, {evaluator.input_names[0]: fed})
        except Exception as error:
            raise _without_answers(network.name, error) from error
        apart, largest = np.abs(np.asarray(theirs).ravel() - mine).max(), np.abs(mine).max()
        if not apart <= CLOSE * max(1e-6, largest):
            raise ModelError(
                f"{network.name} answers otherwise than its file: by {apart:.2g} of {largest:.2g}."
            )


def _without_answers(name: str, error: Exception) -> ModelError:
    reason = one_line(error).rstrip(".") or type(error).__name__
    return ModelError(f"The file's own answers, to compare {name} with, cannot be had: {reason}.")
