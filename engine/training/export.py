"""Turns a trained torch network into the pure layers of `engine.networks.layers`.

Average pooling and batch normalisation fold into the layer before them. Scale factors then move
through the squares so that every channel has about the same size, since the noise of CKKS is the
same for all of them.
"""

import dataclasses

import numpy as np
from torch import nn

from engine.arrays import Array
from engine.networks.layers import Affine, AveragePool, Conv2d, Dense, Layer, Polynomial, Square
from engine.training.architectures import Normalise, Power
from engine.training.architectures import Square as TorchSquare


def fold(model: nn.Sequential) -> tuple[Layer, ...]:
    """Return the layers of `model` as it answers in eval mode."""
    layers: list[Layer] = []
    for module in model:
        if isinstance(module, nn.Conv2d):
            padding = (int(module.padding[0]),) * 4
            layers.append(Conv2d(*_weights(module), module.stride[0], padding))
        elif isinstance(module, nn.Linear):
            layers.append(Dense(*_weights(module)))
        elif isinstance(module, nn.AvgPool2d):
            _add_pooling(layers, module)
        elif isinstance(module, Normalise):
            layers.append(Affine(module.gain.double().numpy(), module.shift.double().numpy()))
        elif isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            layers[-1] = _fold_normalisation(layers[-1], module)
        elif isinstance(module, Power):
            terms = module.coefficients.detach().double().numpy()
            layers.append(Polynomial(terms, np.ones(terms.shape[1])))
        elif isinstance(module, TorchSquare):
            layers.append(Square())
    return tuple(layers)


def balance(layers: tuple[Layer, ...], pictures: Array) -> tuple[Layer, ...]:
    """Scale each channel before a square to rms 1 over `pictures`, leaving the answers unchanged.

    A channel divided by s gives a square divided by s²; the next layer's weights make up for it.
    """
    balanced = list(layers)
    values = pictures
    for index, after in enumerate(layers[1:]):
        current = balanced[index]
        values = current.forward(values)
        if not isinstance(current, Conv2d | Dense) or not isinstance(after, Square):
            continue
        rms = np.sqrt(np.mean(values**2, axis=(0, *range(2, values.ndim))))
        balanced[index] = scale_outputs(current, 1 / rms)
        place = next(
            number
            for number in range(index + 2, len(balanced))
            if isinstance(balanced[number], Conv2d | Dense)
        )
        following = balanced[place]
        assert isinstance(following, Conv2d | Dense)
        balanced[place] = _scale_inputs(following, rms**2)
        values = values / rms.reshape(-1, *(1,) * (values.ndim - 2))
    return tuple(balanced)


def round_to_single(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Return the layers with the float32 values that a model file keeps."""
    return tuple(map(_rounded_layer, layers))


def _rounded_layer(layer: Layer) -> Layer:
    if isinstance(layer, Conv2d | Dense):
        return dataclasses.replace(layer, weight=_rounded(layer.weight), bias=_rounded(layer.bias))
    if isinstance(layer, Polynomial):
        return dataclasses.replace(layer, coefficients=_rounded(layer.coefficients))
    return layer


def _rounded(values: Array) -> Array:
    return values.astype(np.float32).astype(np.float64)


def _weights(module: nn.Conv2d | nn.Linear) -> tuple[Array, Array]:
    weight = module.weight.detach().double().numpy().copy()
    if module.bias is None:
        return weight, np.zeros(len(weight))
    return weight, module.bias.detach().double().numpy().copy()


def _add_pooling(layers: list[Layer], pool: nn.AvgPool2d) -> None:
    """Fold a pool into the convolution before it, if there is one and its windows lie side by side.

    Anywhere else it is a layer of its own.
    """
    size, stride, padding = pool.kernel_size, pool.stride, pool.padding
    assert isinstance(size, int)
    assert isinstance(stride, int)
    assert isinstance(padding, int)
    before = layers[-1] if layers else None
    if isinstance(before, Conv2d) and (stride, padding) == (size, 0):
        layers[-1] = _fold_pooling(before, pool)
    else:
        layers.append(AveragePool((size, size), stride, (padding,) * 4))


def _fold_pooling(layer: Conv2d, pool: nn.AvgPool2d) -> Layer:
    """Return one convolution that is `layer` and then `pool`: the mean of shifted kernels."""
    assert isinstance(pool.kernel_size, int)
    assert isinstance(layer.stride, int)
    outputs, inputs, kernel, _ = layer.weight.shape
    reach = (pool.kernel_size - 1) * layer.stride
    weight = np.zeros((outputs, inputs, kernel + reach, kernel + reach))
    for row in range(0, reach + 1, layer.stride):
        for column in range(0, reach + 1, layer.stride):
            weight[:, :, row : row + kernel, column : column + kernel] += layer.weight
    stride = layer.stride * pool.kernel_size
    return Conv2d(weight / pool.kernel_size**2, layer.bias, stride, layer.padding)


def _fold_normalisation(layer: Layer, norm: nn.BatchNorm1d | nn.BatchNorm2d) -> Layer:
    assert isinstance(layer, Conv2d | Dense)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    mean = norm.running_mean.double().numpy()
    deviation = np.sqrt(norm.running_var.double().numpy() + norm.eps)
    shifted = dataclasses.replace(layer, bias=layer.bias - mean)
    if not norm.affine:
        return scale_outputs(shifted, 1 / deviation)
    scaled = scale_outputs(shifted, norm.weight.detach().double().numpy() / deviation)
    return dataclasses.replace(scaled, bias=scaled.bias + norm.bias.detach().double().numpy())


def scale_outputs(layer: Conv2d | Dense, factors: Array) -> Conv2d | Dense:
    """Return a layer whose channel i gives `factors`[i] times as much."""
    weight = layer.weight * factors.reshape(-1, *(1,) * (layer.weight.ndim - 1))
    return dataclasses.replace(layer, weight=weight, bias=layer.bias * factors)


def _scale_inputs(layer: Conv2d | Dense, factors: Array) -> Conv2d | Dense:
    """Multiply the weights of input channel i by factors[i]; a dense layer sees it as a run."""
    if isinstance(layer, Conv2d):
        return dataclasses.replace(layer, weight=layer.weight * factors[:, None, None])
    repeated = np.repeat(factors, layer.weight.shape[1] // len(factors))
    return dataclasses.replace(layer, weight=layer.weight * repeated)
