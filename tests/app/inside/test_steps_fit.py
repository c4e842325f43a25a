"""Whatever a step is called and says, nothing of the view is cut off."""

import pytest
from looks import clipped
from studio import Studio

from app.actions.views import INSIDE
from engine.ckks.parameters import Settings


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=["720p", "1080p"])
def test_every_kind_of_step_fits(studio: Studio, size: tuple[int, int]) -> None:
    studio.resize(*size)
    studio.draw()
    studio.window.program.choices.change(Settings("mnist-network2", protocol="refresh"))
    studio.window.views.show_view(INSIDE.key)
    viewing = studio.window.program.viewing
    studio.qtbot.waitUntil(lambda: viewing.trace is not None and len(viewing.trace.tensors) == 5)
    assert viewing.trace is not None
    kinds = {
        (step.operation, step.part, step.plain is None): step.number for step in viewing.trace.steps
    }
    assert len(kinds) >= 11
    for number in kinds.values():
        viewing.go_to(number)
        viewing.point(4000)
        studio.qtbot.waitUntil(lambda: clipped(studio.window) == [], timeout=10_000)
    studio.window.actions_.inside.decrypted.setChecked(True)
    for width, height in (size, (1914, 1050)):  # laid out for one size, then shown at another
        studio.resize(width, height)
        studio.qtbot.waitUntil(lambda: clipped(studio.window) == [], timeout=10_000)
