"""A recorded run stands in where the engine or the cloud fails during a talk, and goes again."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from showing import view
from studio import Studio

from app.kit.wording import RECORDED
from app.present.stand import stand_in
from app.present.stand.stand_in import AWAY, WISHED
from app.present.story import Step
from app.shell.preferences import load_preferences
from app.state.records import Phase
from engine.ckks.parameters import Settings
from engine.errors import ImageError, PairingError, ProcessLostError, UnreachableError
from engine.remote.address import Address

ADDRESS = Address("cloud.example", 8765, bytes(16), bytes(16))
LOST = "The cloud process stopped; it starts again with the next run."


def press(studio: Studio, key: Qt.Key) -> None:
    studio.qtbot.keyClick(view(studio), key)


def wait_until_told(studio: Studio) -> None:
    told = studio.window.program.presentation
    studio.qtbot.waitUntil(lambda: told.result is not None and told.is_told)


def is_marked(widget: QWidget) -> bool:
    marks = [each for each in widget.findChildren(QLabel) if each.text() == RECORDED]
    return any(mark.isVisible() for mark in marks)


@pytest.mark.parametrize(
    "failure", [ProcessLostError(LOST), PairingError("Another cloud answers."), OSError("full")]
)
def test_where_a_run_fails_a_recorded_one_tells_the_same_step_marked(
    told: Studio, failure: Exception
) -> None:
    settings = told.state.chosen.settings
    told.session.failure = failure
    press(told, Qt.Key.Key_3)
    wait_until_told(told)

    assert told.window.program.presentation.step is Step.SEND
    assert told.window.program.stand_in.reason == str(failure)
    assert is_marked(view(told))
    assert is_marked(told.window)
    assert "R: live again" in view(told).hint.text()
    press(told, Qt.Key.Key_R)
    told.qtbot.waitUntil(told.is_ready)
    assert not is_marked(view(told))
    assert told.state.chosen.settings == settings
    press(told, Qt.Key.Key_Space)
    wait_until_told(told)
    assert not told.state.is_recorded
    assert len(told.sessions) == 2


def test_nothing_of_a_recorded_run_is_kept_nor_shown_after_the_talk(told: Studio) -> None:
    drawing = told.state.drawn.history.current
    told.session.failure = ProcessLostError(LOST)
    press(told, Qt.Key.Key_Space)
    wait_until_told(told)
    assert told.state.drawn.history.current is not drawing
    press(told, Qt.Key.Key_Escape)

    assert not told.state.is_recorded
    assert told.state.drawn.history.current is drawing
    assert told.state.run.result is None
    assert told.state.past.runs == []
    told.qtbot.waitUntil(told.is_ready)


def test_a_refused_picture_is_no_reason_for_it(told: Studio) -> None:
    told.session.failure = ImageError("There is nothing on the picture.")
    press(told, Qt.Key.Key_Space)
    told.qtbot.waitUntil(lambda: told.window.program.presentation.note != "")
    told.qtbot.waitUntil(told.is_ready)

    assert not told.state.is_recorded


def test_a_failure_outside_a_presentation_is_only_said(studio: Studio) -> None:
    studio.draw()
    studio.session.failure = ProcessLostError(LOST)
    studio.window.actions_.classify.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.run.message.text == LOST)
    studio.qtbot.waitUntil(studio.is_ready)

    assert not studio.state.is_recorded


def test_keys_that_cannot_be_made_bring_it_as_well(idle: Studio) -> None:
    def broken(session: object) -> None:
        session.broken = ProcessLostError(LOST)  # type: ignore[attr-defined]

    idle.prepare_session = broken
    idle.window.show()
    idle.window.program.start()
    idle.qtbot.waitUntil(lambda: idle.state.run.message.text == LOST)
    idle.draw()
    idle.window.actions_.present.trigger()
    press(idle, Qt.Key.Key_Space)
    wait_until_told(idle)

    assert idle.state.is_recorded


def test_the_run_that_was_rehearsed_stands_in_for_the_same_drawing(told: Studio) -> None:
    press(told, Qt.Key.Key_Space)
    wait_until_told(told)
    result, drawing = told.state.run.result, told.state.drawn.history.current
    press(told, Qt.Key.Key_Escape)
    told.window.actions_.present.trigger()
    told.session.failure = ProcessLostError(LOST)
    press(told, Qt.Key.Key_Space)
    wait_until_told(told)

    assert told.state.is_recorded
    assert told.window.program.presentation.result == result
    assert told.state.drawn.history.current is drawing


def test_a_run_of_other_settings_or_another_drawing_does_not_stand_in(told: Studio) -> None:
    press(told, Qt.Key.Key_Space)
    wait_until_told(told)
    first = told.state.run.result
    press(told, Qt.Key.Key_Escape)
    told.window.program.choices.change(replace(told.state.chosen.settings, scale_bits=24))
    told.qtbot.waitUntil(told.is_ready)
    told.window.actions_.present.trigger()
    told.session.failure = ProcessLostError(LOST)
    press(told, Qt.Key.Key_Space)
    wait_until_told(told)

    assert told.window.program.presentation.result != first
    assert told.state.chosen.settings == Settings()


def test_a_key_shows_it_at_any_time(told: Studio) -> None:
    press(told, Qt.Key.Key_R)
    told.qtbot.waitUntil(lambda: told.state.is_recorded)
    assert told.window.program.stand_in.reason == WISHED
    press(told, Qt.Key.Key_6)
    wait_until_told(told)
    assert view(told).pages[Step.DECRYPT].digit.text() == "3"  # type: ignore[attr-defined]


def test_another_drawing_is_run_by_the_engine_again(told: Studio) -> None:
    before = told.state.drawn.history.current
    told.session.failure = ProcessLostError(LOST)
    press(told, Qt.Key.Key_Space)
    wait_until_told(told)
    press(told, Qt.Key.Key_1)
    press(told, Qt.Key.Key_S)
    drawing = told.state.drawn.history.current
    assert not told.state.is_recorded
    assert not drawing.is_empty
    press(told, Qt.Key.Key_Space)
    wait_until_told(told)
    assert not told.state.is_recorded
    assert told.state.drawn.history.current is drawing
    told.window.actions_.undo.trigger()
    assert told.state.drawn.history.current is before


def test_an_empty_canvas_goes_back_to_the_own_drawing(told: Studio) -> None:
    before = told.state.drawn.history.current
    press(told, Qt.Key.Key_R)
    told.qtbot.waitUntil(lambda: told.state.is_recorded)
    told.window.actions_.clear.trigger()
    assert not told.state.is_recorded
    assert told.state.drawn.history.current is before


def test_a_stand_tries_the_engine_again_with_each_round(studio: Studio) -> None:
    program = studio.window.program
    program.stand.pace = replace(program.stand.pace, pen=0, step=0, inside=0)
    studio.session.failure = ProcessLostError(LOST)
    studio.window.actions_.stand.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.is_recorded, timeout=30_000)
    studio.qtbot.waitUntil(lambda: not studio.state.is_recorded, timeout=30_000)
    program.stand.touch()
    studio.qtbot.waitUntil(lambda: studio.state.run.phase is Phase.IDLE)


def test_a_cloud_that_is_cut_off_is_waited_for_only_shortly_and_taken_up_again(
    told: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = told.window.program
    program.stand_in._away.setInterval(0)
    program.clouds.use(ADDRESS)
    told.qtbot.waitUntil(lambda: told.state.cloud.where == ADDRESS.where)
    told.qtbot.waitUntil(told.is_ready)
    cloud = told.session
    cloud.hold = "conv"
    press(told, Qt.Key.Key_Space)
    told.qtbot.waitUntil(lambda: "classify" in cloud.calls)
    cloud.change_cloud("reconnecting", "The line is cut.")
    wait_until_told(told)
    assert program.stand_in.reason == AWAY
    assert told.state.cloud.where == ""
    press(told, Qt.Key.Key_R)
    told.qtbot.waitUntil(lambda: told.state.cloud.where == ADDRESS.where)
    told.qtbot.waitUntil(told.is_ready)
    assert not told.state.is_recorded


def test_a_cloud_that_does_not_answer_leaves_the_talk_on_this_computer(told: Studio) -> None:
    program = told.window.program
    program.clouds.use(ADDRESS)
    told.qtbot.waitUntil(lambda: told.state.cloud.where == ADDRESS.where)
    told.qtbot.waitUntil(told.is_ready)
    told.session.broken = UnreachableError("cloud.example does not answer.")
    press(told, Qt.Key.Key_Space)
    wait_until_told(told)
    assert program.stand_in.reason == "cloud.example does not answer."

    def away(session: object) -> None:
        if session.cloud is not None:  # type: ignore[attr-defined]
            session.broken = UnreachableError("cloud.example does not answer.")  # type: ignore[attr-defined]

    told.prepare_session = away
    press(told, Qt.Key.Key_R)
    told.qtbot.waitUntil(told.is_ready)
    press(told, Qt.Key.Key_Space)
    wait_until_told(told)
    assert not told.state.is_recorded
    assert told.state.cloud.where == ""


def test_a_recording_that_is_missing_is_reported_and_the_story_stays(
    told: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise ValueError("recording.json.gz is no recording")

    monkeypatch.setattr(stand_in, "bundled_story", missing)
    press(told, Qt.Key.Key_R)
    assert not told.state.is_recorded
    assert "no recording" in told.window.notices.details.text.toPlainText()


def test_closing_the_window_in_the_middle_keeps_the_own_settings(told: Studio) -> None:
    told.window.program.choices.change(Settings(scale_bits=24))
    told.qtbot.waitUntil(told.is_ready)
    press(told, Qt.Key.Key_R)
    told.qtbot.waitUntil(lambda: told.state.chosen.settings.scale_bits == 26)
    told.window.close()

    assert told.paths.preferences is not None
    assert load_preferences(told.paths.preferences)[0].settings.scale_bits == 24
