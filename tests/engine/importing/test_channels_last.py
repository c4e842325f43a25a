"""Networks with the channels last: read with the channels first, their transposes gone."""

import numpy as np
import onnx
import pytest
from onnx import helper

from engine.arrays import Array
from engine.errors import ModelError
from engine.importing.input_order import as_shape
from engine.importing.model import NOTHING_SAID, Preparation, network_from
from engine.importing.onnx_file import parse_onnx
from engine.networks.layers import Network, Shape
from tests.engine.onnx_files import graph_of

RNG = np.random.default_rng(0)
FIRST, LAST = [0, 3, 1, 2], [0, 2, 3, 1]
TWO = np.array(2.0)


def node(kind: str, operands: str, result: str, **attributes: object) -> onnx.NodeProto:
    return helper.make_node(kind, operands.split(), [result], **attributes)


def moved(operand: str, result: str, axes: list[int]) -> onnx.NodeProto:
    return node("Transpose", operand, result, perm=axes)


def imported(
    nodes: list[onnx.NodeProto],
    sides: tuple[int, ...],
    preparation: Preparation = NOTHING_SAID,
    samples: Array | None = None,
    **weights: Array,
) -> Network:
    """Return a network that was compared with its file."""
    file = graph_of(nodes, sides, **weights).SerializeToString()
    return network_from(parse_onnx(file, "it.onnx"), "it", preparation, samples)


def kinds(network: Network) -> list[str]:
    return [type(layer).__name__ for layer in network.layers]


def weights(*shape: int) -> Array:
    return RNG.normal(size=shape) / 3


def ending(operand: str, inputs: int) -> tuple[list[onnx.NodeProto], dict[str, Array]]:
    """Return nodes that make scores of an `operand` of so many values."""
    nodes = [node("Flatten", operand, "f"), node("MatMul", "f w", "y")]
    return nodes, {"w": weights(inputs, 3)}


def test_transposes_around_powers_and_pools_cancel() -> None:
    end, dense = ending("l", 16)
    nodes = [
        moved("x", "i", FIRST), node("Conv", "i k", "c"),
        moved("c", "t", LAST), node("Pow", "t two", "p"), moved("p", "u", FIRST),
        node("AveragePool", "u", "a", kernel_shape=[2, 2], strides=[2, 2]),
        moved("a", "l", LAST), *end,
    ]  # fmt: skip
    network = imported(nodes, (6, 6, 3), k=weights(4, 3, 3, 3), two=TWO, **dense)
    assert kinds(network) == ["Conv2d", "Polynomial", "AveragePool", "Dense"]
    assert network.card.input_shape == (3, 6, 6)


def test_constants_stand_where_the_channels_do() -> None:
    end, dense = ending("s", 64)
    nodes = [
        moved("x", "i", FIRST), node("Conv", "i k", "c"), moved("c", "t", LAST),
        node("Add", "t b", "d"), node("Mul", "d g", "e"), node("Mul", "e e", "s"), *end,
    ]  # fmt: skip
    network = imported(
        nodes, (6, 6, 3), k=weights(4, 3, 3, 3), b=weights(1, 1, 1, 4), g=weights(4), **dense
    )
    assert kinds(network) == ["Conv2d", "Polynomial", "Dense"]


def test_powers_of_one_tensor_in_two_orders_are_one_activation() -> None:
    end, dense = ending("a", 64)
    nodes = [
        node("Conv", "x k", "c"), moved("c", "t", LAST), node("Pow", "t two", "p"),
        moved("p", "u", FIRST), node("Add", "u c", "a"), *end,
    ]  # fmt: skip
    network = imported(nodes, (3, 6, 6), k=weights(4, 3, 3, 3), two=TWO, **dense)
    assert kinds(network) == ["Conv2d", "Polynomial", "Dense"]


def test_a_tensor_is_not_added_to_itself_in_another_order() -> None:
    nodes = [node("Conv", "x k", "c"), moved("c", "t", [0, 1, 3, 2]), node("Add", "c t", "y")]
    with pytest.raises(ModelError, match="joins two branches"):
        imported(nodes, (3, 6, 6), k=weights(4, 3, 3, 3))


