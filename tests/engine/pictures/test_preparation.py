import numpy as np
import pytest

from engine.pictures.datasets import CLASSES
from engine.pictures.images import to_network_input
from engine.pictures.preparation import CENTRES, centre_of, dataset_of, model_for

NAMES = ("fashionmnist-network1", "kmnist-network1", "kmnist-network2", "mnist-network2")


@pytest.mark.parametrize(
    ("model", "dataset", "centre"),
    [
        ("mnist-network1", "MNIST", "mass"),
        ("kmnist-network2", "KMNIST", "box"),
        ("fashionmnist-network1", "FashionMNIST", "box"),
        ("own-experiment", "MNIST", "mass"),
    ],
)
def test_a_model_s_name_tells_its_data_set_and_preparation(
    model: str, dataset: str, centre: str
) -> None:
    assert dataset_of(model) == dataset
    assert centre_of(model) == centre


def test_every_data_set_has_a_way_of_preparation() -> None:
    assert set(CENTRES) == set(CLASSES)


def test_a_picture_fills_the_28x28_only_where_the_data_set_does() -> None:
    grey = np.full((200, 200), 255, np.uint8)
    grey[60:160, 60:140] = 0
    heights = {
        model: int(to_network_input(grey, centre_of(model)).any(axis=1).sum())
        for model in ("mnist-network1", "fashionmnist-network1")
    }
    assert heights == {"mnist-network1": 20, "fashionmnist-network1": 28}


def test_the_model_for_a_data_set_has_the_same_network_if_there_is_one() -> None:
    assert model_for("KMNIST", "mnist-network2", NAMES) == "kmnist-network2"
    assert model_for("FashionMNIST", "mnist-network2", NAMES) == "fashionmnist-network1"
    assert model_for("MNIST", "mnist-network2", NAMES) == "mnist-network2"
    assert model_for("MNIST", "kmnist-network1", ("kmnist-network1",)) is None
