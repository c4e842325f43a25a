"""The card of a trained network: how it was made, judged and measured."""

import dataclasses
from collections.abc import Callable

import numpy as np
import torch

from engine.data_sets.registry import CLASSES, DATA_SETS
from engine.data_sets.splits import Split
from engine.networks.layers import Layer, ModelCard, Network
from engine.networks.sureness import fitted_temperature
from engine.studies.summary import wilson
from engine.training.data.augment import impossible_pictures
from engine.training.data.pictures import Pictures
from engine.training.fit import Recipe
from engine.training.measure import accuracy, logits, sizes
from engine.training.recipes import Task

STRANGE = 2000
USUAL = 0.999


def card_of(task: Task, recipe: Recipe, layers: tuple[Layer, ...], pictures: Pictures) -> ModelCard:
    """Return the card of a task's network."""

    def story(percentage: float) -> str:
        return describe(task, recipe, pictures, percentage)

    card = judged_card(task.dataset, task.architecture, layers, pictures, task.sized, story)
    if recipe.impossible:
        return card
    return dataclasses.replace(card, largest_logit=_usual_logit(layers, pictures.test))


def judged_card(
    dataset: str,
    architecture: str,
    layers: tuple[Layer, ...],
    pictures: Pictures,
    sized: int | None,
    story: Callable[[float], str],
) -> ModelCard:
    """Return the card of a network that was judged on the test pictures of its data set.

    Those and `sized` training pictures (None: all) tell how large its values get, those kept aside
    its temperature; `story` tells how it was made, given its accuracy in percent.
    """
    training, test, kept = pictures.training, pictures.test, pictures.kept
    measured = sizes(layers, np.concatenate((training.pictures[:sized], test.pictures)))
    percentage = accuracy(layers, test.pictures, test.labels)
    return ModelCard(
        dataset=dataset,
        input_shape=DATA_SETS[dataset].shape,
        architecture=architecture,
        classes=CLASSES[dataset],
        clear_accuracy=percentage,
        test_pictures=len(test),
        largest_logit=measured.largest_logit,
        largest_activation=measured.largest_activation,
        training=story(percentage),
        temperature=(
            fitted_temperature(logits(layers, kept.pictures), kept.labels) if kept else 1.0
        ),
    )


def _usual_logit(layers: tuple[Layer, ...], test: Split) -> float:
    """Return what USUAL of the test pictures stay below, where a few are a hundred times as large.

    Room for those would cost all others seven bits; their scores are refused, never wrong.
    """
    return float(np.quantile(np.abs(logits(layers, test.pictures)).max(axis=1), USUAL))


def describe(task: Task, recipe: Recipe, pictures: Pictures, percentage: float) -> str:
    """Return how a model was made and judged, for its card."""
    total = len(pictures.test)
    interval = wilson(round(percentage / 100 * total), total)
    return (
        f"Made by `python -m engine.training {task.command or task.name} --epochs {recipe.epochs} "
        f"--seed {recipe.seed}` on {pictures.origin}: {percentage:.2f}% right "
        f"(95% interval {interval.low:.2f} to {interval.high:.2f}). "
        f"{_variations(recipe)}, activations were disturbed as CKKS does, weights averaged, and "
        "large activations and logits penalised."
    )


def _variations(recipe: Recipe) -> str:
    parts = []
    if recipe.augmentation:
        strokes = " and their strokes varied" if recipe.augmentation.pen else ""
        parts.append(f"Pictures were turned, scaled, sheared, moved and wobbled at random{strokes}")
    if recipe.mirror:
        parts.append("Pictures were mirrored at random")
    if recipe.shift:
        parts.append(f"they were moved by up to {recipe.shift} pixels")
    if recipe.mixed:
        parts.append(f"in {recipe.mixed:.0%} of the batches each was blended with another")
    if recipe.balanced:
        parts.append("all classes counted alike")
    if recipe.teaching:
        parts.append(
            f"{recipe.teaching.share:.0%} of each target was the opinion of a larger network "
            f"trained {recipe.teaching.epochs} epochs on the same pictures"
        )
    return ", ".join(parts)


def report(network: Network, training: Split, seed: int) -> str:
    """Return the measures of a trained network, as text."""
    card = network.card
    known = sizes(network.layers, training.pictures)
    generator = torch.Generator().manual_seed(seed)
    strange = impossible_pictures(STRANGE, card.input_shape, generator) * 255
    unknown = sizes(network.layers, strange.byte().numpy())
    before = ", ".join(f"{rms:.2f}" for rms in known.before)
    after = ", ".join(f"{rms:.2f}" for rms in known.after)
    return (
        f"{network.name}: {card.clear_accuracy:.2f}% of {card.test_pictures:,} unseen pictures\n"
        f"rms before each square: {before}; after: {after}\n"
        f"largest logit {card.largest_logit:.1f}, activation {card.largest_activation:.1f}\n"
        f"on noise, fills, blobs and stripes: logit {unknown.largest_logit:.1f}, "
        f"activation {unknown.largest_activation:.1f}"
    )
