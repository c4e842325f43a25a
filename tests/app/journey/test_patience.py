"""An engine that hangs: it is said so, and a restart goes on without losing the drawing."""

import pytest
from studio import Studio

from app.journey import patience
from app.journey.run_bar import SILENT
from app.state.records import Phase


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits: whatever is not answered at once has taken too long."""
    for name in ("TIMES", "LEAST_SECONDS", "UNKNOWN_SECONDS"):
        monkeypatch.setattr(patience, name, 0)


def hang(studio: Studio, stage: str) -> None:
    studio.session.hold = stage
    studio.draw()
    studio.window.actions_.classify.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.run.is_silent)


@pytest.mark.usefixtures("hasty")
def test_a_run_that_hangs_is_said_to_and_a_restart_offered(studio: Studio) -> None:
    hang(studio, "conv")
    bar = studio.window.draw.run_bar
    assert bar.message.text() == SILENT
    assert bar.cancel.isVisible()
    assert bar.cancel.text().strip() == "Restart the engine"

    bar.cancel.click()
    studio.qtbot.waitUntil(studio.is_ready)
    assert not studio.state.run.is_silent
    assert bar.cancel.text().strip() == "Cancel"
    assert studio.state.drawn.picture is not None
    studio.session.hold = ""
    studio.classify()
    assert studio.window.draw.answer_card.digit.text() == "3"


@pytest.mark.usefixtures("hasty")
def test_keys_that_are_never_made_are_made_again_after_a_restart(studio: Studio) -> None:
    studio.session.hold = "keys"
    studio.window.draw.settings_card.slider.setValue(24)
    studio.qtbot.waitUntil(
        lambda: studio.state.run.phase is Phase.MAKING_KEYS and studio.state.run.is_silent
    )
    studio.session.hold = ""
    studio.window.draw.run_bar.cancel.click()

    studio.qtbot.waitUntil(studio.is_ready)
    assert studio.state.chosen.settings.scale_bits == 24


def test_an_engine_that_answers_is_never_called_silent(studio: Studio) -> None:
    said: list[bool] = []
    studio.state.run.message_changed.connect(lambda: said.append(studio.state.run.is_silent))
    studio.draw()
    studio.classify()

    assert not any(said)
    assert not studio.window.program.runs.link.is_waiting


@pytest.mark.usefixtures("hasty")
def test_in_a_presentation_a_recorded_run_stands_in_for_an_engine_that_hangs(
    studio: Studio,
) -> None:
    program = studio.window.program
    studio.draw()
    studio.session.hold = "conv"
    studio.window.actions_.present.trigger()
    program.presentation.forward()
    studio.qtbot.waitUntil(lambda: program.presentation.result is not None)

    assert studio.state.is_recorded
    assert program.stand_in.reason == "The engine does not answer."
    assert studio.session.closed
