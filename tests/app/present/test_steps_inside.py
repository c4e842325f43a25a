"""In the presentation the computation opens into its steps, large, and closes again."""

import pytest
from PySide6.QtCore import Qt
from showing import view
from studio import Studio

from app.present.stand.loop import Pace
from app.present.story import CHAPTERS, Step
from app.present.window import PresentationWindow


@pytest.fixture
def shown(studio: Studio) -> PresentationWindow:
    studio.draw()
    studio.window.actions_.present.trigger()
    presentation = studio.window.program.presentation
    presentation.go_to(Step.COMPUTE)
    studio.qtbot.waitUntil(lambda: presentation.is_told)
    return view(studio)


def test_it_opens_into_the_steps_of_the_run_and_closes_again(
    studio: Studio, shown: PresentationWindow
) -> None:
    viewing = studio.window.program.viewing
    assert not shown.steps.isVisible()
    studio.qtbot.keyClick(shown, Qt.Key.Key_I)
    studio.qtbot.waitUntil(lambda: viewing.trace is not None)
    assert shown.steps.isVisible()
    for key, number in (
        (Qt.Key.Key_Space, 1),
        (Qt.Key.Key_Right, 2),
        (Qt.Key.Key_Left, 1),
        (Qt.Key.Key_PageDown, 65),
        (Qt.Key.Key_PageUp, 0),
    ):
        studio.qtbot.keyClick(shown, key)
        assert viewing.number == number
    viewing.go_to(65)
    assert shown.steps.title.text() == "Multiply by a mask"
    assert shown.steps.sentence.text().startswith("Every slot is multiplied")
    assert not shown.sentence.isVisible()
    studio.qtbot.keyClick(shown, Qt.Key.Key_Escape)
    assert not shown.steps.isVisible()
    assert studio.window.program.presentation.is_on
    assert shown.sentence.text() == CHAPTERS[Step.COMPUTE].sentence


def test_buttons_do_the_same_and_another_step_of_the_story_closes_it(
    studio: Studio, shown: PresentationWindow
) -> None:
    presentation = studio.window.program.presentation
    look = shown.pages[Step.COMPUTE].look  # type: ignore[attr-defined]
    studio.qtbot.mouseClick(look, Qt.MouseButton.LeftButton)
    assert presentation.is_inside
    studio.qtbot.mouseClick(shown.steps.close_button, Qt.MouseButton.LeftButton)
    assert not presentation.is_inside
    presentation.look_inside(is_inside=True)
    shown.rail.tabs[Step.SEND].click()
    assert not presentation.is_inside
    presentation.look_inside(is_inside=True)
    assert not presentation.is_inside  # there is nothing inside that step


def test_by_itself_the_show_plays_the_steps_and_goes_on(studio: Studio) -> None:
    program = studio.window.program
    program.stand.pace = Pace(pen=0, step=2, retry=1, inside=200)
    played: list[int] = []
    told: list[tuple[Step, bool]] = []
    program.viewing.stepped.connect(lambda: played.append(program.viewing.number))
    program.presentation.changed.connect(
        lambda: told.append((program.presentation.step, program.presentation.is_inside))
    )
    studio.window.actions_.stand.trigger()
    studio.qtbot.waitUntil(lambda: (Step.DECRYPT, False) in told, timeout=20_000)
    assert (Step.COMPUTE, True) in told
    assert len(played) > 20
