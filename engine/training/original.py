"""An imported graph as torch modules: as it was, and with quadratics in place of what it had."""

import copy
import dataclasses
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.arrays import Array
from engine.errors import ModelError
from engine.importing.expressions import Replaced
from engine.importing.onnx_file import Graph
from engine.networks.layers import (
    Affine,
    AveragePool,
    Conv2d,
    Dense,
    Layer,
    Polynomial,
    Reshape,
)
from engine.training.architectures import Noise, Normalise, Square
from engine.training.export import scale_outputs

GAIN = SHIFT = 0.7
"""As `engine.training.architectures` begins: (0.7 z + 0.7)² of a normalised z."""


class Function(nn.Module):
    """An activation that is no polynomial."""

    def __init__(self, call: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self._call = call

    def forward(self, x: Tensor) -> Tensor:
        """Map every value; any shape."""
        return self._call(x)


def original(graph: Graph, before_it: tuple[Affine, ...] = ()) -> nn.Sequential:
    """Return the network of a file as it answers, after `before_it`.

    Raises ModelError for what has no module here.
    """
    modules: list[nn.Module] = [_normalise(each) for each in before_it]
    for layer, stands_for in _merged(graph):
        modules += _modules(layer, stands_for)
    return nn.Sequential(*modules).eval()


def _merged(graph: Graph) -> list[tuple[Layer, Replaced | None]]:
    """Return the layers with what they stand for, normalisations made part of what is before."""
    replaced = {each.layer: each for each in graph.replaced}
    merged: list[tuple[Layer, Replaced | None]] = []
    for number, layer in enumerate(graph.layers):
        before = merged[-1][0] if merged else None
        if isinstance(layer, Affine) and isinstance(before, Conv2d | Dense):
            scaled = scale_outputs(before, layer.gain)
            merged[-1] = dataclasses.replace(scaled, bias=scaled.bias + layer.shift), None
        else:
            merged.append((layer, replaced.get(number)))
    return merged


def quadratic(teacher: nn.Sequential, noise: Noise, example: Tensor) -> nn.Sequential:
    """Return a copy of a network with a normalised quadratic for each activation, pools averaged.

    `example` is a picture (1, channels, height, width), to see how many channels there are. After
    the scores nothing is added.
    """
    modules: list[nn.Module] = []
    x = example
    for module in teacher:
        x = module(x)
        if isinstance(module, nn.MaxPool2d):
            size, stride, padding = module.kernel_size, module.stride, module.padding
            assert isinstance(size, int)
            modules.append(nn.AvgPool2d(size, int(stride), int(padding)))  # type: ignore[arg-type]
        elif isinstance(module, Function):
            modules += _learned(x, noise)
        else:
            modules.append(copy.deepcopy(module))
    return nn.Sequential(*modules)


def _learned(x: Tensor, noise: Noise) -> list[nn.Module]:
    norm = nn.BatchNorm2d(x.shape[1]) if x.ndim == 4 else nn.BatchNorm1d(x.shape[1])
    nn.init.constant_(norm.weight, GAIN)
    nn.init.constant_(norm.bias, SHIFT)
    return [norm, Square(noise)]


def _normalise(layer: Affine) -> Normalise:
    return Normalise(torch.tensor(layer.gain).float(), torch.tensor(layer.shift).float())


def _modules(layer: Layer, stands_for: Replaced | None) -> list[nn.Module]:
    match layer:
        case Conv2d():
            return [_convolution(layer)]
        case Dense():
            dense = nn.Linear(layer.weight.shape[1], len(layer.weight))
            _fill(dense, layer.weight, layer.bias)
            return [nn.Flatten(), dense]
        case AveragePool():
            return [_pool(layer, stands_for)]
        case Affine():
            return [_normalise(layer)]
        case Polynomial() if stands_for is not None:
            return [Function(_function(stands_for))]
        case Polynomial():
            terms = torch.tensor(layer.coefficients).float()
            return [Function(lambda x: _polynomial(terms, x))]
        case Reshape(shape=(_, 1, 1)):
            return [nn.Flatten()]
        case _:
            raise ModelError(
                f"A {type(layer).__name__} in the file has no counterpart in the training; "
                "export the network with channels first."
            )


def _convolution(layer: Conv2d) -> nn.Conv2d:
    top, left, bottom, right = layer.padding
    if (top, left) != (bottom, right):
        raise ModelError("A convolution with uneven padding cannot be adapted; pad evenly.")
    if not isinstance(layer.stride, int):
        raise ModelError("A convolution with uneven strides cannot be adapted; use even ones.")
    groups, outputs = layer.groups, len(layer.weight)
    module = nn.Conv2d(
        layer.weight.shape[1] * groups,
        outputs,
        layer.weight.shape[2:],
        layer.stride,
        (top, left),
        layer.dilation,
        groups,
    )
    _fill(module, layer.weight, layer.bias)
    return module


def _fill(module: nn.Conv2d | nn.Linear, weight: Array, bias: Array) -> None:
    with torch.no_grad():
        module.weight.copy_(torch.tensor(weight))
        assert module.bias is not None
        module.bias.copy_(torch.tensor(bias))


def _pool(layer: AveragePool, stands_for: Replaced | None) -> nn.Module:
    height, width = layer.kernel
    even = height == width and isinstance(layer.stride, int)
    if not even or len(set(layer.padding)) != 1:
        raise ModelError("A pool with uneven sides cannot be adapted; use square windows.")
    kind = nn.MaxPool2d if stands_for is not None else nn.AvgPool2d
    return kind(height, layer.stride, layer.padding[0])


def _polynomial(terms: Tensor, x: Tensor) -> Tensor:
    y = torch.zeros_like(x)
    for each in reversed(terms):
        y = y * x + each.view(-1, *(1,) * (x.ndim - 2))
    return y


def _function(replaced: Replaced) -> Callable[[Tensor], Tensor]:
    numbers = replaced.parameters
    known: dict[str, Callable[[Tensor], Tensor]] = {
        "Relu": functional.relu,
        "LeakyRelu": lambda x: functional.leaky_relu(x, numbers[0]),
        "PRelu": lambda x: functional.prelu(x, torch.tensor(numbers)),
        "Elu": lambda x: functional.elu(x, numbers[0]),
        "Clip": lambda x: x.clamp(*numbers),
        "Gelu": functional.gelu,
        "HardSwish": functional.hardswish,
        "Sigmoid": torch.sigmoid,
        "Tanh": torch.tanh,
    }
    return known[replaced.operator]
