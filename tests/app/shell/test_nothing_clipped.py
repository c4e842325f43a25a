"""No text is cut off, in any view, at the smallest size and the usual one, with long names."""

import dataclasses

import pytest
from looks import clipped
from studio import Studio

from app.actions.views import VIEWS


@pytest.mark.parametrize("size", [(1120, 630), (1280, 720)], ids=["smallest", "720p"])
@pytest.mark.parametrize("view", [view.key for view in VIEWS])
def test_every_text_fits_its_box(studio: Studio, size: tuple[int, int], view: str) -> None:
    settings = studio.state.chosen.settings
    studio.window.program.choices.change(
        dataclasses.replace(settings, model="fashionmnist-network2", poly_modulus_degree=16384)
    )
    studio.window.resize(*size)
    studio.window.fit()
    studio.window.views.show_view(view)
    studio.qtbot.waitUntil(lambda: clipped(studio.window) == [], timeout=10_000)
