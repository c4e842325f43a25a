"""Undo, other settings, and what fails in the engine: nothing that a person did is lost."""

from playground_steps import ONE, settle
from PySide6.QtCore import Qt
from studio import Studio

from app.playground.view import PlaygroundView
from app.playground.workbench import CANCELLED, Workbench
from engine.errors import CancelledError, RefusedError
from engine.playground.lessons import LESSONS
from engine.playground.operations import (
    Decrypt,
    Encrypt,
    ModSwitch,
    Multiply,
    Relinearize,
)
from engine.playground.settings import SETTINGS

LEVELS = next(each for each in LESSONS if each.key == "levels")


def test_undo_and_redo_go_through_steps_lessons_and_settings(
    studio: Studio, bench: Workbench, view: PlaygroundView
) -> None:
    bench.perform(Encrypt(ONE))
    view.numbers.chain.setCurrentIndex(1)
    view.numbers.chain.activated.emit(1)
    assert bench.program.setting == SETTINGS[1]
    assert bench.program.operations == (Encrypt(ONE),)
    bench.start_lesson(LESSONS[0])
    actions = studio.window.actions_.playground
    actions.undo.trigger()
    assert bench.bench.lesson is None
    actions.undo.trigger()
    assert bench.program.setting == SETTINGS[0]
    studio.qtbot.keyClick(view.values.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert bench.program.values == ()
    assert not actions.undo.isEnabled()
    for _ in range(3):
        actions.redo.trigger()
    assert bench.bench.lesson == LESSONS[0]
    assert not actions.redo.isEnabled()
    settle(studio)


def test_other_slots_take_the_same_steps_with_zeros_after_them(
    studio: Studio, bench: Workbench, view: PlaygroundView
) -> None:
    bench.perform(Encrypt(ONE))
    bench.perform(Decrypt(0))
    view.numbers.slots.button(16).click()
    settle(studio)
    assert bench.shown(0) == (*ONE, *(0.0,) * 8)


def test_a_chain_under_which_steps_cannot_be_taken_stops_there_and_says_so(
    bench: Workbench, view: PlaygroundView
) -> None:
    bench.choose_setting(SETTINGS[1], 8)
    for operation in (Encrypt(ONE), Multiply(0, 0), Relinearize(1)):
        bench.perform(operation)
    for place in (2, 3, 4):
        bench.perform(ModSwitch(place))
    bench.choose_setting(SETTINGS[0], 8)
    assert "not all steps" in view.operations.note.text.text()
    assert len(bench.program.operations) < 6


def test_what_fails_in_the_engine_is_taken_back_and_said(
    studio: Studio, bench: Workbench, view: PlaygroundView
) -> None:
    bench.perform(Encrypt(ONE))
    settle(studio)
    for error, says in (
        (RefusedError("It would hide nothing."), "It would hide nothing."),
        (CancelledError("Cancelled."), CANCELLED),
        (OSError("secret"), "unexpected"),
    ):
        studio.session.failure = error
        bench.perform(Decrypt(0))
        settle(studio)
        assert says in view.operations.note.text.text()
        assert bench.program.operations == (Encrypt(ONE),)
    bench.perform(Decrypt(0))
    settle(studio)
    assert bench.shown(0) == ONE
