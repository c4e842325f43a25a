"""What can be trained: a data set, an architecture and a recipe for each model.

`train` takes one of them from pictures to a network with its model card.
"""

import dataclasses
import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from engine.datasets import CLASSES, Split, load_split
from engine.network import Array, Layer, ModelCard, Network
from engine.training.architectures import ARCHITECTURES
from engine.training.augment import Augmentation, impossible_pictures
from engine.training.export import balance, fold, round_to_single
from engine.training.fit import Recipe, fit
from engine.training.measure import accuracy, sizes

HELD_OUT = 5000
KMNIST_TRAINED = 8000
STRANGE = 2000

HANDWRITING = Augmentation(
    rotation=0.18, scale=0.12, shear=0.18, translation=0.055, elastic=0.035, pen=0.35
)
CLOTHES = Augmentation(
    rotation=0.05, scale=0.08, shear=0.0, translation=0.04, elastic=0.0, pen=0.0, mirror=True
)
RECIPES = {
    "MNIST": Recipe(HANDWRITING, epochs=120),
    "KMNIST": Recipe(HANDWRITING, epochs=300),
    "FashionMNIST": Recipe(CLOTHES, epochs=100),
}


@dataclass(frozen=True)
class Task:
    """One model: which pictures, which network, how to train it."""

    dataset: str
    architecture: str
    recipe: Recipe

    @property
    def name(self) -> str:
        """The model's name, and its file's."""
        return f"{self.dataset.lower()}-{self.architecture}"


TASKS = {
    task.name: task
    for task in (
        Task(dataset, architecture, recipe)
        for (dataset, recipe), architecture in itertools.product(RECIPES.items(), ARCHITECTURES)
    )
}


def train(
    task: Task, *, root: Path | None, epochs: int | None, seed: int, validate: bool
) -> tuple[Network, str]:
    """Train `task`; return the network and a report of its measures, as text.

    To `validate`, the last HELD_OUT training pictures are kept aside and stand in for the test
    set, so that choices are not made on it.
    """
    recipe = dataclasses.replace(task.recipe, seed=seed, epochs=epochs or task.recipe.epochs)
    training, test = load_pictures(task.dataset, root)
    if validate:
        training, test = _cut(training, len(training) - HELD_OUT)
    model, _ = fit(
        ARCHITECTURES[task.architecture],
        torch.tensor(training.pictures)[:, None],
        torch.tensor(training.labels).long(),
        recipe,
    )
    layers = round_to_single(balance(fold(model), _as_input(training)))
    network = Network(task.name, layers, _card(task, recipe, layers, training, test))
    return network, _report(network, training, seed)


def load_pictures(dataset: str, root: Path | None) -> tuple[Split, Split]:
    """Return what to train on and what to judge on.

    KMNIST: the first KMNIST_TRAINED official test pictures and the others, since its training
    pictures are not at hand; such figures do not compare with published ones.
    """
    if dataset == "KMNIST":
        return _cut(load_split(dataset, "t10k", root), KMNIST_TRAINED)
    return load_split(dataset, "train", root), load_split(dataset, "t10k", root)


def _cut(split: Split, first: int) -> tuple[Split, Split]:
    return (
        Split(split.pictures[:first], split.labels[:first]),
        Split(split.pictures[first:], split.labels[first:]),
    )


def _as_input(split: Split) -> Array:
    return split.pictures[:, None] / 255.0


def _card(
    task: Task, recipe: Recipe, layers: tuple[Layer, ...], training: Split, test: Split
) -> ModelCard:
    measured = sizes(layers, np.concatenate((_as_input(training), _as_input(test))))
    source = "test pictures" if task.dataset == "KMNIST" else "training pictures"
    return ModelCard(
        dataset=task.dataset,
        architecture=task.architecture,
        classes=CLASSES[task.dataset],
        clear_accuracy=accuracy(layers, _as_input(test), test.labels),
        test_pictures=len(test),
        largest_logit=measured.largest_logit,
        largest_activation=measured.largest_activation,
        training=(
            f"Seed {recipe.seed}, epochs {recipe.epochs}, on the first {len(training):,} official "
            f"{source}; judged on {len(test):,} others. Pictures were turned, scaled, sheared, "
            "moved and wobbled at random and their strokes varied, activations disturbed as CKKS "
            "does, weights averaged, and large activations and logits penalised."
        ),
    )


def _report(network: Network, training: Split, seed: int) -> str:
    card = network.card
    known = sizes(network.layers, _as_input(training))
    generator = torch.Generator().manual_seed(seed)
    strange = impossible_pictures(STRANGE, training.pictures.shape[-1], generator)
    unknown = sizes(network.layers, strange.double().numpy())
    before = ", ".join(f"{rms:.2f}" for rms in known.before)
    after = ", ".join(f"{rms:.2f}" for rms in known.after)
    return (
        f"{network.name}: {card.clear_accuracy:.2f}% of {card.test_pictures:,} unseen pictures\n"
        f"rms before each square: {before}; after: {after}\n"
        f"largest logit {card.largest_logit:.1f}, activation {card.largest_activation:.1f}\n"
        f"on noise, fills, blobs and stripes: logit {unknown.largest_logit:.1f}, "
        f"activation {unknown.largest_activation:.1f}"
    )
