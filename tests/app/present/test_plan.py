"""Other steps, in another order, and the talk's own drawings."""

from dataclasses import replace
from itertools import groupby

import pytest
from PySide6.QtCore import Qt
from showing import view
from studio import Studio

from app.present.plan import Plan
from app.present.story import Step
from engine.pictures.strokes import Stroke

ANSWER_FIRST = (Step.DRAW, Step.DECRYPT, Step.ENCRYPT, Step.COMPUTE)
DRAWINGS = tuple((Stroke(((0.2, 0.1), (x, 0.9)), 0.08),) for x in (0.2, 0.5, 0.8))


@pytest.mark.parametrize(
    "steps", [(), (Step.DRAW,), (Step.SEND, Step.DRAW), (Step.DRAW, Step.SEND, Step.SEND)]
)
def test_a_plan_draws_first_and_tells_something_once(steps: tuple[Step, ...]) -> None:
    with pytest.raises(ValueError, match="no story"):
        Plan(steps)


def test_the_steps_are_told_in_the_order_of_the_plan(studio: Studio) -> None:
    told = studio.window.program.presentation
    told.use(Plan(ANSWER_FIRST))
    studio.draw()
    studio.window.actions_.present.trigger()
    seen = [told.step]
    for _ in range(3):
        studio.qtbot.keyClick(view(studio), Qt.Key.Key_PageDown)
        studio.qtbot.waitUntil(lambda: told.result is not None and told.is_told)
        seen.append(told.step)
    assert tuple(seen) == ANSWER_FIRST
    told.forward()
    assert told.step is Step.COMPUTE
    assert "last step" in told.note
    studio.qtbot.keyClick(view(studio), Qt.Key.Key_PageUp)
    assert told.step is Step.ENCRYPT


def test_tabs_and_digits_count_the_steps_of_the_plan(studio: Studio) -> None:
    told = studio.window.program.presentation
    studio.draw()
    studio.window.actions_.present.trigger()
    told.use(Plan(ANSWER_FIRST))
    tabs = view(studio).rail.tabs
    assert [step for step, tab in tabs.items() if tab.isHidden()] == [Step.SEND, Step.RETURN]
    assert tabs[Step.DECRYPT].text() == "2  Decrypt"
    studio.qtbot.waitUntil(lambda: 0 < tabs[Step.DECRYPT].x() < tabs[Step.ENCRYPT].x())
    studio.qtbot.keyClick(view(studio), Qt.Key.Key_4)
    assert told.step is Step.COMPUTE
    studio.qtbot.keyClick(view(studio), Qt.Key.Key_5)
    assert told.step is Step.COMPUTE
    studio.qtbot.waitUntil(studio.is_ready)


def test_a_key_brings_the_next_drawing_of_the_talk(studio: Studio) -> None:
    drawn = studio.state.drawn
    studio.window.program.presentation.use(Plan(drawings=DRAWINGS))
    studio.window.actions_.present.trigger()
    assert "S: the next drawing" in view(studio).hint.text()
    seen = []
    for _ in range(4):
        studio.qtbot.keyClick(view(studio), Qt.Key.Key_S)
        seen.append(drawn.history.current.strokes)
    assert tuple(seen) == (*DRAWINGS, DRAWINGS[0])


def test_the_page_leaves_at_least_one_step_beside_drawing(studio: Studio) -> None:
    told = studio.window.program.presentation
    told.use(Plan((Step.DRAW, Step.DECRYPT)))
    studio.window.actions_.prepare_talk.trigger()
    page = studio.window.shows.talk
    assert page is not None
    page.steps.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert page.steps.item(1).checkState() is Qt.CheckState.Checked
    assert told.plan.steps == (Step.DRAW, Step.DECRYPT)
    assert not page.steps.item(0).flags() & Qt.ItemFlag.ItemIsUserCheckable


def test_the_page_moves_and_removes_drawings_and_follows_a_talk(studio: Studio) -> None:
    told = studio.window.program.presentation
    studio.window.actions_.prepare_talk.trigger()
    page = studio.window.shows.talk
    assert page is not None
    assert not page.remove.isEnabled()
    assert not page.add.isEnabled()
    told.use(Plan(drawings=DRAWINGS))
    assert page.drawings.count() == 3
    page.drawings.setCurrentRow(2)
    page.forward.click()
    assert told.plan.drawings == (DRAWINGS[0], DRAWINGS[2], DRAWINGS[1])
    page.remove.click()
    assert told.plan.drawings == (DRAWINGS[0], DRAWINGS[1])
    assert page.drawings.currentRow() == 1


def test_what_is_written_on_the_page_is_kept_for_its_step(studio: Studio) -> None:
    notes = studio.window.program.notes
    studio.window.actions_.prepare_talk.trigger()
    page = studio.window.shows.talk
    assert page is not None
    page.steps.setCurrentRow(2)
    page.notes.setPlainText("Look up.")
    page.steps.setCurrentRow(3)
    assert page.notes.toPlainText() == ""
    assert notes.of(Step.SEND) == "Look up."
    notes.replace("## Compute blind\n\nBreathe.\n")
    page.hide()
    page.open_page()
    assert page.notes.toPlainText() == "Breathe."


def test_a_stand_tells_the_talk_s_drawings_in_the_order_of_the_plan(studio: Studio) -> None:
    program = studio.window.program
    told, drawn = program.presentation, studio.state.drawn
    told.use(Plan((Step.DRAW, Step.DECRYPT, Step.SEND), DRAWINGS[:2]))
    program.stand.pace = replace(program.stand.pace, pen=0, step=0, retry=1)
    seen: list[tuple[Step, tuple[Stroke, ...]]] = []
    told.changed.connect(lambda: seen.append((told.step, drawn.history.current.strokes)))
    program.stand.start()
    studio.qtbot.waitUntil(lambda: (Step.SEND, DRAWINGS[1]) in seen, timeout=30_000)
    told.turn(on=False)
    steps = [step for step, strokes in seen if strokes == DRAWINGS[0] and step is not Step.DRAW]
    assert [step for step, _ in groupby(steps)] == [Step.DECRYPT, Step.SEND]
