"""What a recipe may ask for besides the plain training: a teacher, mirrors, other activations."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is an optional extra: only training needs it")

import torch
from torch import nn

from engine.data_sets.splits import Split
from engine.networks.layers import Square
from engine.training.architectures import Activation, Noise, build, network1
from engine.training.architectures import Square as TorchSquare
from engine.training.card import describe
from engine.training.data import pictures as training_pictures
from engine.training.data.augment import blended
from engine.training.data.pictures import Pictures
from engine.training.export import fold
from engine.training.fit import Recipe, fit
from engine.training.measure import logits
from engine.training.recipes import TASKS
from engine.training.teacher import Teaching, targets, train_teacher

PLAIN = Recipe(augmentation=None, epochs=1, batch=20)


def seeded(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def sides(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures bright on the left (class 0) or on the right (class 1), and their classes."""
    labels = torch.arange(count) % 2
    pictures = torch.randint(0, 60, (count, 1, 28, 28), generator=seeded(), dtype=torch.uint8)
    pictures[labels == 0, :, :, :14] += 150
    pictures[labels == 1, :, :, 14:] += 150
    return pictures, labels


def fit_sides(recipe: Recipe) -> nn.Sequential:
    model, _ = fit(network1(), *sides(100), recipe)
    return model


def normalisations(model: nn.Sequential) -> list[nn.BatchNorm1d | nn.BatchNorm2d]:
    return [layer for layer in model if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d)]


def test_a_teacher_learns_from_pictures_as_they_are_changed() -> None:
    pictures, labels = sides(256)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        teacher = train_teacher(
            pictures.transpose(2, 3),
            labels,
            Teaching(10, share=1.0),
            lambda batch: batch.transpose(2, 3),
            seeded(),
        )
    taught = targets(teacher, pictures / 255, labels, share=1.0)
    assert taught.shape == (256, 2)
    assert torch.allclose(taught.sum(dim=1), torch.ones(256))
    assert (taught.argmax(dim=1) == labels).float().mean() > 0.9


def test_a_blend_is_at_least_half_of_each_picture_and_its_answer_as_much_of_its_class() -> None:
    pictures, labels = sides(40)
    mixed, answers = blended(pictures / 255, labels, 2, seeded())
    shares = answers.gather(1, labels[:, None])[:, 0]
    assert torch.allclose(answers.sum(dim=1), torch.ones(40))
    assert (shares >= 0.5).all()
    assert shares.min() < 0.6
    other = (pictures / 255).roll(1, 0)
    for place, share in enumerate(shares):
        expected = (pictures[place] / 255).lerp(other[place], 1 - share)
        assert torch.allclose(mixed[place], expected, atol=1e-6)


@pytest.mark.parametrize("teaching", [None, Teaching(1, share=0.5)])
def test_blended_batches_are_learnt_from_with_a_teacher_and_without(
    teaching: Teaching | None,
) -> None:
    recipe = dataclasses.replace(PLAIN, epochs=20, mixed=0.5, teaching=teaching)
    pictures, labels = sides(200)
    model, _ = fit(network1(classes=2), pictures, labels, recipe)
    assert (model(pictures / 255).argmax(dim=1) == labels).float().mean() > 0.9


