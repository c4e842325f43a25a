"""Reading an ONNX file: its bytes are checked, its graph becomes layers, nothing in it is run.

The file may come from anybody. It is limited in size, its data lie in it or beside it, and every
operator that is not a polynomial in the picture is refused by name.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import numpy_helper

from engine.arrays import Array
from engine.errors import CipherSketchError, ModelError, NotPolynomialError, one_line
from engine.importing.call import Call, Operand
from engine.importing.constants import FOLDED, Folding, numbers
from engine.importing.expressions import Builder, Replaced
from engine.importing.external_data import read_external_data
from engine.importing.operators import OPERATORS, Operator
from engine.importing.refusals import refusal
from engine.importing.stand_ins import STAND_INS
from engine.importing.values import Value
from engine.networks.layers import Layer, Shape
from engine.networks.maps import IntArray

MAX_BYTES = 64 * 2**20
MAX_NODES = 2000
MAX_SIDE = 64
MAX_CHANNELS = 256
MOST_HELD = 2**29
"""Bytes of the orders and coefficients of all values, which are kept while a file is read."""
MAX_BATCH = 64
FLOATS = {onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16, onnx.TensorProto.DOUBLE}
OWN = {"", "ai.onnx"}
"""The names of the domain of ONNX's own operators."""
CONSTANTS = {
    "value": None,
    "value_float": np.float32,
    "value_floats": np.float32,
    "value_int": np.int64,
    "value_ints": np.int64,
}
"""The types of what a Constant may hold; a tensor has its own."""
LAST = {"Softmax", "LogSoftmax", "Sigmoid"}
"""They order the scores as they are, so a network may end with one; it is left out."""
AFTER_LAST = {"Cast", "Flatten", "Identity", "Reshape", "Squeeze"}
"""They keep the scores, so one of those may stand before them."""


@dataclass(frozen=True, eq=False)
class Graph:
    """What a file holds: layers, the sides of its input without the batch, and its model.

    The layers read `shape`, whose value i is value `order`[i] of the file's input, `given`.
    `replaced` are the layers that stand in for operators that are no polynomials.
    """

    layers: tuple[Layer, ...]
    shape: Shape
    order: IntArray
    sides: tuple[int, ...]
    model: onnx.ModelProto
    given: onnx.ValueInfoProto
    replaced: tuple[Replaced, ...] = ()

    def arranged(self, inputs: Array) -> Array:
        """Return inputs as the file has them, (n, *sides), as the network reads them."""
        return inputs.reshape(-1, len(self.order))[:, self.order].reshape(-1, *self.shape)

    def as_in_file(self, inputs: Array) -> Array:
        """Return inputs as the network reads them as the file has them, (n, *sides)."""
        values = np.empty((len(inputs), len(self.order)), inputs.dtype)
        values[:, self.order] = inputs.reshape(values.shape)
        return values.reshape(-1, *self.sides)


def read_onnx(path: Path, *, replacing: bool = False) -> Graph:
    """Read an ONNX file; raise ModelError, naming operator and node, if it cannot run encrypted.

    When `replacing`, what is no polynomial is replaced by what is, to be trained again.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ModelError(f"{path.name} is larger than {MAX_BYTES >> 20} MB.")
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}.") from error
    return parse_onnx(data, path.name, path.parent, replacing=replacing)


def parse_onnx(
    data: bytes, name: str, folder: Path | None = None, *, replacing: bool = False
) -> Graph:
    """Do the same with a file's bytes; weights in other files are read from `folder` only."""
    try:
        model = onnx.load_model_from_string(data)
        if folder is not None:
            read_external_data(model, folder, MAX_BYTES)
        return _graph(model, replacing=replacing)
    except NotPolynomialError as error:
        raise NotPolynomialError(f"{name} cannot be imported: {one_line(error.reason)}") from error
    except CipherSketchError as error:
        raise ModelError(f"{name} cannot be imported: {one_line(error)}") from error
    except DecodeError as error:
        raise ModelError(f"{name} is no ONNX file, or a damaged one.") from error
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        MemoryError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise ModelError(
            f"{name} is damaged or not a network that runs here ({one_line(error)})."
        ) from error


