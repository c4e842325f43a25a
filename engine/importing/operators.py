"""What each ONNX operator means for a network here; every other one is refused by name."""

from collections.abc import Callable

from engine.importing import arithmetic, layer_operators, padding, shape_operators
from engine.importing.call import Call, Operand

Operator = Callable[[Call], Operand]

OPERATORS: dict[str, Operator] = {
    "Add": arithmetic.add,
    "AveragePool": layer_operators.average_pool,
    "BatchNormalization": layer_operators.batch_normalisation,
    "Cast": arithmetic.identity,
    "Conv": layer_operators.convolution,
    "Div": arithmetic.divide,
    "Dropout": arithmetic.identity,
    "Flatten": shape_operators.flatten,
    "Gemm": layer_operators.gemm,
    "GlobalAveragePool": layer_operators.global_average,
    "Identity": arithmetic.identity,
    "MatMul": layer_operators.matmul,
    "Mul": arithmetic.multiply,
    "Neg": arithmetic.negate,
    "Pad": padding.pad,
    "Pow": arithmetic.power,
    "ReduceMean": layer_operators.reduce_mean,
    "ReduceSum": layer_operators.reduce_sum,
    "Reshape": shape_operators.reshape,
    "Shape": shape_operators.shape,
    "Squeeze": shape_operators.squeeze,
    "Sub": arithmetic.subtract,
    "Sum": arithmetic.total,
    "Transpose": shape_operators.transpose,
    "Unsqueeze": shape_operators.unsqueeze,
}
