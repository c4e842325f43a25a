"""Every network has samples of its own, which it reads right, and kana are drawn, not written."""

import dataclasses

import pytest
from PySide6.QtCore import QPoint
from studio import Studio

from app.draw.answer.kana import kana_of
from app.draw.answer.label import AnswerLabel
from app.draw.picture.gallery import sample_places
from app.draw.picture.samples import photo_samples, sample_drawing, sample_names
from app.kit.palette import PALETTES
from engine.arrays import as_input
from engine.ckks.parameters import Settings
from engine.data_sets.preparation import dataset_of, fitting_of
from engine.data_sets.registry import CLASSES
from engine.networks.files import load_network
from engine.networks.recognition import is_known
from engine.pictures.strokes import strokes_to_input
from engine.resources import model_names, model_path

CLOTHES = (
    "t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag",
    "ankle-boot",
)  # fmt: skip
NAMES = {"KMNIST": CLASSES["KMNIST"], "FashionMNIST": CLOTHES}


@pytest.mark.parametrize("model", model_names())
def test_every_network_has_samples(model: str) -> None:
    dataset = dataset_of(model)
    assert bool(photo_samples(dataset)) != bool(sample_names(dataset))
    assert len(sample_places(dataset)) >= 6


@pytest.mark.parametrize("network", ["network1", "network2"])
@pytest.mark.parametrize("dataset", NAMES)
def test_the_samples_are_read_right_by_both_networks(dataset: str, network: str) -> None:
    trained = load_network(model_path(f"{dataset.lower()}-{network}"))
    assert tuple(sample_names(dataset)) == NAMES[dataset]
    for place, name in enumerate(sample_names(dataset)):
        strokes = sample_drawing(name, dataset).strokes
        assert fitting_of(trained.name) == "box"
        values = as_input(strokes_to_input(strokes, "box")[None])
        assert trained.forward(values)[0].argmax() == place, name
        assert is_known(values[0], dataset), name


def test_a_sample_of_the_gallery_is_drawn_with_its_own_pen(studio: Studio) -> None:
    studio.window.program.choices.change(Settings("kmnist-network1", 8192, 26))
    studio.window.gallery.open_at(QPoint(0, 0), "KMNIST")
    assert len(studio.window.gallery.buttons) == len(CLASSES["KMNIST"])
    studio.window.gallery.buttons[0, 2].click()
    drawn = studio.state.drawn.history.current
    assert drawn.strokes == sample_drawing("su", "KMNIST").strokes


def test_an_answer_of_kmnist_is_its_kana_beside_its_sound(studio: Studio) -> None:
    studio.draw()
    studio.classify()
    result = studio.state.run.result
    assert result is not None
    label = AnswerLabel(studio.window.theme)
    label.setFixedSize(104, 84)
    left = {}
    for dataset in ("MNIST", "KMNIST"):
        label.show_answer(dataclasses.replace(result, classes=CLASSES[dataset]), "text", "sunken")
        image = label.grab().toImage().copy(8, 8, 22, 68)
        left[dataset] = {image.pixelColor(x, y).name() for x in range(22) for y in range(68)}
    assert label.text() == CLASSES["KMNIST"][result.prediction]
    assert PALETTES["light"].text in left["KMNIST"]
    assert PALETTES["light"].text not in left["MNIST"]


def test_only_kmnist_has_kana() -> None:
    assert kana_of(CLASSES["KMNIST"], "su")
    assert kana_of(CLASSES["MNIST"], "3") == ()
