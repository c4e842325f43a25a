import dataclasses

import pytest
from fake_sweep import FakeSweep
from looks import CONTROLS, clipped, own_children
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QScrollBar, QWidget
from studio import Studio
from sweep_steps import SMALL, choose, finish

from app.kit.wording import duration_text
from app.sweep.row_card import chain_text
from app.sweep.table import WIDEST
from app.sweep.view import SweepView


@pytest.mark.parametrize(
    ("seconds", "text"), [(8.4, "8 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")]
)
def test_a_duration_is_written_for_people(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_a_long_chain_is_written_short() -> None:
    assert chain_text((45, 24, 24, 24, 45)) == "45, 3 \u00d7 24, 45"


def test_every_column_of_the_table_has_room_for_its_texts(idle: Studio, view: SweepView) -> None:
    choose(idle, dataclasses.replace(SMALL, degrees=(16384,)))
    table = view.table
    for column, text in enumerate(WIDEST):
        room = table.columnWidth(column)
        assert room > QFontMetrics(idle.window.theme.font("body")).horizontalAdvance(text)


def test_every_control_has_a_name_and_is_reached_with_tab(idle: Studio, view: SweepView) -> None:
    reached: set[QWidget] = set()
    widget: QWidget = view.bar.start
    while widget not in reached:
        reached.add(widget)
        widget = widget.nextInFocusChain()
    controls = [
        each
        for each in own_children(view, CONTROLS)
        if each.isVisible()
        and not isinstance(each, QScrollBar)
        and each.metaObject().className() != "QTableCornerButton"
    ]

    assert [each for each in controls if not each.accessibleName()] == []
    assert {each for each in controls if each.isEnabled()} <= reached


@pytest.mark.parametrize("place", [1, 2], ids=["measured", "refused"])
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=["720p", "1080p"])
def test_nothing_is_clipped(
    idle: Studio, view: SweepView, runs: list[FakeSweep], size: tuple[int, int], place: int
) -> None:
    choose(idle, dataclasses.replace(SMALL, protocol="refresh", chain="poster"))
    finish(idle, runs)
    idle.window.program.sweeps.select(place)
    idle.resize(*size)
    idle.qtbot.waitUntil(lambda: clipped(view) == [])


def test_a_program_with_a_sweep_can_be_closed_twice(idle: Studio, view: SweepView) -> None:
    idle.window.close()
    idle.window.program.close()
