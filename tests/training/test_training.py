"""Training: what is exported answers as torch does, and a training can be repeated exactly."""

import dataclasses
import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is an optional extra: only training needs it")

import torch
from torch import nn

from engine.data_sets.splits import Split
from engine.networks.architecture import ConvSpec, DenseSpec, Specs
from engine.networks.files import load_network
from engine.networks.layers import Conv2d, Dense, Square
from engine.training import train
from engine.training.__main__ import main
from engine.training.architectures import Square as TorchSquare
from engine.training.architectures import (
    build,
    network1,
)
from engine.training.data import pictures as training_pictures
from engine.training.data.augment import augment, impossible_pictures
from engine.training.data.pictures import Pictures
from engine.training.export import balance, fold, round_to_single
from engine.training.fit import Recipe, Watch, fit
from engine.training.measure import accuracy, logits, sizes
from engine.training.recipes import HANDWRITING, TASKS

ONE_CONVOLUTION = network1()
TWO_CONVOLUTIONS = (ConvSpec(4, 5, 2), ConvSpec(6, 4, 2), DenseSpec(16), DenseSpec(10))
RECIPE = Recipe(HANDWRITING, epochs=1, batch=20)
BRIEF = dataclasses.replace(TASKS["mnist-network1"], recipe=RECIPE, pens=0, kept=0)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Threads that wait for a busy core make such small work many times slower."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def seeded(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def random_pictures(count: int) -> torch.Tensor:
    return torch.rand((count, 1, 28, 28), generator=seeded())


def random_model(specs: Specs = ONE_CONVOLUTION) -> nn.Sequential:
    """Build a network in eval mode with every weight and every statistic random."""
    generator = seeded()
    model = build(specs).double().eval()
    for name, value in model.state_dict().items():
        if name.endswith("running_var"):
            value.uniform_(0.5, 2, generator=generator)
        elif value.is_floating_point():
            value.normal_(0, 0.3, generator=generator)
    return model


def bars(count: int) -> Split:
    """Pictures of ten kinds that are easy to tell apart: a bar whose height is its class."""
    labels = np.arange(count, dtype=np.uint8) % 10
    pictures = np.zeros((count, 28, 28), dtype=np.uint8)
    noise = np.random.default_rng(1).integers(150, 256, (count, 28), dtype=np.uint8)
    for picture, label, row in zip(pictures, labels, noise, strict=True):
        picture[4 : 7 + 2 * label, 6:22] = row[6:22]
    return Split(pictures, labels)


BARS = Pictures(bars(400), bars(50), "400 bars; judged on 50")


def fit_bars(recipe: Recipe) -> tuple[nn.Sequential, list[float]]:
    split = bars(400)
    pictures = torch.tensor(split.pictures)[:, None]
    return fit(ONE_CONVOLUTION, pictures, torch.tensor(split.labels).long(), recipe)


def test_network1_is_conv_square_dense_square_dense() -> None:
    layers = fold(build(ONE_CONVOLUTION))
    assert [type(layer) for layer in layers] == [Conv2d, Square, Dense, Square, Dense]
    shapes = [layer.weight.shape for layer in layers if not isinstance(layer, Square)]
    assert shapes == [(4, 1, 7, 7), (64, 256), (10, 64)]


@pytest.mark.parametrize("specs", [ONE_CONVOLUTION, TWO_CONVOLUTIONS])
def test_the_exported_layers_answer_as_torch_does(specs: Specs) -> None:
    model, pictures = random_model(specs), random_pictures(20).double()
    expected = model(pictures).detach().numpy()
    assert np.allclose(logits(fold(model), pictures.numpy()), expected, rtol=1e-10)


def test_single_precision_layers_answer_as_torch_does_to_1e_5() -> None:
    model, pictures = random_model(), random_pictures(20)
    expected = model(pictures.double()).detach().numpy()
    layers = round_to_single(balance(fold(model), pictures.double().numpy()))
    error = np.abs(logits(layers, pictures.double().numpy()) - expected).max()
    assert error < 1e-5 * np.abs(expected).max()


def test_normalisation_and_square_fold_into_exactly_one_quadratic() -> None:
    model = nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1), TorchSquare(), nn.Linear(1, 1))
    model = model.double().eval()
    numbers = {"0.weight": 0.8, "0.bias": 0.1, "3.weight": -1.5, "3.bias": 0.2}
    numbers |= {"1.weight": 1.7, "1.bias": -0.4, "1.running_mean": 0.3, "1.running_var": 2.0}
    for name, number in numbers.items():
        model.state_dict()[name].fill_(number)
    gain = 1.7 / np.sqrt(2.0 + 1e-5)
    slope, shift = gain * 0.8, gain * (0.1 - 0.3) - 0.4
    quadratic = np.poly1d([-1.5 * slope**2, -3 * slope * shift, -1.5 * shift**2 + 0.2])
    x = np.linspace(-3, 3, 13)[:, None]
    assert np.allclose(logits(fold(model), x), quadratic(x), rtol=1e-12)


@pytest.mark.parametrize("specs", [ONE_CONVOLUTION, TWO_CONVOLUTIONS])
def test_balancing_gives_every_channel_rms_one_and_changes_no_answer(specs: Specs) -> None:
    pictures = random_pictures(50).double().numpy()
    layers = fold(random_model(specs))
    balanced = balance(layers, pictures)
    assert np.allclose(logits(balanced, pictures), logits(layers, pictures), rtol=1e-9)
    values = pictures
    for layer, following in itertools.pairwise(balanced):
        values = layer.forward(values)
        if isinstance(following, Square):
            assert np.allclose(np.mean(values**2, axis=(0, *range(2, values.ndim))), 1)


