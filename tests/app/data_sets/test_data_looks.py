import pytest
from data_steps import choose
from looks import CONTROLS, clipped, own_children
from studio import Studio

from app.data_sets.view import DataView


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=["720p", "1080p"])
def test_no_column_is_left_empty(studio: Studio, view: DataView, size: tuple[int, int]) -> None:
    studio.resize(*size)
    studio.qtbot.waitUntil(lambda: view.grid.viewport().width() % view.grid.gridSize().width() < 30)


def test_every_control_has_a_name_and_is_reached_with_tab(studio: Studio, view: DataView) -> None:
    reached = set()
    widget = view.number
    while widget not in reached:
        reached.add(widget)
        widget = widget.nextInFocusChain()
    controls = [each for each in own_children(view, CONTROLS) if each.isVisible()]

    assert len(controls) >= 6
    assert [each for each in controls if not each.accessibleName()] == []
    assert set(controls) <= reached


def test_nothing_is_clipped(studio: Studio, view: DataView) -> None:
    choose(studio, view, "FashionMNIST")
    studio.qtbot.waitUntil(lambda: clipped(view) == [])