def _graph(model: onnx.ModelProto, *, replacing: bool) -> Graph:
    graph = model.graph
    if len(graph.node) > MAX_NODES:
        raise ModelError(f"it has {len(graph.node):,} operators; up to {MAX_NODES:,} are read.")
    values: dict[str, Operand] = {}
    for tensor in graph.initializer:
        values[tensor.name] = _array(tensor)
    inputs = [each for each in graph.input if each.name not in values]
    if len(inputs) != 1 or len(graph.output) != 1:
        raise ModelError(
            f"it has {len(inputs)} inputs and {len(graph.output)} outputs, not one of each."
        )
    sides = _sides(inputs[0])
    builder = Builder(sides, max(1, inputs[0].type.tensor_type.shape.dim[0].dim_value))
    values[inputs[0].name] = builder.value(sides)
    folding = Folding(next((each.version for each in model.opset_import if each.domain in OWN), 1))
    operators = OPERATORS | STAND_INS if replacing else OPERATORS
    kept, last = _keep_needed(graph)
    held: dict[int, int] = {}
    for index, node in zip(kept, graph.node, strict=True):
        if index == last:
            values[node.output[0]] = values[node.input[0]]
            continue
        values[node.output[0]] = made = _run(node, index, values, builder, operators, folding)
        if isinstance(made, Value):
            held |= {id(each): each.nbytes for each in (made.coefficients, made.order)}
        if sum(held.values()) > MOST_HELD:
            raise ModelError(f"its values take more than {MOST_HELD >> 20} MB on their way.")
    scores = values[graph.output[0].name]
    if not isinstance(scores, Value):
        raise ModelError("its answer does not depend on the picture.")
    if math.prod(scores.sides) != scores.sides[0]:
        raise ModelError(f"its answer has the shape {scores.sides}, not one score a class.")
    builder.settle(scores)
    return Graph(
        tuple(builder.layers),
        builder.input_shape,
        builder.input_order,
        sides,
        model,
        inputs[0],
        tuple(builder.replaced),
    )


def _keep_needed(graph: onnx.GraphProto) -> tuple[list[int], int | None]:
    """Drop the operators that the answer does not need, which nothing checks or may compute.

    Return the numbers of the others, and of the one that only softens the answer, if any.
    """
    answer, names = graph.output[0].name, {graph.output[0].name}
    kept: list[int] = []
    last = None
    for index in reversed(range(len(graph.node))):
        node = graph.node[index]
        if names.isdisjoint(node.output[:1]):
            del graph.node[index]
            continue
        kept.insert(0, index)
        names.update(each for each in node.input if each)
        if answer in node.output[:1] and node.op_type in LAST | AFTER_LAST:
            last, answer = (index, "") if node.op_type in LAST else (last, node.input[0])
    return kept, last


def _run(
    node: onnx.NodeProto,
    index: int,
    values: dict[str, Operand],
    builder: Builder,
    operators: Mapping[str, Operator],
    folding: Folding,
) -> Operand:
    where = f"{node.op_type} (operator {index + 1}{f', {node.name}' if node.name else ''})"
    attributes = dict(_attributes(node))
    if node.op_type == "Constant":
        return _constant(attributes, where)
    if node.domain not in OWN:
        raise ModelError(f"{where} is of the domain {node.domain}, which is not read here.")
    operands = tuple(values[each] if each else None for each in node.input)
    constants = [each for each in operands if not isinstance(each, Value)]
    on_constants = node.op_type in FOLDED and len(constants) == len(operands)
    if node.op_type not in operators and not on_constants:
        raise refusal(node.op_type, where)
    try:
        if on_constants:
            return folding.folded(node, constants)
        return operators[node.op_type](Call(operands, attributes, builder))
    except ModelError as error:
        raise ModelError(f"at {where}: {error}") from error


def _constant(attributes: Mapping[str, Any], where: str) -> Array:
    if len(attributes) != 1:
        raise ModelError(f"at {where}: {len(attributes)} values stand where one belongs.")
    ((name, value),) = attributes.items()
    if name not in CONSTANTS:
        raise ModelError(f"at {where}: its {name} is no number.")
    return numbers(np.asarray(value, CONSTANTS[name]), where)


def _attributes(node: onnx.NodeProto) -> Iterator[tuple[str, Any]]:
    for attribute in node.attribute:
        value = onnx.helper.get_attribute_value(attribute)
        if isinstance(value, onnx.TensorProto):
            value = _array(value)
        yield attribute.name, value


def _array(tensor: onnx.TensorProto) -> Array:
    if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
        raise ModelError(f"{tensor.name} lies in another file; save the network as one file.")
    count = math.prod(tensor.dims)
    if any(side < 0 for side in tensor.dims) or count > MAX_BYTES:
        raise ModelError(f"{tensor.name} claims the shape {tuple(tensor.dims)}.")
    return numbers(numpy_helper.to_array(tensor), tensor.name)


def _sides(given: onnx.ValueInfoProto) -> tuple[int, ...]:
    """Return the sides of an input without the batch; ModelError for one that cannot run."""
    kind = given.type.tensor_type.elem_type
    whole = tuple(int(side.dim_value) for side in given.type.tensor_type.shape.dim)
    if kind not in FLOATS:
        raise ModelError(
            f"its input is {onnx.TensorProto.DataType.Name(kind).lower()}; export it with floats "
            "from 0 to 1, such as pixels over 255."
        )
    batch, sides = whole[:1], whole[1:]
    if batch > (MAX_BATCH,):
        raise ModelError(f"it reads {batch[0]:,} pictures at once; export it with a batch of 1.")
    inside = all(0 < side <= MAX_SIDE for side in sides[1:])
    if len(sides) not in {1, 2, 3} or not inside or not 0 < sides[0] <= MAX_SIDE**2 * 3:
        if len(sides) == 2 and 0 < sides[0] <= MAX_CHANNELS and 0 < sides[1] <= MAX_SIDE**2:
            return sides
        raise ModelError(
            f"its input has the shape {sides} beside the batch; fixed ones up to "
            f"3 x {MAX_SIDE} x {MAX_SIDE} can run."
        )
    return sides
