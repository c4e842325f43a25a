"""Pens in the training: which digits are learnt from, and what is told from digits."""

import dataclasses

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is an optional extra: only training needs it")

from engine.data_sets.pen_digits import Pens
from engine.data_sets.splits import Split
from engine.data_sets.unipen import PenDigit
from engine.networks.layers import Dense, Layer
from engine.training import card, knowers, train
from engine.training.data.pens import renderings
from engine.training.data.pictures import Pictures
from engine.training.data.strangers import SIGNS, strange_pictures
from engine.training.measure import Sizes
from engine.training.recipes import TASKS


def pen_digit(label: int, writer: int) -> PenDigit:
    line = np.array([[0, 0], [3, 8 + label], [1, 12]], np.float32)
    return PenDigit(label, writer, (line,))


PENS = Pens(
    known=tuple(pen_digit(label, 1) for label in range(10)),
    kept=tuple(pen_digit(label, 8) for label in range(10)),
    held_out=tuple(pen_digit(label, 5) for label in range(10)),
)


def test_every_digit_is_drawn_as_written_and_then_in_other_poses() -> None:
    drawn = renderings(PENS.known[:2], 3, seed=1)
    assert drawn.labels.tolist() == [0, 0, 0, 1, 1, 1]
    straight = renderings(PENS.known[:2], 1, seed=7)
    np.testing.assert_array_equal(drawn.pictures[::3], straight.pictures)
    assert len({picture.tobytes() for picture in drawn.pictures}) == 6
    np.testing.assert_array_equal(drawn.pictures, renderings(PENS.known[:2], 3, seed=1).pictures)


def test_pens_join_the_training_and_others_set_the_temperature(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (60, 28, 28), np.uint8)
    split = Split(noise, (np.arange(60) % 10).astype(np.uint8))
    seen: dict[str, Split] = {}

    def learn(
        _specs: object, training: Split, _recipe: object, _watch: object
    ) -> tuple[Layer, ...]:
        seen["training"] = training
        return (Dense(np.random.default_rng(2).normal(size=(10, 784)) / 9, np.zeros(10)),)

    monkeypatch.setattr(train, "load_pictures", lambda *_: Pictures(split, split, "sixty"))
    monkeypatch.setattr(train, "load_pens", lambda *_: PENS)
    monkeypatch.setattr(train, "train_layers", learn)
    monkeypatch.setattr(card, "sizes", lambda *_: Sizes(1.0, 1.0, (), ()))
    pens = dataclasses.replace(TASKS["mnist-network1"], pens=2, kept=20)
    network, _ = train.train(pens, root=None, epochs=1, seed=1, validate=False)

    assert len(seen["training"]) == 40 + 2 * 10
    np.testing.assert_array_equal(seen["training"].pictures[:40], noise[:40])
    assert "2 renderings of each of 10 pen digits" in network.card.training
    assert "temperature from 20 kept aside" in network.card.training
    assert "and 10 kept aside" in network.card.training
    assert network.card.temperature != 1.0


def test_strange_pictures_are_drawn_fill_the_picture_or_lie_in_it() -> None:
    pictures = strange_pictures(200, PENS.known, seed=3)
    assert pictures.shape == (200, 28, 28)
    assert (pictures.max(axis=(1, 2)) == 255).all()
    rows = (pictures > 0).any(axis=2).sum(axis=1)
    columns = (pictures > 0).any(axis=1).sum(axis=1)
    filling = np.maximum(rows, columns) > 24
    assert 0.15 < filling.mean() < 0.6
    np.testing.assert_array_equal(pictures, strange_pictures(200, PENS.known, seed=3))
    assert len(SIGNS) > 30


def test_the_threshold_lets_few_known_digits_pass_for_none() -> None:
    random = np.random.default_rng(4)
    layers = (Dense(random.normal(size=(2, 784)) / 28, np.zeros(2)),)
    kept = random.integers(0, 256, (1000, 28, 28), np.uint8)
    moved = knowers._with_threshold(layers, (kept,))
    assert knowers.flagged(moved, kept) == pytest.approx(knowers.FLAGGED, abs=0.002)
