"""Operators on constants alone, as exporters compute shapes and fold normalisations.

onnx's own reference evaluates them. A file may come from anybody: only operators of this list are
evaluated, and what they read and make is counted before anything is allocated.
"""

import math
from collections.abc import Sequence

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

from engine.arrays import Array
from engine.errors import ModelError, one_line

MOST_CONSTANTS = 2**25
"""Values that the constants of all these operators of a file may have together."""
MOST_DIMENSIONS = 64
"""Of an array of numpy."""

BY_ELEMENT = {
    *("Abs", "Add", "And", "Cast", "Ceil", "Div", "Equal", "Floor", "Greater", "Less", "Max"),
    *("Min", "Mod", "Mul", "Neg", "Not", "Or", "Pow", "Reciprocal", "Sqrt", "Sub", "Sum", "Where"),
}
FOLDED = BY_ELEMENT | {
    *("Concat", "ConstantOfShape", "Expand", "Flatten", "Gather", "Range", "ReduceMax"),
    *("ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "Reshape", "Shape", "Size", "Slice"),
    *("Squeeze", "Tile", "Transpose", "Unsqueeze"),
}


class Folding:
    """Evaluates operators on constants, of a file of this operator set."""

    def __init__(self, opset: int) -> None:
        self._opset = opset
        self._left = MOST_CONSTANTS

    def folded(self, node: onnx.NodeProto, operands: Sequence[Array | None]) -> Array:
        """Return what an operator makes of constants; ModelError if it is too much or fails."""
        given = [each for each in operands if each is not None]
        try:
            self._left -= sum(each.size for each in given) + _size(node, operands)
            if self._left < 0:
                raise ModelError(
                    f"More than {MOST_CONSTANTS:,} constants are computed with, too many."
                )
            with np.errstate(all="ignore"):
                result = self._evaluated(node, operands)
        except ModelError:
            raise
        except Exception as error:
            # Of damaged files the reference raises whatever it stumbles over.
            raise ModelError(f"Its constants do not fit it ({one_line(error, 80)}).") from error
        return numbers(result, "Its result")

    def _evaluated(self, node: onnx.NodeProto, operands: Sequence[Array | None]) -> Array:
        names = [f"operand{place}" if name else "" for place, name in enumerate(node.input)]
        alone = onnx.NodeProto(op_type=node.op_type, input=names, output=["result"])
        alone.attribute.extend(node.attribute)
        graph = onnx.GraphProto(node=[alone], output=[onnx.ValueInfoProto(name="result")])
        fed = {name: each for name, each in zip(names, operands, strict=True) if name}
        (result,) = ReferenceEvaluator(graph, {"": self._opset}).run(None, fed)
        return np.asarray(result)


def numbers(array: Array, name: str) -> Array:
    """Return an array; ModelError unless it holds finite numbers or truths."""
    if array.dtype.kind not in "biuf":
        raise ModelError(f"{name} holds no numbers.")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ModelError(f"{name} has values that are no numbers.")
    return array


def _size(node: onnx.NodeProto, operands: Sequence[Array | None]) -> int:
    """Return how many values an operator makes at most."""
    given = [each for each in operands if each is not None]
    first, kind = given[0], node.op_type
    if any(each.name == "to" and each.i == onnx.TensorProto.STRING for each in node.attribute):
        raise ModelError("It makes text of its constants.")
    if kind in BY_ELEMENT:
        return math.prod(np.broadcast_shapes(*(each.shape for each in given)))
    if kind == "ConstantOfShape":
        return math.prod(_sides(first))
    if kind == "Expand":
        return math.prod(np.broadcast_shapes(first.shape, tuple(_sides(given[1]))))
    if kind == "Tile":
        return first.size * math.prod(_sides(given[1]))
    if kind == "Gather":
        return first.size * given[1].size
    if kind == "Range":
        start, end, step = (each.item() for each in given)
        return max(0, math.ceil((end - start) / step))
    return sum(each.size for each in given)


def _sides(shape: Array) -> list[int]:
    if shape.size > MOST_DIMENSIONS:
        raise ModelError(f"A shape of {shape.size:,} sides is none.")
    sides = [int(side) for side in shape.ravel()]
    if min(sides, default=0) < 0:
        raise ModelError(f"A shape of {sides[:8]} is none.")
    return sides
