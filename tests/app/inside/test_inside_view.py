"""Inside: the steps of the picture at hand, one by one or playing, and what each slot holds."""

import pytest
from PySide6.QtCore import QPointF, Qt
from studio import Studio

from app.actions.views import INSIDE
from app.inside.slots.slot_view import SlotView
from app.inside.view import InsideView
from app.inside.viewing import NO_PICTURE, REFUSED, Viewing
from engine.ckks.parameters import Settings

LAST = 172
"""The number of the last step of network 1."""


@pytest.fixture
def view(studio: Studio) -> InsideView:
    studio.draw()
    studio.window.views.show_view(INSIDE.key)
    found = studio.window.views.view(INSIDE.key)
    assert isinstance(found, InsideView)
    settle(studio)
    return found


@pytest.fixture
def viewing(studio: Studio, view: InsideView) -> Viewing:
    return studio.window.program.viewing


def settle(studio: Studio) -> None:
    studio.qtbot.waitUntil(lambda: studio.window.program.viewing.trace is not None)


def step_named(viewing: Viewing, operation: str, part: str = "") -> int:
    assert viewing.trace is not None
    return next(
        step.number
        for step in viewing.trace.steps
        if step.operation == operation and step.part == part
    )


def middle_of(view: SlotView) -> QPointF:
    return QPointF(0.5 * view.width() + 1, 0.5 * view.height() + 1)


def test_without_a_picture_it_says_what_will_be_here(studio: Studio) -> None:
    studio.window.views.show_view(INSIDE.key)
    view = studio.window.views.view(INSIDE.key)
    assert isinstance(view, InsideView)
    assert view.empty.text() == NO_PICTURE
    assert view.empty.isVisible()
    studio.draw()
    settle(studio)
    assert not view.empty.isVisible()


def test_it_begins_with_a_window_of_the_picture_and_ends_with_the_scores(
    view: InsideView, viewing: Viewing
) -> None:
    assert viewing.trace is not None
    assert len(viewing.trace.steps) == LAST + 1
    assert view.step.title.text() == "Image to column"
    viewing.last()
    assert view.step.title.text() == "Decrypt"
    assert view.step.where.text().endswith(f"step {LAST + 1} of {LAST + 1}")


def test_keys_go_from_step_to_step_and_from_stage_to_stage(
    studio: Studio, view: InsideView, viewing: Viewing
) -> None:
    assert studio.window.focusWidget() is view.time_line
    for key, expected in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Period, 2),
        (Qt.Key.Key_Left, 1),
        (Qt.Key.Key_PageDown, 65),
        (Qt.Key.Key_PageDown, 84),
        (Qt.Key.Key_PageUp, 65),
        (Qt.Key.Key_End, LAST),
        (Qt.Key.Key_Right, LAST),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Left, 0),
    ):
        studio.qtbot.keyClick(view.time_line, key)
        assert viewing.number == expected


def test_it_plays_to_the_end_and_pauses(studio: Studio, view: InsideView, viewing: Viewing) -> None:
    viewing.go_to(LAST - 3)
    viewing.set_pace(20)
    studio.qtbot.keyClick(view, Qt.Key.Key_Space)
    assert viewing.is_playing
    studio.qtbot.waitUntil(lambda: viewing.number == LAST)
    studio.qtbot.waitUntil(lambda: not viewing.is_playing)
    viewing.toggle()
    assert viewing.number == 0
    viewing.toggle()
    assert not viewing.is_playing


def test_a_slot_says_what_it_holds_and_where_it_came_from(
    view: InsideView, viewing: Viewing
) -> None:
    viewing.go_to(step_named(viewing, "multiply_plain"))
    viewing.point(1290)
    assert view.origin.title.text() == "Slot 1,290"
    assert view.origin.holds.text() == "Channel 1, window (1, 2): 1 of its 49 products."
    assert "pixel (5, 12)" in view.origin.sums.text()
    viewing.go_to(step_named(viewing, "add_plain"))
    assert view.origin.holds.text() == "Channel 0, window (1, 2): all of its 49 products."
    viewing.point(None)
    assert view.origin.title.text() == "The slots"


def test_every_picture_of_a_step_shows_what_belongs_to_the_slot(
    view: InsideView, viewing: Viewing
) -> None:
    viewing.go_to(step_named(viewing, "rotate", "giant"))
    before, after = view.slots.views[0], view.slots.views[1]
    viewing.zoom(2, 100)
    assert viewing.sight.shows_numbers
    slot = after.slot_at(middle_of(after))
    assert before.slot_at(middle_of(before)) == slot
    assert before.shown is not None
    assert after.shown is not None
    assert after.shown.values[slot] == before.shown.values[(slot + before.shown.shift) % 4096]


def test_from_the_whole_to_single_numbers_in_two_steps_and_back(
    studio: Studio, view: InsideView, viewing: Viewing
) -> None:
    for key, distance in (
        (Qt.Key.Key_Plus, 1),
        (Qt.Key.Key_Plus, 2),
        (Qt.Key.Key_Plus, 2),
        (Qt.Key.Key_Minus, 1),
    ):
        studio.qtbot.keyClick(view, key)
        assert viewing.sight.distance == distance
    studio.qtbot.keyClick(view.slots.views[0], Qt.Key.Key_Down)
    assert viewing.slot is not None


def test_the_time_line_goes_where_it_is_clicked(
    studio: Studio, view: InsideView, viewing: Viewing
) -> None:
    line = view.time_line
    studio.qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=line.rect().center())
    assert viewing.number == line.step_at(line.rect().center().x())
    assert 0 < viewing.number < LAST
    assert line.step_at(-5) == 0
    assert line.step_at(line.width() + 5) == LAST


def test_it_follows_the_settings_and_says_when_they_cannot_work(
    studio: Studio, view: InsideView, viewing: Viewing
) -> None:
    viewing.go_to(100)
    studio.window.program.choices.change(Settings("mnist-network1", protocol="refresh"))
    studio.qtbot.waitUntil(
        lambda: viewing.trace is not None and len(viewing.trace.circuit.legs) == 2
    )
    assert viewing.number == 0
    studio.window.program.choices.change(Settings(poly_modulus_degree=4096, scale_bits=40))
    studio.qtbot.waitUntil(lambda: viewing.trace is None)
    assert view.empty.text() == REFUSED


def test_another_picture_keeps_the_step(studio: Studio, view: InsideView, viewing: Viewing) -> None:
    viewing.go_to(70)
    first = viewing.trace
    studio.window.program.pictures.clear()
    studio.qtbot.waitUntil(lambda: viewing.trace is None)
    studio.draw()
    settle(studio)
    assert viewing.trace is not first
    assert viewing.number == 70
