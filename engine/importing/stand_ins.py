"""Stand-ins for what is no polynomial, for networks that are to be adapted and trained again.

A rectifier and its relatives become quadratics, a largest value becomes an average; the graph notes
each, so that the training can build the original as well.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

from engine.errors import ModelError
from engine.importing import layer_operators
from engine.importing.call import Call
from engine.importing.expressions import Replaced
from engine.importing.values import Value
from engine.networks.layers import Polynomial

FITTED = (0.2, 0.5, 0.2)
"""About the quadratic that is nearest to ReLU over a normal distribution; it is learned anyway."""


def _activation(operator: str, *defaults: tuple[str, float]) -> Callable[[Call], Value]:
    """Return what reads an activation with these attributes."""

    def read(call: Call) -> Value:
        numbers = [float(call.attributes.get(name, default)) for name, default in defaults]
        return _stand_in(call, operator, tuple(numbers))

    return read


def _clip(call: Call) -> Value:
    """Clip: a rectifier with an upper end, its ends attributes or operands."""
    ends = [
        float(call.constant(place).ravel()[0])
        if call.has(place)
        else float(call.attributes.get(name, default))
        for place, name, default in ((1, "min", -np.inf), (2, "max", np.inf))
    ]
    return _stand_in(call, "Clip", tuple(ends))


def _parametric(call: Call) -> Value:
    """PRelu with one slope for all channels, or one for each."""
    slopes = call.constant(1).astype(np.float64).ravel()
    if len(slopes) not in {1, call.value().coefficients.shape[1]}:
        call = _settled(call)
    if len(slopes) not in {1, call.value().sides[0]}:
        raise ModelError(f"PRelu with {len(slopes)} slopes does not fit its channels.")
    return _stand_in(call, "PRelu", tuple(slopes.tolist()))


def _stand_in(call: Call, operator: str, parameters: tuple[float, ...]) -> Value:
    builder = call.builder
    x = builder.computed(call.value())
    builder.replaced.append(Replaced(len(builder.layers), operator, parameters))
    channels = builder.shape[0]
    terms = np.array(FITTED)[:, None] * np.ones(channels)
    builder.add(Polynomial(terms, np.ones(channels)))
    return builder.value(x.sides, x.order)


def _settled(call: Call) -> Call:
    settled = call.builder.settle(call.value())
    return dataclasses.replace(call, operands=(settled, *call.operands[1:]))


def _max_pool(call: Call) -> Value:
    """MaxPool: the average of the same windows."""
    call = _settled(call)
    call.builder.replaced.append(Replaced(len(call.builder.layers), "MaxPool"))
    return layer_operators.average_pool(call)


def _global_max(call: Call) -> Value:
    call = _settled(call)
    call.builder.replaced.append(Replaced(len(call.builder.layers), "MaxPool"))
    return layer_operators.global_average(call)


STAND_INS: dict[str, Callable[[Call], Value]] = {
    "Relu": _activation("Relu"),
    "LeakyRelu": _activation("LeakyRelu", ("alpha", 0.01)),
    "PRelu": _parametric,
    "Elu": _activation("Elu", ("alpha", 1.0)),
    "Clip": _clip,
    "Gelu": _activation("Gelu"),
    "HardSwish": _activation("HardSwish"),
    "Sigmoid": _activation("Sigmoid"),
    "Tanh": _activation("Tanh"),
    "MaxPool": _max_pool,
    "GlobalMaxPool": _global_max,
}
