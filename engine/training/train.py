"""Takes a task from pictures to a network with its model card."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import torch

from engine.arrays import as_input, planes
from engine.data_sets.pen_digits import load_pens
from engine.data_sets.splits import Split
from engine.networks.architecture import Specs
from engine.networks.layers import Layer, Network
from engine.training.card import card_of
from engine.training.data.pictures import Pictures, held_out, kept_aside, load_pictures, with_pens
from engine.training.export import balance, fold, round_to_single
from engine.training.fit import NOBODY, Recipe, Watch, fit
from engine.training.recipes import Task

MEASURED: dict[int, int | None] = {1: None, 3: 10_000}
"""So many pictures, by their channels, tell how large a network's channels are; None means all."""


def train(
    task: Task,
    *,
    root: Path | None,
    epochs: int | None,
    seed: int,
    validate: bool = False,
    watch: Callable[[Pictures], Watch] = lambda pictures: NOBODY,
) -> tuple[Network, Pictures]:
    """Train `task`; return the network and what it was trained and judged on.

    To `validate`, the last HELD_OUT training pictures are kept aside and stand in for the test
    set, so that choices are not made on it. `watch` is made of the pictures once they are read.
    """
    recipe = dataclasses.replace(task.recipe, seed=seed, epochs=epochs or task.recipe.epochs)
    pictures = load_pictures(task.dataset, root)
    if validate:
        pictures = held_out(pictures.training)
    if task.kept:
        pictures = kept_aside(pictures, task.kept)
    if task.pens:
        pictures = with_pens(pictures, load_pens(root), task.pens, seed)
    layers = train_layers(task.specs, pictures.training, recipe, watch(pictures))
    network = Network(task.name, layers, card_of(task, recipe, layers, pictures))
    return network, pictures


def train_layers(
    specs: Specs, training: Split, recipe: Recipe, watch: Watch = NOBODY
) -> tuple[Layer, ...]:
    """Train a network on `training`; return its layers as a model file keeps them."""
    labels = torch.tensor(training.labels).long()
    pictures = torch.tensor(planes(training.pictures))
    model, _ = fit(specs, pictures, labels, recipe, watch)
    measured = as_input(training.pictures[: MEASURED[pictures.shape[1]]])
    return round_to_single(balance(fold(model), measured))
