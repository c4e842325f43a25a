"""Lessons in the playground's view: step by step, off the track and back, one after the other."""

import pytest
from playground_steps import settle
from PySide6.QtCore import Qt
from studio import Studio

from app.playground.lesson_card import STRAYED
from app.playground.view import PlaygroundView
from app.playground.workbench import Workbench
from engine.playground.lessons import LESSONS, Lesson
from engine.playground.operations import Decrypt, Rotate


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.key)
def test_each_is_taken_to_its_end_with_one_key(
    studio: Studio, bench: Workbench, view: PlaygroundView, lesson: Lesson
) -> None:
    view.lesson.chosen.setCurrentIndex(1 + LESSONS.index(lesson))
    view.lesson.chosen.activated.emit(view.lesson.chosen.currentIndex())
    assert view.lesson.sentence.text() == lesson.about
    for place, step in enumerate(lesson.steps, 1):
        studio.qtbot.keyClick(view.lesson.next, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
        assert view.lesson.sentence.text() == step.sentence
        assert view.lesson.progress.text() == f"step {place} of {len(lesson.steps)}"
        assert (bench.refused is not None) == step.is_refused
    settle(studio)
    for operation in bench.program.operations:
        if isinstance(operation, Decrypt):
            assert bench.shown(operation.x)
    assert view.lesson.next.text() == "Next lesson"
    view.lesson.next.click()
    following = LESSONS[(LESSONS.index(lesson) + 1) % len(LESSONS)]
    assert bench.bench.lesson == following
    assert bench.program.operations == ()
    settle(studio)


def test_who_goes_an_own_way_can_come_back(
    studio: Studio, bench: Workbench, view: PlaygroundView
) -> None:
    bench.start_lesson(LESSONS[0])
    bench.take_next_step()
    bench.perform(Rotate(0, 1))
    assert view.lesson.sentence.text() == STRAYED
    assert not view.lesson.next.isEnabled()
    bench.undo()
    assert view.lesson.sentence.text() == LESSONS[0].steps[0].sentence
    bench.perform(Rotate(0, 1))
    view.lesson.over.click()
    assert bench.bench.lesson == LESSONS[0]
    assert bench.program.operations == ()
    assert view.lesson.sentence.text() == LESSONS[0].about
    settle(studio)


def test_leaving_a_lesson_keeps_its_values(bench: Workbench, view: PlaygroundView) -> None:
    bench.start_lesson(LESSONS[0])
    bench.take_next_step()
    view.lesson.chosen.setCurrentIndex(0)
    view.lesson.chosen.activated.emit(0)
    assert bench.bench.lesson is None
    assert len(bench.program.values) == 1
