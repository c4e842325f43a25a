"""The playground's view: steps, refusals and what would work, lessons, undo, the copied Python."""

import pytest
from fake_session import FakeSession
from playground_steps import ONE, settle
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from studio import Studio

from app.actions.views import PLAYGROUND
from app.playground.view import PlaygroundView
from app.playground.workbench import Workbench
from engine.playground.lessons import LESSONS, Lesson
from engine.playground.operations import (
    Add,
    AddPlain,
    Decrypt,
    Encrypt,
    ModSwitch,
    Multiply,
    MultiplyPlain,
    Rotate,
    SetScale,
)
from engine.playground.script import script

LEVELS = next(each for each in LESSONS if each.key == "levels")


def programs(session: FakeSession) -> list[str]:
    return [call for call in session.calls if call.startswith("program")]


def take(bench: Workbench, lesson: Lesson, steps: int) -> None:
    bench.start_lesson(lesson)
    for _ in range(steps):
        bench.take_next_step()


def test_keys_are_made_when_the_view_is_first_seen(studio: Studio) -> None:
    studio.window.views.view(PLAYGROUND.key)  # made ahead, not shown
    assert programs(studio.session) == []
    studio.window.views.show_view(PLAYGROUND.key)
    settle(studio)
    assert programs(studio.session) == ["program 0"]


def test_numbers_are_encrypted_added_and_decrypted(
    studio: Studio, bench: Workbench, view: PlaygroundView
) -> None:
    view.numbers.text.setText("1 2; 3,4")
    view.numbers.encrypt.click()
    studio.qtbot.keyClick(view.numbers.text, Qt.Key.Key_Return)
    actions = studio.window.actions_.playground
    actions.add.trigger()
    assert view.values.place == 2
    view.numbers.decrypt.click()
    settle(studio)
    numbers = (1.0, 2.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0)
    assert bench.program.operations == (
        Encrypt(numbers), Encrypt(numbers), Add(1, 0), Decrypt(2),
    )  # fmt: skip
    assert bench.shown(2) == tuple(2 * each for each in numbers)
    assert bench.shown(0) == ()
    row = view.values.list.model().index(2, 0).data()
    assert row.startswith("c: b + a; 2, 4, 6, 8")
    assert "3 primes left" in row


def test_every_operation_has_its_button_and_names_its_operands(
    studio: Studio, bench: Workbench, view: PlaygroundView
) -> None:
    bench.perform(Encrypt(ONE))
    bench.perform(Multiply(0, 0))
    actions, buttons = studio.window.actions_.playground, view.operations.buttons
    assert buttons[actions.add].text() == "b + a"
    assert buttons[actions.rotate].text() == "Rotate b left by"
    refused = {action for action, button in buttons.items() if button.property("refused")}
    assert refused == set(buttons) - {actions.relinearize, actions.rescale, actions.mod_switch}
    view.operations.second.setCurrentIndex(2)
    buttons[actions.subtract].click()
    assert bench.program.operations[-1] == AddPlain(1, tuple(0.0 - each for each in ONE))
    view.operations.step.setValue(-3)
    view.values.select(0)
    buttons[actions.rotate].click()
    view.values.select(0)
    buttons[actions.multiply].click()
    assert bench.program.operations[-2:] == (Rotate(0, -3), MultiplyPlain(0, ONE))


def test_a_refusal_is_a_sentence_and_a_button_does_what_works(
    studio: Studio, bench: Workbench, view: PlaygroundView
) -> None:
    take(bench, LEVELS, 4)
    bench.perform(Add(3, 0))
    note = view.operations.note
    assert note.text.text().endswith("Mod switch a first.")
    assert note.remedy.isVisible()
    assert note.steps.text() == "That is: mod switch a, set the scale of d, then f + e."
    note.remedy.click()
    assert bench.program.operations[-3:] == (ModSwitch(0), SetScale(3), Add(5, 4))
    assert not note.remedy.isVisible()
    bench.undo()
    assert len(bench.program.values) == 4  # the whole remedy is one step back


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Type numbers first"),
        ("1, zwei", "\u201czwei\u201d is no number"),
        ("1 2 3 4 5 6 7 8 9", "9 numbers"),
        ("1e9", "1e+09 is not from"),
        ("nan", "nan is not from"),
    ],
)
def test_what_is_no_list_of_numbers_is_said(
    bench: Workbench, view: PlaygroundView, text: str, says: str
) -> None:
    view.numbers.text.setText(text)
    view.numbers.encrypt.click()
    assert says in view.operations.note.text.text()
    assert bench.program.values == ()


def test_without_values_an_operation_says_what_to_do_first(
    studio: Studio, bench: Workbench, view: PlaygroundView
) -> None:
    for action in studio.window.actions_.playground.operations()[1:]:
        action.trigger()
        assert "encrypt numbers first" in view.operations.note.text.text()


def test_the_python_is_copied_line_by_line_or_whole(
    studio: Studio, bench: Workbench, view: PlaygroundView
) -> None:
    view.script.copy_script.click()
    assert QGuiApplication.clipboard().text() == script(bench.program)
    assert not view.script.copy_line.isEnabled()
    take(bench, LESSONS[0], 3)
    view.script.copy_line.click()
    assert QGuiApplication.clipboard().text() == "evaluator.add(a, b, c := new())\n"
    assert view.script.text.toPlainText().endswith("evaluator.add(a, b, c := new())")
