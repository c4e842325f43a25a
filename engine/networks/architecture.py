"""An architecture: what the layers of a network are, before it has any weights."""

import dataclasses
from dataclasses import dataclass

from engine.errors import ModelError
from engine.networks.layers import (
    MOST_DEGREE,
    AveragePool,
    Conv2d,
    Dense,
    Network,
    Polynomial,
    Shape,
    Square,
)

MOST_LAYERS = 40
MOST_CHANNELS = 256
MOST_WIDTH = 2048
MOST_CLASSES = 100
SIDES = range(8, 65)
INPUT_CHANNELS = range(1, 4)


@dataclass(frozen=True)
class ConvSpec:
    """A convolution, the average of `pool` x `pool` neighbours, an activation of `degree`."""

    channels: int
    kernel: int
    stride: int = 1
    pool: int = 1
    padding: int = 0
    degree: int = 2


@dataclass(frozen=True)
class DenseSpec:
    """A dense layer with `width` outputs, then an activation of `degree`."""

    width: int
    degree: int = 2


Spec = ConvSpec | DenseSpec
Specs = tuple[Spec, ...]


@dataclass(frozen=True)
class Architecture:
    """Layers on pictures of `input_shape`; the last gives the scores and has no activation."""

    input_shape: Shape
    layers: Specs

    def shapes(self) -> tuple[Shape, ...]:
        """Return the shape after each layer; raise ModelError for the first that cannot be."""
        channels, height, width = self.input_shape
        if channels not in INPUT_CHANNELS or height not in SIDES or width not in SIDES:
            raise ModelError(
                f"Pictures of {channels}x{height}x{width} cannot be read; 1 to 3 channels with "
                f"sides of {SIDES.start} to {SIDES.stop - 1} can."
            )
        if not 1 <= len(self.layers) <= MOST_LAYERS:
            raise ModelError(f"{len(self.layers)} layers are no network; 1 to {MOST_LAYERS} are.")
        found: list[Shape] = []
        shape = self.input_shape
        for number, layer in enumerate(self.layers, 1):
            shape = _shape_after(layer, shape, number)
            found.append(shape)
        last = self.layers[-1]
        if not isinstance(last, DenseSpec) or not 2 <= last.width <= MOST_CLASSES:
            raise ModelError(
                f"The last layer gives the scores: make it dense, 2 to {MOST_CLASSES} wide."
            )
        return tuple(found)

    def checked(self) -> "Architecture":
        """Return it; raise ModelError if it cannot be."""
        self.shapes()
        return self

    def fitted(self, classes: int) -> "Architecture":
        """Return it with every size cut to what fits, and a last layer for so many classes."""
        layers: list[Spec] = []
        shape = self.input_shape
        for number, layer in enumerate(self.layers[: MOST_LAYERS - 1], 1):
            fitting = _fit(layer, shape)
            shape = _shape_after(fitting, shape, number)
            layers.append(fitting)
        if layers and isinstance(layers[-1], DenseSpec):
            layers.pop()
        return dataclasses.replace(self, layers=(*layers, DenseSpec(classes))).checked()

    @property
    def squares(self) -> int:
        """Return how many squares one after the other the activations take."""
        degrees = [layer.degree for layer in self.layers[:-1]]
        return sum((degree + 1) // 2 if degree > 1 else 0 for degree in degrees)

    @property
    def weights(self) -> int:
        """Return how many numbers are learned, biases included."""
        count, shape = 0, self.input_shape
        for layer, after in zip(self.layers, self.shapes(), strict=True):
            if isinstance(layer, ConvSpec):
                count += layer.channels * (shape[0] * layer.kernel**2 + 1)
            else:
                count += layer.width * (shape[0] * shape[1] * shape[2] + 1)
            shape = after
        return count


def architecture_of(network: Network) -> Architecture:
    """Return the architecture of a trained network, as far as it is of these layers.

    Normalisations are left out. Raises ModelError for one that has other layers.
    """
    layers: list[Spec] = []
    for layer in network.layers:
        match layer:
            case Conv2d(groups=1, dilation=1, stride=int(stride)) if _is_square(layer):
                size, padding = layer.weight.shape[2], layer.padding[0]
                layers.append(ConvSpec(len(layer.weight), size, stride, padding=padding, degree=1))
            case AveragePool(kernel=(height, width), stride=int(stride)) if (
                layers and isinstance(layers[-1], ConvSpec) and height == width == stride
            ):
                layers[-1] = dataclasses.replace(layers[-1], pool=stride)
            case Dense():
                layers.append(DenseSpec(len(layer.weight), degree=1))
            case Square() | Polynomial() if layers:
                degree = 2 if isinstance(layer, Square) else len(layer.coefficients) - 1
                layers[-1] = dataclasses.replace(layers[-1], degree=degree)
            case Conv2d() | AveragePool():
                kind = type(layer).__name__
                raise ModelError(f"{network.name} has a {kind} that no architecture here has.")
            case _:
                pass
    found = Architecture(network.card.input_shape, tuple(layers)).checked()
    return dataclasses.replace(
        found, layers=(*found.layers[:-1], dataclasses.replace(found.layers[-1], degree=2))
    )


def _fit(layer: Spec, shape: Shape) -> Spec:
    """Return a layer with its sizes cut to what fits an input of `shape`."""
    degree = _cut(layer.degree, 1, MOST_DEGREE)
    if isinstance(layer, DenseSpec):
        return DenseSpec(_cut(layer.width, 1, MOST_WIDTH), degree)
    side = min(shape[1:])
    kernel = _cut(layer.kernel, 1, side)
    padding = _cut(layer.padding, 0, kernel - 1)
    stride = _cut(layer.stride, 1, side)
    left = (side + 2 * padding - kernel) // stride + 1
    channels, pool = _cut(layer.channels, 1, MOST_CHANNELS), _cut(layer.pool, 1, left)
    return ConvSpec(channels, kernel, stride, pool, padding, degree)


def _cut(value: int, least: int, most: int) -> int:
    return max(least, min(value, most))


def _is_square(layer: Conv2d) -> bool:
    return layer.weight.shape[2] == layer.weight.shape[3] and len(set(layer.padding)) == 1


def _shape_after(layer: Spec, shape: Shape, number: int) -> Shape:
    where = f"Layer {number}"
    if not 1 <= layer.degree <= MOST_DEGREE:
        raise ModelError(
            f"{where} has an activation of degree {layer.degree}; 1 (none) to {MOST_DEGREE} run."
        )
    if isinstance(layer, DenseSpec):
        if not 1 <= layer.width <= MOST_WIDTH:
            raise ModelError(f"{where} is {layer.width} wide; 1 to {MOST_WIDTH} can be.")
        return layer.width, 1, 1
    if number > 1 and shape[1:] == (1, 1) and layer.kernel > 1:
        raise ModelError(f"{where} is a convolution after a single place; make it dense.")
    if not 1 <= layer.channels <= MOST_CHANNELS:
        raise ModelError(f"{where} has {layer.channels} channels; 1 to {MOST_CHANNELS} can be.")
    sides = shape[1:]
    most = min(sides) + 2 * layer.padding
    if not 1 <= layer.kernel <= most:
        raise ModelError(
            f"{where} has a kernel of {layer.kernel}x{layer.kernel}, but its input is "
            f"{sides[0]}x{sides[1]}; a kernel of 1 to {most} fits."
        )
    if not 0 <= layer.padding < layer.kernel:
        raise ModelError(
            f"{where} has a padding of {layer.padding}; 0 to {layer.kernel - 1} fits its kernel."
        )
    if not 1 <= layer.stride <= most:
        raise ModelError(f"{where} has a stride of {layer.stride}; 1 to {most} fits.")
    wide = 2 * layer.padding - layer.kernel
    height, width = ((side + wide) // layer.stride + 1 for side in sides)
    if not 1 <= layer.pool <= min(height, width):
        raise ModelError(
            f"{where} pools {layer.pool}x{layer.pool} of {height}x{width} values; "
            f"1 to {min(height, width)} fits."
        )
    return layer.channels, height // layer.pool, width // layer.pool
