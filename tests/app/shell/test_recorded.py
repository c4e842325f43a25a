"""A recorded run stands in for an engine that fails, and says so."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.draw.picture.samples import sample_drawing
from app.kit.wording import RECORDED
from app.present.stand.recorded_run import SAMPLE
from app.shell.main_window import MainWindow
from app.shell.recorded import make_recorded_window
from app.state.records import Tone


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    window = make_recorded_window(qapp)
    window.program.tour.is_seen = True
    window.show()
    window.program.start()
    qtbot.waitUntil(lambda: window.program.state.has_keys, timeout=60_000)
    yield window
    window.close()


def marks(widget: QWidget) -> list[QLabel]:
    return [each for each in widget.findChildren(QLabel) if each.text() == RECORDED]


def test_the_recorded_run_is_told_with_its_mark_in_the_window_and_in_the_presentation(
    window: MainWindow, qtbot: QtBot
) -> None:
    state = window.program.state
    window.program.pictures.draw_sample(SAMPLE, "MNIST")
    window.actions_.classify.trigger()
    qtbot.waitUntil(lambda: state.run.result is not None, timeout=30_000)
    assert state.run.result is not None
    assert state.run.result.classes[state.run.result.prediction] == "3"
    assert [mark.isVisible() for mark in marks(window)] == [True]
    window.actions_.present.trigger()
    presentation = window.shows.presentation
    assert presentation is not None
    assert [mark.isVisible() for mark in marks(presentation)] == [True]
    window.actions_.present.trigger()


def test_another_picture_is_not_answered_as_if_it_were_the_recorded_one(
    window: MainWindow, qtbot: QtBot
) -> None:
    state = window.program.state
    window.program.pictures.draw(sample_drawing("7-mouse.png"))
    window.actions_.classify.trigger()
    qtbot.waitUntil(lambda: state.run.message.tone is Tone.ERROR, timeout=30_000)
    assert "recording" in state.run.message.text
    assert state.run.result is None
