"""Live mode over the fake session: what is sent, what is dropped, what is shown."""

import dataclasses

import pytest
from PySide6.QtCore import QPoint, Qt
from studio import THREE, Studio

from app.state.drawing import Drawing
from app.state.records import Phase, Progress, Tone
from engine.errors import ProcessLostError
from engine.pictures.strokes import Stroke


@pytest.fixture
def live(studio: Studio) -> Studio:
    studio.window.actions_.live.trigger()
    return studio


def picture(studio: Studio, points: int) -> None:
    """Show the first points of the drawing, as if the pen had come so far."""
    studio.window.program.pictures.draw(Drawing((Stroke(THREE[:points], 0.085),)))


def frames(studio: Studio) -> int:
    return studio.session.calls.count("classify")


def wait_for_answers(studio: Studio, count: int) -> None:
    studio.qtbot.waitUntil(lambda: studio.state.live.figures.answers >= count)


def hold_a_frame(studio: Studio) -> None:
    """Send a frame that the engine stays at."""
    studio.session.hold = "conv"
    picture(studio, 3)
    studio.qtbot.waitUntil(lambda: frames(studio) == 1)


def test_a_drawing_is_answered_without_pressing_anything(live: Studio) -> None:
    picture(live, 9)
    wait_for_answers(live, 1)

    assert live.window.draw.answer_card.digit.text() == "3"
    assert "agree" in live.window.draw.answer_card.sentence.text()


