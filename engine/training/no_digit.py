"""The network that tells digits from everything else, so that a heart is not read as an 8.

It runs in the clear at the key owner's, who knows the picture anyway, and is never encrypted.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.arrays import Array
from engine.data_sets.pen_digits import load_pens
from engine.data_sets.registry import load_split
from engine.data_sets.splits import Split
from engine.networks.architecture import DenseSpec
from engine.networks.layers import Dense, Layer, ModelCard, Network
from engine.networks.recognition import DIGIT, NO_DIGIT
from engine.pictures.images import to_network_input
from engine.training.architectures import network2
from engine.training.fit import Recipe
from engine.training.measure import logits, sizes
from engine.training.pens import renderings
from engine.training.strangers import strange_pictures
from engine.training.task import HANDWRITING, KEPT, train_layers

NAME = "no-digit"
DRAWN = 45_000
CLOTHES = 6_000
RENDERINGS = 3
FLAGGED = 0.01
"""So many of the digits kept aside may be called none; MNIST has a few that nobody can read."""

ENLARGED = np.ones((4, 4), np.uint8)
RECIPE = Recipe(HANDWRITING, epochs=10)


def train_no_digit(root: Path | None, epochs: int | None, seed: int) -> tuple[Network, str]:
    """Train the network; return it and a report of what it calls no digit."""
    digits, pens = load_split("MNIST", "train", root), load_pens(root)
    drawn = renderings(pens.known, RENDERINGS, seed)
    strange = np.concatenate(
        (
            strange_pictures(DRAWN, pens.known, seed),
            *_clothes(load_split("FashionMNIST", "train", root).pictures[:CLOTHES]),
        )
    )
    known = np.concatenate((digits.pictures[:-KEPT], drawn.pictures))
    training = Split(
        np.concatenate((known, strange)),
        np.repeat(np.array([DIGIT, NO_DIGIT], np.uint8), (len(known), len(strange))),
    )
    recipe = Recipe(HANDWRITING, epochs=epochs or RECIPE.epochs, seed=seed)
    specs = (*network2()[:-1], DenseSpec(2))
    kept = (digits.pictures[-KEPT:], renderings(pens.kept, RENDERINGS, seed).pictures)
    layers = _with_threshold(train_layers(specs, training, recipe), kept)
    test = load_split("MNIST", "test", root).pictures
    measured = sizes(layers, test)
    card = ModelCard(
        dataset="MNIST",
        architecture="network2",
        classes=("digit", "no digit"),
        clear_accuracy=100 - 100 * flagged(layers, test),
        test_pictures=len(test),
        largest_logit=measured.largest_logit,
        largest_activation=measured.largest_activation,
        training=(
            f"Made by `python -m engine.training {NAME} --epochs {recipe.epochs} --seed {seed}` on "
            f"{len(known):,} digits and {len(strange):,} pictures of none: letters, signs, "
            "scribbles and clothes. Its accuracy is the share of digits that it calls digits."
        ),
    )
    return Network(NAME, layers, card), _report(layers, root, test, seed)


def flagged(layers: tuple[Layer, ...], pictures: npt.NDArray[np.uint8]) -> float:
    """Return which share of pictures (n, 28, 28) is called no digit."""
    scores = logits(layers, pictures)
    return float((scores.argmax(axis=1) == NO_DIGIT).mean())


def _with_threshold(
    layers: tuple[Layer, ...], kept: tuple[npt.NDArray[np.uint8], ...]
) -> tuple[Layer, ...]:
    """Move the last bias so that of each kind of kept digits at most FLAGGED are called none."""
    margins = [_margins(layers, pictures) for pictures in kept]
    threshold = max(float(np.quantile(each, 1 - FLAGGED)) for each in margins)
    last = layers[-1]
    assert isinstance(last, Dense)
    shift = np.zeros(2)
    shift[NO_DIGIT] = -threshold
    return (*layers[:-1], Dense(last.weight, (last.bias + shift).astype(np.float32).astype(float)))


def _margins(layers: tuple[Layer, ...], pictures: npt.NDArray[np.uint8]) -> Array:
    scores = logits(layers, pictures)
    return scores[:, NO_DIGIT] - scores[:, DIGIT]


def _clothes(pictures: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], ...]:
    """Return half of the pictures as they are, and the others fitted as a drawing is."""
    half = len(pictures) // 2
    fitted = [to_network_input(255 - np.kron(picture, ENLARGED)) for picture in pictures[half:]]
    return pictures[:half], np.array(fitted)


def _report(
    layers: tuple[Layer, ...], root: Path | None, test: npt.NDArray[np.uint8], seed: int
) -> str:
    pens = load_pens(root)
    rows = {
        "MNIST test pictures": test,
        "pen digits of writers held out": renderings(pens.held_out, RENDERINGS, seed).pictures,
        "letters, signs and scribbles": strange_pictures(2000, pens.held_out, seed + 1),
        "KMNIST test pictures": load_split("KMNIST", "test", root).pictures,
        "Fashion-MNIST test pictures": load_split("FashionMNIST", "test", root).pictures,
    }
    return "called no digit\n" + "\n".join(
        f"  {100 * flagged(layers, pictures):6.2f} %  {name}" for name, pictures in rows.items()
    )
