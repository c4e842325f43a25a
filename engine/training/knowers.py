"""The networks that tell a data set's pictures from all else: a heart is no 8, a 3 no sandal.

They run in the clear at the key owner's, who knows the picture anyway, and are never encrypted.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.arrays import Array
from engine.data_sets.loading import load_split
from engine.data_sets.pen_digits import load_pens
from engine.data_sets.splits import Split
from engine.networks.architecture import DenseSpec
from engine.networks.layers import Dense, Layer, ModelCard, Network
from engine.networks.recognition import KNOWERS, KNOWN, UNKNOWN
from engine.pictures.fitting import Centre, to_network_input
from engine.training.architectures import network2
from engine.training.data.pens import renderings
from engine.training.data.pictures import load_pictures
from engine.training.data.strangers import FILLING, strange_pictures
from engine.training.fit import Recipe
from engine.training.measure import logits, sizes
from engine.training.recipes import HANDWRITING, KEPT
from engine.training.train import train_layers

Grey = npt.NDArray[np.uint8]

DRAWN = 45_000
CLOTHES = 6_000
RENDERINGS = 3
OTHERS = 8_000
FLAGGED = 0.01
"""So many of the pictures kept aside may be called none; MNIST has a few that nobody can read."""
SILHOUETTE = 40
"""From this grey on a garment is ink in its silhouette, as a person would paint it."""

ENLARGED = np.ones((4, 4), np.uint8)


@dataclass(frozen=True)
class Pictures:
    """What a network learns from, all (n, 28, 28): `known` ones, `strange` ones.

    Of each of the `kept` kinds of known ones few may be called none.
    """

    known: Grey
    strange: Grey
    kept: tuple[Grey, ...]


@dataclass(frozen=True)
class Knower:
    """A network that knows what is a `kind` of a data set, `gather`ed (root, seed) as pictures."""

    dataset: str
    kind: str
    strange: str
    recipe: Recipe
    gather: Callable[[Path | None, int], Pictures]

    @property
    def name(self) -> str:
        """Its name, and its file's."""
        return KNOWERS[self.dataset]


def train_knower(
    knower: Knower, root: Path | None, epochs: int | None, seed: int
) -> tuple[Network, str]:
    """Train a network; return it and a report of what it calls none of its kind."""
    pictures = knower.gather(root, seed)
    known, strange = pictures.known, pictures.strange
    training = Split(
        np.concatenate((known, strange)),
        np.repeat(np.array([KNOWN, UNKNOWN], np.uint8), (len(known), len(strange))),
    )
    recipe = dataclasses.replace(knower.recipe, epochs=epochs or knower.recipe.epochs, seed=seed)
    specs = (*network2()[:-1], DenseSpec(2))
    layers = _with_threshold(train_layers(specs, training, recipe), pictures.kept)
    test = load_pictures(knower.dataset, root).test.pictures
    measured = sizes(layers, test)
    card = ModelCard(
        dataset=knower.dataset,
        architecture="network2",
        classes=(knower.kind, f"no {knower.kind}"),
        clear_accuracy=100 - 100 * flagged(layers, test),
        test_pictures=len(test),
        largest_logit=measured.largest_logit,
        largest_activation=measured.largest_activation,
        training=(
            f"Made by `python -m engine.training {knower.name} --epochs {recipe.epochs} "
            f"--seed {seed}` on {len(known):,} pictures of its kind and {len(strange):,} of none: "
            f"{knower.strange}. Its accuracy is the share of test pictures that it calls known."
        ),
    )
    return Network(knower.name, layers, card), _report(knower, layers, root, test, seed)


def flagged(layers: tuple[Layer, ...], pictures: Grey) -> float:
    """Return which share of pictures (n, 28, 28) is called none of the kind."""
    scores = logits(layers, pictures)
    return float((scores.argmax(axis=1) == UNKNOWN).mean())


def _with_threshold(layers: tuple[Layer, ...], kept: tuple[Grey, ...]) -> tuple[Layer, ...]:
    """Move the last bias so that of each kind of kept ones at most FLAGGED are called none."""
    margins = [_margins(layers, pictures) for pictures in kept]
    threshold = max(float(np.quantile(each, 1 - FLAGGED)) for each in margins)
    last = layers[-1]
    assert isinstance(last, Dense)
    shift = np.zeros(2)
    shift[UNKNOWN] = -threshold
    return (*layers[:-1], Dense(last.weight, (last.bias + shift).astype(np.float32).astype(float)))


