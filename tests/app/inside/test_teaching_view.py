"""Decrypted beside clear: a teaching run is asked for, told apart plainly, and compared."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from studio import Studio

from app.actions.views import INSIDE
from app.inside.reveal_page import BETWEEN, WARNING
from app.inside.view import InsideView
from engine.errors import MessageError


@pytest.fixture
def view(studio: Studio) -> InsideView:
    studio.draw()
    studio.window.views.show_view(INSIDE.key)
    found = studio.window.views.view(INSIDE.key)
    assert isinstance(found, InsideView)
    studio.qtbot.waitUntil(lambda: studio.window.program.viewing.trace is not None)
    studio.window.actions_.inside.decrypted.setChecked(True)
    return found


def teach(studio: Studio, view: InsideView) -> None:
    studio.qtbot.mouseClick(view.reveal.run, Qt.MouseButton.LeftButton)
    studio.qtbot.waitUntil(lambda: not studio.window.program.revealing.is_running)


def stage(studio: Studio, key: str) -> int:
    trace = studio.window.program.viewing.trace
    assert trace is not None
    return next(span.begin for span in trace.spans if span.key == key)


def test_nothing_is_revealed_before_it_is_asked_for(studio: Studio, view: InsideView) -> None:
    assert "teach" not in studio.session.calls
    assert view.reveal.warning.text() == WARNING
    assert view.reveal.warning.isVisible()
    assert view.reveal.run.isVisible()


def test_each_stage_is_shown_decrypted_beside_clear_and_the_error(
    studio: Studio, view: InsideView
) -> None:
    teach(studio, view)
    assert studio.session.calls[-1] == "teach"
    assert view.step.title.text() == "After Convolution"  # packing is no stage of the cloud
    assert not view.reveal.isVisible()
    studio.window.program.viewing.first()
    assert view.reveal.isVisible()
    assert view.reveal.said.text() == BETWEEN
    studio.window.program.viewing.go_to(stage(studio, "square-1"))
    assert not view.reveal.isVisible()
    decrypted, clear, error = (each.shown for each in view.slots.views)
    assert decrypted is not None
    assert clear is not None
    assert error is not None
    np.testing.assert_allclose(decrypted.values - clear.values, error.values)
    assert error.largest > 0
    assert view.step.title.text() == "After Square 1"
    assert view.step.sentence.text() == WARNING


def test_two_settings_stand_side_by_side(studio: Studio, view: InsideView) -> None:
    teach(studio, view)
    assert len({point.index for point in view.precision.plot.points()} - {-1}) == 5
    assert view.precision.other.value() == 22
    studio.qtbot.mouseClick(view.precision.compare, Qt.MouseButton.LeftButton)
    studio.qtbot.waitUntil(lambda: studio.window.program.revealing.compared is not None)
    assert len(view.precision.plot.points()) == 20
    assert view.precision.said.text() == (
        "4 bits of scale more made a difference of 2.0 bits in the scores."
    )
    studio.qtbot.waitUntil(studio.is_ready)  # the chosen setting's keys are made again
    assert studio.state.run.keys is not None
    assert studio.state.run.keys.settings == studio.state.chosen.settings


def test_a_refusal_is_a_sentence_and_it_can_be_tried_again(
    studio: Studio, view: InsideView
) -> None:
    studio.session.failure = MessageError("The cloud is not there.")
    teach(studio, view)
    assert view.reveal.said.text() == "The cloud is not there."
    teach(studio, view)
    assert studio.window.program.revealing.current is not None


def test_another_picture_forgets_what_was_revealed(studio: Studio, view: InsideView) -> None:
    teach(studio, view)
    studio.window.program.pictures.clear()
    studio.qtbot.waitUntil(lambda: studio.state.drawn.picture is None)
    assert studio.window.program.revealing.current is None


def test_off_again_the_steps_are_there(studio: Studio, view: InsideView) -> None:
    teach(studio, view)
    studio.window.actions_.inside.decrypted.setChecked(False)
    assert view.step.title.text() == "Multiply by a mask"
    assert view.origin.isVisible()