def test_a_colour_is_scaled_before_the_first_transpose() -> None:
    end, dense = ending("s", 64)
    nodes = [
        node("Mul", "x g", "n"), moved("n", "i", FIRST), node("Conv", "i k", "c"),
        node("Mul", "c c", "s"), *end,
    ]  # fmt: skip
    fed = Preparation(mean=(0.1, 0.2, 0.3))
    network = imported(nodes, (6, 6, 3), fed, k=weights(4, 3, 3, 3), g=weights(1, 1, 1, 3), **dense)
    assert kinds(network) == ["Affine", "Affine", "Conv2d", "Polynomial", "Dense"]
    assert network.card.input_shape == (3, 6, 6)


@pytest.mark.parametrize(("sides", "shape"), [
    ((6, 6, 3), (3, 6, 6)), ((6, 6, 1), (1, 6, 6)), ((6, 6), (1, 6, 6)),
    ((3, 6, 6), (3, 6, 6)), ((5, 6, 6), (5, 6, 6)), ((12,), (12, 1, 1)),
])  # fmt: skip
def test_a_dense_layer_reads_pictures_as_pictures(sides: tuple[int, ...], shape: Shape) -> None:
    nodes, dense = ending("x", int(np.prod(sides)))
    network = imported(nodes, sides, **dense)
    assert (kinds(network), network.card.input_shape) == (["Dense"], shape)


def test_a_picture_with_its_colours_first_stays_one() -> None:
    nodes, dense = ending("d", 72)
    nodes = [node("MatMul", "x v", "d"), *nodes]
    network = imported(nodes, (3, 6, 6), v=weights(6, 4), **dense)
    assert (kinds(network)[0], network.card.input_shape) == ("Permute", (3, 6, 6))


def test_a_signal_with_its_channels_last_is_read_channel_by_channel() -> None:
    end, dense = ending("s", 40)
    nodes = [
        node("Unsqueeze", "x axis", "b"), moved("b", "i", FIRST), node("Conv", "i k", "c"),
        node("Mul", "c c", "s"), *end,
    ]  # fmt: skip
    network = imported(nodes, (12, 2), k=weights(4, 2, 1, 3), axis=np.array([1]), **dense)
    assert kinds(network) == ["Conv2d", "Polynomial", "Dense"]
    assert network.card.input_shape == (2, 1, 12)


def test_pixels_in_a_row_become_a_picture() -> None:
    end, dense = ending("s", 64)
    nodes = [
        node("Reshape", "x to", "i"), node("Conv", "i k", "c"), node("Mul", "c c", "s"), *end,
    ]  # fmt: skip
    network = imported(nodes, (36,), k=weights(4, 1, 3, 3), to=np.array([-1, 1, 6, 6]), **dense)
    assert (kinds(network)[0], network.card.input_shape) == ("Conv2d", (1, 6, 6))


def test_places_in_another_order_are_permuted() -> None:
    end, dense = ending("s", 64)
    nodes = [
        moved("x", "i", [0, 3, 2, 1]), node("Conv", "i k", "c"), node("Mul", "c c", "s"), *end,
    ]  # fmt: skip
    network = imported(nodes, (6, 6, 3), k=weights(4, 3, 3, 3), **dense)
    assert kinds(network) == ["Permute", "Conv2d", "Polynomial", "Dense"]
    assert network.card.input_shape == (3, 6, 6)


def test_the_mean_of_each_channel_is_taken_where_the_channels_are() -> None:
    nodes = [
        moved("x", "i", FIRST), node("Conv", "i k", "c"), moved("c", "t", LAST),
        node("Mul", "t t", "s"), node("ReduceMean", "s axes", "m", keepdims=0),
        node("MatMul", "m w", "y"),
    ]  # fmt: skip
    network = imported(
        nodes, (6, 6, 3), k=weights(4, 3, 3, 3), axes=np.array([1, 2]), w=weights(4, 3)
    )
    assert kinds(network) == ["Conv2d", "Polynomial", "AveragePool", "Dense"]


