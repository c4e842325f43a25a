"""Every model that comes with the program: its card, its accuracy, and its ciphertexts."""

import re
from pathlib import Path

import numpy as np
import pytest

from engine.arrays import as_input
from engine.ckks.parameters import LOGIT_MARGIN
from engine.data_sets.loading import load_split
from engine.data_sets.pen_digits import BRUSH, FILES, Pens, Pose, drawn_samples, load_pens
from engine.data_sets.registry import CLASSES, PEN_DIGITS
from engine.data_sets.samples import samples_for
from engine.networks.recognition import are_known
from engine.networks.sureness import calibration_error, probabilities
from engine.pictures.resampling import Grey
from engine.planning.forecast import network_named
from engine.planning.recommended import recommended
from engine.resources import model_names, models_dir
from engine.session.relay import Session
from engine.studies.summary import wilson

LEAST_ACCURACY = {
    "mnist-network1": 99.0,
    "mnist-network2": 99.4,
    "kmnist-network1": 94.0,
    "kmnist-network2": 96.0,
    "fashionmnist-network1": 89.3,
    "fashionmnist-network2": 90.5,
    "pneumoniamnist-network1": 87.5,
    "cifar10-photo": 78.0,
}
MODELS = sorted(LEAST_ACCURACY)


@pytest.fixture
def pens(official_root: Path) -> Pens:
    if not any((official_root / PEN_DIGITS.folder / file).exists() for file in FILES):
        pytest.skip(f"the pen digits are not in {official_root}")
    return load_pens(official_root)


def test_these_models_come_with_the_program() -> None:
    assert sorted(model_names()) == MODELS


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_as_accurate_as_asked_for_and_knows_its_classes(name: str) -> None:
    card = network_named(name).card
    assert name == f"{card.dataset.lower()}-{card.architecture}"
    assert card.classes == CLASSES[card.dataset]
    assert card.clear_accuracy >= LEAST_ACCURACY[name]


@pytest.mark.parametrize("name", MODELS)
def test_a_card_says_what_the_real_pictures_say(name: str, official_root: Path) -> None:
    network = network_named(name)
    judged = samples_for(network, official_root)
    assert judged.labels is not None
    logits = network.forward(as_input(judged.pictures))
    right = int((logits.argmax(axis=1) == judged.labels).sum())
    assert 100 * right / len(judged) == network.card.clear_accuracy
    # A few photos have scores far beyond the usual: there is room for those, but no more.
    room = LOGIT_MARGIN if network.card.dataset == "CIFAR10" else 1 + 1e-12
    assert np.abs(logits).max() <= network.card.largest_logit * room
    accuracy = wilson(right, len(judged))
    assert f"(95% interval {accuracy.low:.2f} to {accuracy.high:.2f})" in network.card.training


@pytest.mark.parametrize(("name", "least", "turned"), [
    ("mnist-network1", 98.3, 97.0),
    ("mnist-network2", 98.9, 98.0),
])  # fmt: skip
def test_pens_of_writers_held_out_are_read_however_they_draw(
    name: str, least: float, turned: float, pens: Pens
) -> None:
    network = network_named(name)

    def accuracy(pose: Pose) -> float:
        drawn = drawn_samples(pens.held_out, pose, "mass", "pens", anywhere=pose.size < 0.5)
        assert drawn.labels is not None
        scores = network.forward(as_input(drawn.pictures))
        return 100 * float((scores.argmax(axis=1) == drawn.labels).mean())

    usual = accuracy(Pose())
    assert usual >= least
    for pose in (Pose(size=0.1), Pose(size=1.0), Pose(brush=2 * BRUSH)):
        assert accuracy(pose) == pytest.approx(usual, abs=0.2)
    for pose in (Pose(turn=15), Pose(turn=-15), Pose(slant=20), Pose(slant=-20)):
        assert accuracy(pose) >= turned


@pytest.mark.parametrize("name", ["mnist-network1", "mnist-network2"])
def test_a_network_knows_how_sure_it_is(name: str, official_root: Path, pens: Pens) -> None:
    network = network_named(name)
    held_out = drawn_samples(pens.held_out, Pose(), "mass", "pens")
    for samples, most in ((samples_for(network, official_root), 1.0), (held_out, 2.0)):
        assert samples.labels is not None
        scores = network.forward(as_input(samples.pictures))
        likely = probabilities(scores, network.card.temperature)
        assert calibration_error(likely, samples.labels) <= most


def test_digits_are_known_and_clothes_and_kana_are_not(official_root: Path, pens: Pens) -> None:
    def unknown(pictures: Grey) -> float:
        return 100 * are_known(pictures, "MNIST").count(False) / len(pictures)

    assert unknown(load_split("MNIST", "test", official_root).pictures) <= 1
    held_out = drawn_samples(pens.held_out, Pose(), "mass", "pens")
    assert unknown(held_out.pictures) <= 2
    for name in ("KMNIST", "FashionMNIST"):
        assert unknown(load_split(name, "test", official_root).pictures) >= 80


@pytest.mark.parametrize("name", MODELS)
def test_the_table_of_models_says_what_the_card_says(name: str) -> None:
    card = network_named(name).card
    rows = (models_dir() / "README.md").read_text(encoding="utf-8").splitlines()
    (row,) = (row for row in rows if row.startswith(f"| `{name}`"))
    total = card.test_pictures
    accuracy = wilson(round(card.clear_accuracy / 100 * total), total)
    command = card.training.split("`")[1].removeprefix("python -m engine.training ")
    for words in (
        f"{card.clear_accuracy:.2f} % ({accuracy.low:.2f} to {accuracy.high:.2f})",
        *(f"{total:,}", f"{card.largest_logit:.1f}", f"{card.largest_activation:.1f}"),
        re.sub(r" --epochs \d+( --seed 1$)?", "", command),
    ):
        assert words in row


@pytest.mark.parametrize("name", MODELS)
def test_encrypted_pictures_get_the_clear_answer(name: str, official_root: Path) -> None:
    pictures = samples_for(network_named(name), official_root, limit=3).pictures
    with Session() as session:
        session.prepare(recommended(name))
        for picture in pictures:
            answer = session.classify(picture)
            assert answer.prediction == answer.clear_prediction
            assert answer.relative_error < 0.01
