import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QApplication
from studio import Studio

from app.draw.picture.pictures import network_input
from app.kit.fitted_label import fitted
from app.state.drawing import Drawing, dataset_backdrop
from engine.data_sets.registry import CLASSES, Fitting

FITTINGS: tuple[Fitting, ...] = ("mass", "box", "photo")


def choose_model(studio: Studio, model: str) -> None:
    settings = dataclasses.replace(studio.state.chosen.settings, model=model)
    studio.state.chosen.set_settings(settings)


def height(studio: Studio) -> int:
    assert studio.state.drawn.picture is not None
    return int(studio.state.drawn.picture.any(axis=1).sum())


def test_a_drawing_is_prepared_again_for_the_data_set_of_another_model(idle: Studio) -> None:
    idle.draw()
    assert height(idle) == 20
    choose_model(idle, "kmnist-network1")
    assert height(idle) == 28
    choose_model(idle, "mnist-network2")
    assert height(idle) == 20


def test_a_data_set_s_picture_reaches_every_network_as_it_is() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    drawing = Drawing(backdrop=dataset_backdrop(picture))
    for fitting in FITTINGS:
        assert network_input(drawing, (1, 28, 28), fitting) is picture


@pytest.mark.parametrize("name", [name for names in CLASSES.values() for name in names])
def test_the_name_of_every_class_fits_into_the_answer_s_box(qapp: QApplication, name: str) -> None:
    room, font = QRectF(0, 0, 96, 76), QFont(qapp.font())
    lines, points = fitted(name, font, 54.0, room)
    font.setPointSizeF(points)
    metrics = QFontMetricsF(font)

    assert lines.replace("\n", "").replace(" ", "") == name.replace(" ", "")
    assert all(metrics.horizontalAdvance(line) <= room.width() for line in lines.split("\n"))
    assert points > 12


def test_a_name_too_long_for_the_answer_s_box_is_elided(qapp: QApplication) -> None:
    lines, _ = fitted("x" * 300, QFont(qapp.font()), 54.0, QRectF(0, 0, 96, 76))
    assert lines.endswith("\u2026")
