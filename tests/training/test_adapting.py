"""Networks with ReLU and max pooling made to run encrypted: read, rebuilt, trained again."""

import io
import warnings
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is an optional extra: only training needs it")

import torch
from torch import Tensor, nn

from engine.circuits.stages import build_circuit
from engine.ckks.parameters import Settings
from engine.data_sets.splits import Split
from engine.errors import ModelError
from engine.importing.onnx_file import Graph, parse_onnx
from engine.networks.layers import Affine
from engine.training.architectures import Noise
from engine.training.commands import adapt
from engine.training.data.pictures import Pictures
from engine.training.fit import Recipe
from engine.training.original import original, quadratic
from tests.engine.plain_slots import clear_scores

RECIPE = Recipe(None, epochs=2, batch=20, noise=Noise(each=0.02), recount=True, impossible=0)


def exported(module: nn.Module, example: Tensor) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(module.eval(), (example,), file, dynamo=False)  # type: ignore[arg-type]
    return file.getvalue()


def lenet() -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Conv2d(1, 4, 5, padding=2, bias=False),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 5),
        nn.LeakyReLU(0.1),
        nn.MaxPool2d(3, stride=2, padding=1),
        nn.Flatten(),
        nn.Linear(150, 16),
        nn.ReLU6(),
        nn.Linear(16, 10),
    )


def graph_of(module: nn.Module) -> Graph:
    return parse_onnx(exported(module, torch.zeros(1, 1, 28, 28)), "net", replacing=True)


def test_a_rectifier_is_refused_unless_it_may_be_replaced() -> None:
    data = exported(lenet(), torch.zeros(1, 1, 28, 28))
    with pytest.raises(ModelError, match=r"Relu.*not a polynomial.*adapt"):
        parse_onnx(data, "net")
    operators = [each.operator for each in parse_onnx(data, "net", replacing=True).replaced]
    assert operators == ["Relu", "MaxPool", "LeakyRelu", "MaxPool", "Clip"]


@pytest.mark.parametrize(
    "activation",
    [
        nn.ReLU(),
        nn.ReLU6(),
        nn.LeakyReLU(0.2),
        nn.PReLU(4),
        nn.ELU(0.7),
        nn.Sigmoid(),
        nn.Tanh(),
        nn.Hardswish(),
    ],
)
def test_the_original_is_rebuilt_with_its_very_answers(activation: nn.Module) -> None:
    torch.manual_seed(2)
    module = nn.Sequential(
        nn.Conv2d(1, 4, 5, stride=2), activation, nn.MaxPool2d(2), nn.Flatten(), nn.Linear(144, 3)
    )
    rebuilt = original(graph_of(module))
    pictures = torch.rand(5, 1, 28, 28)
    torch.testing.assert_close(rebuilt(pictures), module(pictures), rtol=1e-4, atol=1e-5)


def test_means_and_deviations_stand_before_the_original() -> None:
    module = lenet()
    rebuilt = original(graph_of(module), (Affine(np.array([2.0]), np.array([-0.5])),))
    pictures = torch.rand(3, 1, 28, 28)
    torch.testing.assert_close(rebuilt(pictures), module(2 * pictures - 0.5), rtol=1e-4, atol=1e-5)


def bars(count: int) -> Split:
    labels = np.arange(count, dtype=np.uint8) % 10
    pictures = np.zeros((count, 28, 28), np.uint8)
    for picture, label in zip(pictures, labels, strict=True):
        picture[4 : 7 + 2 * label, 6:22] = 220
    return Split(pictures, labels)


def test_an_adapted_network_learns_and_runs_as_a_circuit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pictures = Pictures(bars(1400), bars(50), "bars")
    monkeypatch.setattr(adapt, "load_pictures", lambda *_: pictures)
    network, before, _ = adapt.adapt(graph_of(lenet()), "bars", "MNIST", None, RECIPE, ())
    assert before < 50 < network.card.clear_accuracy
    assert "Clip, LeakyRelu, MaxPool, Relu" in network.card.training
    circuit = build_circuit(network, Settings(poly_modulus_degree=16384, scale_bits=28))
    picture = pictures.test.pictures[3] / 255
    found = clear_scores(circuit, picture)
    expected = network.forward(picture[None, None])[0]
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


def test_after_quadratics_only_polynomials_are_left() -> None:
    student = quadratic(original(graph_of(lenet())), Noise(), torch.zeros(1, 1, 28, 28))
    kinds = {type(module).__name__ for module in student}
    assert kinds == {
        "Conv2d",
        "BatchNorm2d",
        "BatchNorm1d",
        "Square",
        "AvgPool2d",
        "Flatten",
        "Linear",
    }


def test_a_network_for_other_pictures_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ModelError, match="CIFAR10 has pictures of"):
        adapt.adapt(graph_of(lenet()), "bars", "CIFAR10", None, RECIPE, ())


@pytest.mark.parametrize("arguments", [["--std", "0"], ["--mean", "1,2"]])
def test_means_and_deviations_that_do_not_fit_are_refused(
    arguments: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "net.onnx"
    file.write_bytes(exported(lenet(), torch.zeros(1, 1, 28, 28)))
    with pytest.raises(ModelError):
        adapt.main([str(file), "--data", "MNIST", "--name", "x", *arguments])
