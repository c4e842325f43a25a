"""A step is saved as it is shown: sharp in a PNG, flat cells and letters in an SVG."""

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from studio import Studio

from app.actions.views import INSIDE
from app.inside.view import InsideView


@pytest.fixture
def view(studio: Studio) -> InsideView:
    studio.draw()
    studio.window.views.show_view(INSIDE.key)
    found = studio.window.views.view(INSIDE.key)
    assert isinstance(found, InsideView)
    studio.qtbot.waitUntil(lambda: studio.window.program.viewing.trace is not None)
    return found


def test_a_png_has_twice_the_pixels(studio: Studio, view: InsideView, tmp_path: Path) -> None:
    file = tmp_path / "step.png"
    view.save_step(file)
    studio.qtbot.waitUntil(file.exists)
    studio.qtbot.waitUntil(lambda: not QImage(str(file)).isNull())
    assert QImage(str(file)).size() == 2 * view.shown.size()


def test_an_svg_has_the_step_s_words(studio: Studio, view: InsideView, tmp_path: Path) -> None:
    studio.window.program.viewing.next_stage()
    file = tmp_path / "step.svg"
    view.save_step(file)
    studio.qtbot.waitUntil(lambda: file.exists() and "</svg>" in file.read_text())
    text = file.read_text()
    assert "Multiply by a mask" in text
    assert text.count("<image") == 3
