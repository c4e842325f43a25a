from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.data_sets.preparation import centre_of, dataset_of, fitting_of, model_for, read_picture
from engine.pictures.fitting import to_network_input

NAMES = ("fashionmnist-network1", "kmnist-network1", "kmnist-network2", "mnist-network2")


@pytest.mark.parametrize(
    ("model", "dataset", "fitting"),
    [
        ("mnist-network1", "MNIST", "mass"),
        ("kmnist-network2", "KMNIST", "box"),
        ("fashionmnist-network1", "FashionMNIST", "box"),
        ("own-experiment", "MNIST", "mass"),
        ("pneumoniamnist-network1", "PneumoniaMNIST", "photo"),
        ("cifar10-photo", "CIFAR10", "photo"),
    ],
)
def test_a_model_s_name_tells_its_data_set_and_preparation(
    model: str, dataset: str, fitting: str
) -> None:
    assert dataset_of(model) == dataset
    assert fitting_of(model) == fitting


def test_what_is_no_drawing_of_28x28_is_prepared_as_a_photo() -> None:
    assert fitting_of("own-experiment", (3, 32, 32)) == "photo"
    assert fitting_of("own-experiment", (1, 28, 28)) == "mass"


def test_a_photo_s_middle_square_is_read_in_colour(tmp_path: Path) -> None:
    photo = np.zeros((40, 80, 3), np.uint8)
    photo[:, :20], photo[:, 20:60], photo[:, 60:] = (255, 0, 0), (0, 200, 0), (0, 0, 255)
    Image.fromarray(photo).save(tmp_path / "wide.png")
    read = read_picture(tmp_path / "wide.png", "cifar10-photo")
    assert read.shape == (3, 32, 32)
    assert set(np.unique(read[1])) == {200}
    assert not read[0].any()
    assert not read[2].any()


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