def _margins(layers: tuple[Layer, ...], pictures: Grey) -> Array:
    scores = logits(layers, pictures)
    return scores[:, UNKNOWN] - scores[:, KNOWN]


def _digits(root: Path | None, seed: int) -> Pictures:
    digits, pens = load_split("MNIST", "train", root).pictures, load_pens(root)
    clothes = load_split("FashionMNIST", "train", root).pictures[:CLOTHES]
    half = len(clothes) // 2  # as they are, the others as a drawing of them would be
    return Pictures(
        np.concatenate((digits[:-KEPT], renderings(pens.known, RENDERINGS, seed).pictures)),
        np.concatenate(
            (
                strange_pictures(DRAWN, pens.known, seed),
                clothes[:half],
                _fitted(clothes[half:], "mass"),
            )
        ),
        (digits[-KEPT:], renderings(pens.kept, RENDERINGS, seed).pictures),
    )


def _clothes(root: Path | None, seed: int) -> Pictures:
    clothes = load_pictures("FashionMNIST", root).training.pictures
    flat = silhouettes(clothes[::2])
    known = np.concatenate((clothes[:-KEPT], flat[:-KEPT]))
    return Pictures(known, _filling("KMNIST", root, seed), (clothes[-KEPT:], flat[-KEPT:]))


def _kana(root: Path | None, seed: int) -> Pictures:
    kana = load_pictures("KMNIST", root).training.pictures
    return Pictures(kana[:-KEPT], _filling("FashionMNIST", root, seed), (kana[-KEPT:],))


def _filling(other: str, root: Path | None, seed: int) -> Grey:
    """Return pictures that fill the 28x28: digits, signs, and those of another data set."""
    pens = load_pens(root)
    return np.concatenate(
        (
            strange_pictures(DRAWN // 2, pens.known, seed, filling=1.0),
            renderings(pens.known, 1, seed, "box").pictures,
            _fitted(load_split("MNIST", "train", root).pictures[:OTHERS], "box"),
            load_pictures(other, root).training.pictures[:OTHERS],
        )
    )


def silhouettes(pictures: Grey) -> Grey:
    """Return garments (n, 28, 28) all in ink, as a person would paint them."""
    flat: Grey = np.where(pictures >= SILHOUETTE, 255, 0).astype(np.uint8)
    return flat


def _fitted(pictures: Grey, centre: Centre) -> Grey:
    """Return pictures of ink as a drawing of them would be fitted."""
    made = [to_network_input(255 - np.kron(picture, ENLARGED), centre) for picture in pictures]
    return np.array(made)


def _report(
    knower: Knower, layers: tuple[Layer, ...], root: Path | None, test: Grey, seed: int
) -> str:
    pens = load_pens(root)
    is_digit = knower.dataset == "MNIST"
    centre: Centre = "mass" if is_digit else "box"
    filling = FILLING if is_digit else 1.0
    rows = {
        f"{knower.dataset} test pictures": test,
        "pen digits of writers held out": renderings(
            pens.held_out, RENDERINGS, seed, centre
        ).pictures,
        "letters, signs and scribbles": strange_pictures(2000, pens.held_out, seed + 1, filling),
    }
    for other in KNOWERS:
        if other != knower.dataset:
            rows[f"{other} test pictures"] = load_split(other, "test", root).pictures
    return f"called no {knower.kind}\n" + "\n".join(
        f"  {100 * flagged(layers, pictures):6.2f} %  {name}" for name, pictures in rows.items()
    )


TRAINED = {
    each.name: each
    for each in (
        Knower(
            dataset="MNIST",
            kind="digit",
            strange="letters, signs, scribbles and clothes",
            recipe=Recipe(HANDWRITING, epochs=10),
            gather=_digits,
        ),
        Knower(
            dataset="FashionMNIST",
            kind="clothing",
            strange="digits, letters, signs, scribbles and kana",
            recipe=Recipe(None, epochs=6, mirror=True, balanced=True),
            gather=_clothes,
        ),
        Knower(
            dataset="KMNIST",
            kind="kana",
            strange="digits, letters, signs, scribbles and clothes",
            recipe=Recipe(HANDWRITING, epochs=10, balanced=True),
            gather=_kana,
        ),
    )
}