def test_measured_sizes_are_those_of_every_value_met() -> None:
    layers = (Dense(np.array([[2.0]]), np.array([0.0])), Square(), Dense(np.eye(1), np.zeros(1)))
    measured = sizes(layers, np.array([[1.0], [-2.0], [0.5]]))
    assert measured.largest_logit == 16
    assert measured.largest_activation == 16
    assert np.allclose(measured.before, [np.sqrt((4 + 16 + 1) / 3)])
    assert np.allclose(measured.after, [np.sqrt((16 + 256 + 1) / 3)])


def test_training_lowers_the_loss() -> None:
    _, losses = fit_bars(dataclasses.replace(RECIPE, epochs=4))
    assert losses[-1] < 0.8 * losses[0]


def test_one_epoch_tells_some_classes_apart() -> None:
    model, _ = fit_bars(RECIPE)
    split = bars(100)
    assert accuracy(fold(model), split.pictures, split.labels) > 30


def test_the_same_seed_gives_the_same_network_and_another_seed_another() -> None:
    weights = [
        fit_bars(dataclasses.replace(RECIPE, seed=seed))[0].state_dict()["0.weight"]
        for seed in (1, 1, 2)
    ]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_augmented_pictures_stay_pictures_and_repeat_with_their_seed() -> None:
    pictures = torch.tensor(bars(30).pictures)[:, None] / 255
    first, second = (augment(pictures, HANDWRITING, seeded()) for _ in range(2))
    assert torch.equal(first, second)
    assert first.shape == pictures.shape
    assert first.min() >= 0
    assert first.max() <= 1
    assert not torch.equal(first, pictures)


def test_augmentation_without_any_change_returns_the_pictures() -> None:
    nothing = dataclasses.replace(
        HANDWRITING, rotation=0, scale=0, shear=0, translation=0, elastic=0, pen=0
    )
    pictures = torch.tensor(bars(10).pictures)[:, None] / 255
    assert torch.allclose(augment(pictures, nothing, seeded()), pictures, atol=1e-4)


def test_impossible_pictures_are_bright_and_within_range() -> None:
    pictures = impossible_pictures(200, (1, 28, 28), seeded())
    assert pictures.shape == (200, 1, 28, 28)
    assert pictures.min() >= 0
    assert pictures.max() <= 1
    assert pictures.mean() > 0.3


def test_the_card_of_a_trained_network_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "load_pictures", lambda *_: BARS)
    network, _ = train.train(BRIEF, root=None, epochs=None, seed=3, validate=False)
    card, test = network.card, bars(50)
    assert card.test_pictures == 50
    inputs = test.pictures
    assert card.clear_accuracy == accuracy(network.layers, inputs, test.labels)
    both = np.concatenate((bars(400).pictures, test.pictures))
    assert card.largest_logit == np.abs(logits(network.layers, both)).max()
    command = "Made by `python -m engine.training mnist-network1 --epochs 1 --seed 3` on 400 bars"
    assert card.training.startswith(command)


def test_validation_judges_on_training_pictures_kept_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_pictures, "HELD_OUT", 100)
    monkeypatch.setattr(train, "load_pictures", lambda *_: BARS)
    network, _ = train.train(BRIEF, root=None, epochs=None, seed=1, validate=True)
    assert network.card.test_pictures == 100
    assert "first 300 training pictures; judged on 100 held out" in network.card.training


def test_the_command_writes_the_model_file_it_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(train, "load_pictures", lambda *_: BARS)
    monkeypatch.setitem(TASKS, "mnist-network1", BRIEF)
    command = f"training mnist-network1 --epochs 1 --out {tmp_path / 'new'}"
    monkeypatch.setattr("sys.argv", command.split())
    assert main() == 0
    network = load_network(tmp_path / "new" / "mnist-network1.safetensors")
    inputs = bars(50).pictures[:, None] / 255.0
    assert network.card.clear_accuracy == accuracy(network.layers, inputs, bars(50).labels)
    assert f"{network.card.clear_accuracy:.2f}% of 50" in capsys.readouterr().out


def test_the_command_says_which_data_file_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", f"training mnist-network1 --data {tmp_path}".split())
    assert main() == 1
    assert "train-images-idx3-ubyte.gz cannot be read" in capsys.readouterr().err


def test_the_command_refuses_zero_epochs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["training", "mnist-network1", "--epochs", "0"])
    with pytest.raises(SystemExit):
        main()
    assert "0 is not a number of epochs; give 1 or more" in capsys.readouterr().err


def test_padding_pools_and_activations_of_every_degree_are_exported_as_torch_has_them() -> None:
    specs = (
        ConvSpec(3, 5, 2, padding=2, degree=3),
        ConvSpec(4, 3, pool=2, padding=1, degree=4),
        DenseSpec(8, degree=1),
        DenseSpec(6),
        DenseSpec(5),
    )
    model = random_model(specs)
    pictures = random_pictures(6).double()
    layers = balance(fold(model), pictures.numpy())
    expected = model(pictures).detach().numpy()
    np.testing.assert_allclose(logits(layers, pictures.numpy()), expected, rtol=1e-6, atol=1e-6)


def test_a_training_that_is_stopped_gives_a_network_of_what_there_is() -> None:
    steps: list[int] = []
    watch = Watch(lambda done, _: steps.append(done), is_stopped=lambda: len(steps) == 3)
    split = bars(400)
    pictures, labels = torch.tensor(split.pictures)[:, None], torch.tensor(split.labels).long()
    model, losses = fit(ONE_CONVOLUTION, pictures, labels, RECIPE, watch)
    assert steps == [1, 2, 3]
    assert losses == []
    assert model(random_pictures(2)).shape == (2, 10)