def test_targets_lie_between_the_labels_and_the_opinion() -> None:
    class Certain(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.tensor([[50.0, 0.0, 0.0]]).expand(len(x), -1)

    wanted = targets(Certain(), torch.zeros(2, 1), torch.tensor([0, 2]), share=0.25)
    assert torch.allclose(wanted, torch.tensor([[1.0, 0, 0], [0.25, 0, 0.75]]))


class Contrary(nn.Module):
    """Says of every picture of `sides` what it is not."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        is_left = x[..., :14].mean((1, 2, 3)) > x[..., 14:].mean((1, 2, 3))
        return 100 * nn.functional.one_hot(is_left.long(), 10).float()


def test_a_network_believes_its_teacher_by_the_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.training.fit.train_teacher", lambda *_: Contrary())
    pictures, labels = sides(100)
    for share, low, high in ((1.0, 0.0, 0.1), (0.0, 0.9, 1.0)):
        taught = dataclasses.replace(PLAIN, epochs=6, teaching=Teaching(epochs=1, share=share))
        answers = fit_sides(taught)(pictures / 255).argmax(dim=1)
        assert low <= (answers == labels).float().mean() <= high


def test_with_mirrored_pictures_left_and_right_cannot_be_told_apart() -> None:
    pictures, labels = sides(100)
    recipe = dataclasses.replace(PLAIN, epochs=6)
    for mirror, low, high in ((False, 0.9, 1.0), (True, 0.2, 0.8)):
        model = fit_sides(dataclasses.replace(recipe, mirror=mirror))
        right = (model(pictures / 255).argmax(dim=1) == labels).float().mean()
        assert low <= right <= high


def test_recounted_statistics_are_those_of_the_pictures_themselves() -> None:
    model = fit_sides(dataclasses.replace(PLAIN, recount=True))
    pictures, _ = sides(100)
    values = model[0](pictures / 255).detach()
    first, _ = normalisations(model)
    assert first.running_mean is not None
    assert torch.allclose(first.running_mean, values.mean(dim=(0, 2, 3)), atol=1e-5)
    assert not model.training


@pytest.mark.parametrize(("each", "common"), [(0.1, 0.0), (0.0, 0.1), (0.1, 0.1)])
def test_a_square_is_disturbed_in_training_value_by_value_or_channel_by_channel(
    each: float, common: float
) -> None:
    square = TorchSquare(Noise(each, common))
    x = torch.full((500, 2, 8, 8), 3.0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        disturbance = square(x).sqrt() - 3
    within, between = disturbance.var((2, 3)).mean(), disturbance.mean((2, 3)).var()
    assert within.sqrt() == pytest.approx(3 * each, rel=0.1, abs=1e-3)
    # The mean of 64 values, each with a disturbance of its own, still varies a little.
    assert between == pytest.approx((3 * common) ** 2 + (3 * each) ** 2 / 64, rel=0.2)
    assert torch.equal(square.eval()(x), x * x)


def test_the_fitted_quadratic_is_the_nearest_one_to_relu_over_a_normal_distribution() -> None:
    norm = normalisations(build(network1(), activation=Activation.RELU_FIT))[0]
    gain, shift = norm.weight[0].item(), norm.bias[0].item()
    assert not norm.weight.requires_grad
    z, weight = np.linspace(-8, 8, 4001), np.exp(-(np.linspace(-8, 8, 4001) ** 2) / 4)
    a, b, c = np.polyfit(z, np.maximum(z, 0), 2, w=weight)
    assert (gain**2, 2 * gain * shift) == pytest.approx((a, b), abs=1e-4)
    # What is missing, a constant, is left to the bias of the next layer.
    assert c - shift**2 == pytest.approx(1 / math.sqrt(8 * math.pi) - shift**2, abs=1e-4)


@pytest.mark.parametrize("activation", Activation)
def test_every_activation_is_exported_as_a_plain_square(activation: Activation) -> None:
    model = fit_sides(dataclasses.replace(PLAIN, activation=activation)).double()
    pictures = (sides(10)[0] / 255).double()
    layers = fold(model)
    assert [type(layer) for layer in layers[1::2]] == [Square, Square]
    assert np.allclose(logits(layers, pictures.numpy()), model(pictures).detach().numpy())


@pytest.mark.parametrize("missing", [True, False])
def test_kmnist_is_split_only_where_its_training_pictures_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: bool
) -> None:
    def load(_name: str, split: str, _root: Path) -> Split:
        count = 60_000 if split == "train" else 10_000
        return Split(np.zeros((count, 1, 1), np.uint8), np.zeros(count, np.uint8))

    monkeypatch.setattr(training_pictures, "load_split", load)
    folder = tmp_path / "KMNIST" / "raw"
    folder.mkdir(parents=True)
    if not missing:
        for kind in ("images-idx3", "labels-idx1"):
            (folder / f"train-{kind}-ubyte.gz").touch()
    pictures = training_pictures.load_pictures("KMNIST", tmp_path)
    counts = (8000, 2000) if missing else (60_000, 10_000)
    assert (len(pictures.training), len(pictures.test)) == counts
    assert ("were missing" in pictures.origin) == missing
    assert all(f"{count:,}" in pictures.origin for count in counts)


def test_the_card_tells_of_teacher_and_mirrors() -> None:
    clothes = TASKS["fashionmnist-network1"]
    nothing = Split(np.zeros((200, 1, 1), np.uint8), np.zeros(200, np.uint8))
    origin = "some pictures"
    text = describe(clothes, clothes.recipe, Pictures(nothing, nothing, origin), 90.0)
    assert "on some pictures: 90.00% right (95% interval 85.06 to 93.43)" in text
    assert "Pictures were mirrored at random, 50% of each target was the opinion of a" in text