@pytest.mark.parametrize("kind", ["Relu", "Sigmoid", "PRelu"])
def test_stand_ins_keep_the_channels_first(kind: str) -> None:
    end, dense = ending("m", 16)
    slopes = " s" if kind == "PRelu" else ""
    nodes = [
        moved("x", "i", FIRST), node("Conv", "i k", "c"), moved("c", "t", LAST),
        node(kind, f"t{slopes}", "r"), moved("r", "u", FIRST), node("Mul", "u g", "n"),
        node("MaxPool", "n", "m", kernel_shape=[2, 2], strides=[2, 2]), *end,
    ]  # fmt: skip
    more = {"s": weights(1, 1, 4)} if slopes else {}
    file = graph_of(nodes, (6, 6, 3), k=weights(4, 3, 3, 3), g=weights(4, 1, 1), **dense, **more)
    graph = parse_onnx(file.SerializeToString(), "it.onnx", replacing=True)
    assert [type(layer).__name__ for layer in graph.layers] == [
        *("Conv2d", "Polynomial", "Affine", "AveragePool", "Dense")
    ]
    assert [(each.layer, each.operator) for each in graph.replaced] == [(1, kind), (3, "MaxPool")]


def test_many_orders_of_a_large_tensor_are_refused_before_they_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("engine.importing.onnx_file.MOST_HELD", 2**20)
    turned = [moved(f"t{each}", f"t{each + 1}", LAST) for each in range(40)]
    end, dense = ending("t40", 4096)
    nodes = [node("Conv", "x k", "t0"), *turned, *end]
    with pytest.raises(ModelError, match="more than 1 MB"):
        imported(nodes, (1, 16, 16), k=weights(16, 1, 1, 1), **dense)


@pytest.mark.parametrize("sides", [(3, 6, 6), (3, 6)])
def test_a_dense_layer_at_each_place_is_a_convolution(sides: tuple[int, ...]) -> None:
    last = [0, *range(2, len(sides) + 1), 1]
    end, dense = ending("s", 4 * 6 ** (len(sides) - 1))
    nodes = [
        moved("x", "t", last), node("MatMul", "t v", "d"), node("Add", "d b", "a"),
        node("Mul", "a a", "s"), *end,
    ]  # fmt: skip
    network = imported(nodes, sides, v=weights(3, 4), b=weights(4), **dense)
    assert kinds(network) == ["Conv2d", "Polynomial", "Dense"]
    assert network.card.input_shape == as_shape(sides)


def test_values_in_a_row_may_each_have_a_constant() -> None:
    nodes = [
        node("Conv", "x k", "c"), moved("c", "t", LAST), node("Flatten", "t", "f"),
        node("Mul", "f g", "n"), node("Mul", "n n", "s"), node("MatMul", "s w", "y"),
    ]  # fmt: skip
    imported(nodes, (3, 6, 6), k=weights(4, 3, 3, 3), g=weights(64), w=weights(64, 3))


@pytest.mark.parametrize("as_read", [False, True])
def test_samples_may_have_the_channels_last_or_first(as_read: bool) -> None:
    end, dense = ending("s", 32)
    nodes = [
        moved("x", "i", FIRST), node("Conv", "i k", "c"), node("Mul", "c c", "s"), *end,
    ]  # fmt: skip
    samples = RNG.random((5, 6, 4, 3)) * [0.0, 0.0, 1.0]
    kernel = np.zeros((4, 3, 3, 3))
    kernel[:, 2] = 1.0  # reads the last colour only
    given = np.moveaxis(samples, -1, 1) if as_read else samples
    network = imported(nodes, (6, 4, 3), NOTHING_SAID, given, k=kernel, **dense)
    scores = network.forward(np.moveaxis(samples, -1, 1))
    largest = 2 * float(np.quantile(np.abs(scores).max(axis=1), 0.9))
    assert network.card.largest_logit == pytest.approx(largest)
