"""The stand's loop over the fake session, with a quick pace: drawing, telling, handing over."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from showing import view
from studio import Studio

from app.draw.picture.samples import sample_drawing
from app.present.stand.loop import Pace, StandLoop
from app.present.story import Step
from engine.ckks.parameters import Settings
from engine.errors import ProcessLostError

QUICK = Pace(pen=0, step=2, retry=1, inside=20, idle=60_000)


@pytest.fixture
def stand(studio: Studio) -> Studio:
    studio.window.program.stand.pace = QUICK
    studio.window.actions_.stand.trigger()
    return studio


def loop(studio: Studio) -> StandLoop:
    return studio.window.program.stand


def step(studio: Studio) -> Step:
    return studio.window.program.presentation.step


def wait_for_rounds(studio: Studio, count: int) -> None:
    studio.qtbot.waitUntil(lambda: studio.session.calls.count("classify") >= count, timeout=20_000)


def press(studio: Studio, key: Qt.Key) -> None:
    """Press a key as the keyboard does, through the window's handle."""
    handle = view(studio).windowHandle()
    assert handle is not None
    QTest.keyClick(handle, key)


def test_it_draws_and_tells_every_step_by_itself(stand: Studio) -> None:
    seen: list[Step] = []
    stand.window.program.presentation.changed.connect(lambda: seen.append(step(stand)))
    wait_for_rounds(stand, 3)

    assert set(seen) == set(Step)
    assert stand.state.run.result is not None


def test_a_sample_is_drawn_by_the_pen_that_people_use(stand: Studio) -> None:
    changes: list[int] = []
    view(stand).draw.canvas.changing.connect(lambda drawing: changes.append(len(drawing.strokes)))
    wait_for_rounds(stand, 2)

    assert len(changes) > 50


def test_nothing_piles_up(stand: Studio) -> None:
    wait_for_rounds(stand, 3)

    assert stand.state.past.runs == []
    assert not stand.state.drawn.history.can_redo
    stand.state.drawn.history.undo()
    stand.state.drawn.history.undo()
    assert not stand.state.drawn.history.can_undo


def test_a_click_hands_over_at_an_empty_canvas(stand: Studio) -> None:
    wait_for_rounds(stand, 1)
    handle = view(stand).windowHandle()
    assert handle is not None
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))

    assert not loop(stand).is_running
    assert step(stand) is Step.DRAW
    assert stand.state.drawn.picture is None
    stand.draw()
    view(stand).rail.tabs[Step.DECRYPT].click()
    stand.qtbot.waitUntil(lambda: len(stand.state.past.runs) == 1)


def test_a_moving_mouse_hands_over_and_a_still_one_does_not(stand: Studio) -> None:
    handle = view(stand).windowHandle()
    assert handle is not None
    QTest.mouseMove(handle, QPoint(100, 100))
    QTest.mouseMove(handle, QPoint(102, 101))
    assert loop(stand).is_running
    QTest.mouseMove(handle, QPoint(180, 160))

    assert not loop(stand).is_running


def test_the_key_that_hands_over_does_nothing_else(stand: Studio) -> None:
    wait_for_rounds(stand, 1)
    press(stand, Qt.Key.Key_Space)

    assert not loop(stand).is_running
    assert step(stand) is Step.DRAW
    assert view(stand).note.text() == ""


def test_it_goes_on_after_a_while_in_which_nobody_did_anything(stand: Studio) -> None:
    press(stand, Qt.Key.Key_Space)
    assert not loop(stand).is_running
    loop(stand).pace = Pace(pen=0, step=2, retry=1, idle=1)
    press(stand, Qt.Key.Key_Backspace)
    stand.qtbot.waitUntil(lambda: loop(stand).is_running)

    wait_for_rounds(stand, 1)


def test_a_hint_tells_that_it_runs_by_itself(stand: Studio) -> None:
    assert "by itself" in view(stand).hint.text()
    press(stand, Qt.Key.Key_Space)

    assert "Esc" in view(stand).hint.text()


def test_leaving_brings_back_the_persons_own_drawing(studio: Studio) -> None:
    studio.draw()
    before = studio.state.drawn.history.current
    studio.window.program.stand.pace = QUICK
    studio.window.actions_.stand.trigger()
    wait_for_rounds(studio, 2)
    press(studio, Qt.Key.Key_Escape)

    assert not loop(studio).is_on
    assert not view(studio).isVisible()
    assert studio.state.drawn.history.current is before
    assert studio.state.drawn.picture is not None


def test_it_survives_a_lost_process(stand: Studio) -> None:
    wait_for_rounds(stand, 1)
    stand.session.failure = ProcessLostError("The cloud process stopped; try again.")
    stand.qtbot.waitUntil(lambda: stand.session.failure is None, timeout=20_000)
    rounds = stand.session.calls.count("classify")

    wait_for_rounds(stand, rounds + 2)
    assert loop(stand).is_running


def test_it_waits_for_an_engine_that_is_slow(studio: Studio) -> None:
    studio.session.hold = "conv"
    studio.window.program.stand.pace = QUICK
    studio.window.actions_.stand.trigger()
    wait_for_rounds(studio, 1)
    told = studio.window.program.presentation
    studio.qtbot.waitUntil(lambda: "Still at work" in told.waiting_text)
    assert step(studio) is Step.ENCRYPT
    studio.session.hold = ""
    studio.session.release()

    wait_for_rounds(studio, 2)


def test_a_network_for_clothes_is_shown_clothes_with_their_own_pen(studio: Studio) -> None:
    studio.window.program.choices.change(Settings("fashionmnist-network1", 8192, 26))
    studio.window.program.stand.pace = QUICK
    studio.window.actions_.stand.trigger()
    wait_for_rounds(studio, 1)
    assert studio.state.chosen.settings.model == "fashionmnist-network1"
    drawn = studio.state.drawn.history.current.strokes
    sample = sample_drawing("t-shirt", "FashionMNIST").strokes
    assert len(drawn) == len(sample)
    assert {each.width for each in drawn} == {each.width for each in sample}


def test_a_network_for_x_rays_is_shown_x_rays(studio: Studio) -> None:
    studio.window.program.choices.change(Settings("pneumoniamnist-network1", 8192, 26))
    studio.window.program.stand.pace = QUICK
    studio.window.actions_.stand.trigger()
    wait_for_rounds(studio, 2)
    assert studio.state.chosen.settings.model == "pneumoniamnist-network1"
    assert studio.state.drawn.history.current.backdrop is not None


def test_a_speaker_without_a_pen_gets_a_sample_by_a_key(studio: Studio) -> None:
    studio.window.actions_.present.trigger()
    assert view(studio).hint.text().startswith("S: a sample")
    press(studio, Qt.Key.Key_S)
    assert studio.state.drawn.history.current.strokes
    assert studio.state.can_classify