def test_a_stroke_is_answered_while_the_pen_is_down(live: Studio) -> None:
    canvas = live.window.draw.picture_card.canvas
    side = canvas.width()
    live.qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(side // 4, side // 4))
    live.qtbot.mouseMove(canvas, QPoint(side // 2, side // 2))
    wait_for_answers(live, 1)
    assert live.state.drawn.history.current.is_empty

    live.qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(side // 2, side // 2))


def test_of_the_pictures_that_come_while_one_runs_only_the_newest_is_answered(
    live: Studio,
) -> None:
    hold_a_frame(live)
    for points in (5, 7, 9):
        picture(live, points)
    newest = live.state.drawn.picture
    live.session.hold = ""
    live.session.release()
    wait_for_answers(live, 2)

    assert frames(live) == 2
    assert live.state.live.figures.dropped == 2
    assert newest is not None
    assert live.state.run.classified is not None
    assert (live.state.run.classified == newest).all()


def test_at_most_one_frame_is_with_the_engine(live: Studio) -> None:
    hold_a_frame(live)
    for points in range(4, 9):
        picture(live, points)

    assert frames(live) == 1
    live.session.hold = ""
    live.session.release()
    wait_for_answers(live, 2)


def test_answers_come_in_the_order_of_their_pictures(live: Studio) -> None:
    shown: list[int] = []
    drawn: list[int] = []
    live.state.drawn.changed.connect(lambda: drawn.append(int(live.state.drawn.picture.sum())))  # type: ignore[union-attr]
    live.state.run.result_changed.connect(
        lambda: shown.append(int(live.state.run.classified.sum()))
    )  # type: ignore[union-attr]
    for points in range(2, 10):
        picture(live, points)
        before = live.state.live.figures.answers
        wait_for_answers(live, before + 1)

    assert shown == [each for each in drawn if each in shown]
    assert len(shown) == 8
    assert live.state.drawn.picture is not None
    assert shown[-1] == int(live.state.drawn.picture.sum())


def test_the_same_picture_is_not_answered_twice(live: Studio) -> None:
    picture(live, 9)
    wait_for_answers(live, 1)
    picture(live, 9)
    picture(live, 8)
    wait_for_answers(live, 2)

    assert frames(live) == 2


def test_live_answers_are_not_remembered_as_runs(live: Studio) -> None:
    picture(live, 9)
    wait_for_answers(live, 1)

    assert live.state.past.runs == []


def test_an_ordinary_run_in_between_is_remembered(live: Studio) -> None:
    picture(live, 9)
    wait_for_answers(live, 1)
    live.classify()
    picture(live, 8)
    wait_for_answers(live, 2)

    assert len(live.state.past.runs) == 1


def test_the_journey_stands_still_and_is_complete(live: Studio) -> None:
    running: list[str] = []

    def note(key: str) -> None:
        if live.state.run.stages[key].progress is Progress.RUNNING:
            running.append(key)

    live.state.run.stage_changed.connect(note)
    picture(live, 9)
    wait_for_answers(live, 1)

    assert running == []
    assert all(stage.progress is Progress.DONE for stage in live.state.run.stages.values())


def test_new_settings_remake_the_keys_and_answer_the_picture_again(live: Studio) -> None:
    picture(live, 9)
    wait_for_answers(live, 1)
    live.window.draw.settings_card.slider.setValue(24)
    wait_for_answers(live, 2)

    assert live.state.run.result is not None
    assert live.state.run.keys is not None
    assert live.state.run.keys.settings.scale_bits == 24
    assert live.state.live.is_on


def test_an_answer_under_settings_that_have_changed_is_not_shown(live: Studio) -> None:
    hold_a_frame(live)
    live.window.draw.settings_card.slider.setValue(24)
    live.session.hold = ""
    live.session.release()
    wait_for_answers(live, 1)

    assert live.state.live.figures.answers == 1
    assert live.state.live.figures.dropped == 1


def test_settings_that_cannot_work_are_told_and_live_goes_on_after_them(live: Studio) -> None:
    settings = live.state.chosen.settings
    choices = live.window.program.choices
    choices.change(dataclasses.replace(settings, poly_modulus_degree=4096, scale_bits=40))
    live.qtbot.waitUntil(lambda: live.state.chosen.is_refused)
    picture(live, 9)
    assert "cannot work" in live.window.draw.run_bar.message.text()
    assert frames(live) == 0

    choices.change(settings)
    wait_for_answers(live, 1)


def test_escape_ends_live_mode_and_what_still_runs_is_not_shown(live: Studio) -> None:
    hold_a_frame(live)
    live.window.actions_.cancel.trigger()
    assert not live.state.live.is_on
    assert not live.window.actions_.live.isChecked()
    live.session.release()
    live.qtbot.waitUntil(lambda: live.state.run.phase is Phase.IDLE)

    live.session.hold = ""
    live.classify()
    assert len(live.state.past.runs) == 1


def test_after_a_lost_process_live_mode_ends_with_a_sentence(live: Studio) -> None:
    live.session.failure = ProcessLostError("The cloud process stopped; try again.")
    picture(live, 9)
    live.qtbot.waitUntil(lambda: live.state.run.message.tone is Tone.ERROR)
    assert not live.state.live.is_on
    assert live.window.draw.run_bar.message.text() == "The cloud process stopped; try again."

    live.qtbot.waitUntil(live.is_ready)
    live.classify()


def test_cancelling_an_ordinary_run_leaves_live_mode_on(live: Studio) -> None:
    hold_a_frame(live)
    live.window.actions_.classify.trigger()
    live.window.actions_.cancel.trigger()
    live.session.hold = ""
    live.qtbot.waitUntil(live.is_ready)
    wait_for_answers(live, 1)

    assert live.state.live.is_on


def test_an_empty_canvas_is_not_sent(live: Studio) -> None:
    live.window.actions_.clear.trigger()
    picture(live, 9)
    wait_for_answers(live, 1)
    live.window.actions_.clear.trigger()

    assert frames(live) == 1


def test_rate_delay_and_dropped_frames_are_shown_at_fixed_places(live: Studio) -> None:
    bar = live.window.draw.run_bar
    before = [each.geometry() for each in (bar.classify, bar.live, bar.message)]
    for points in range(2, 10):
        picture(live, points)
        wait_for_answers(live, live.state.live.figures.answers + 1)
    figures = live.state.live.figures

    assert figures.answers == 8
    answers = (
        "1 encrypted answer" if figures.answers == 1 else f"{figures.answers} encrypted answers"
    )
    assert answers in bar.message.text()
    assert figures.per_second is not None
    assert figures.delay_seconds is not None
    assert [each.geometry() for each in (bar.classify, bar.live, bar.message)] == before


def test_the_switch_can_be_used_and_named_without_a_mouse(studio: Studio) -> None:
    switch = studio.window.draw.run_bar.live
    switch.setFocus()
    studio.qtbot.keyClick(switch, Qt.Key.Key_Space)

    assert studio.state.live.is_on
    assert "Live" in switch.accessibleName()
