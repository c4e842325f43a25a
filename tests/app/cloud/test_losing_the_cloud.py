"""A cloud that stops answering is tried again by itself, and then the run that it cut short."""

import pytest
from cloud_steps import ADDRESS, pair
from fake_session import FakeSession
from studio import Studio

from app.cloud import clouds
from app.journey.runs import CUT_SHORT
from app.state.records import Phase
from engine.errors import PairingError, UnreachableError

GONE = UnreachableError("The cloud at 192.168.1.7:8765 does not answer.")


@pytest.fixture
def away(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> FakeSession:
    """A session with a cloud elsewhere, which is tried again at once after it is lost."""
    monkeypatch.setattr(clouds, "FIRST_PAUSE", 0.0)
    studio.draw()
    return pair(studio)


def cut_a_run(studio: Studio, session: FakeSession) -> None:
    """Let the cloud fall silent in the middle of a run."""
    session.hold = "conv"
    studio.window.actions_.classify.trigger()
    studio.qtbot.waitUntil(lambda: session.calls[-1] == "classify")
    session.broken = GONE
    session.release()
    studio.qtbot.waitUntil(lambda: studio.state.cloud.is_lost)


def test_a_run_that_was_cut_short_ends_by_itself_and_is_shown_once(
    studio: Studio, away: FakeSession
) -> None:
    cut_a_run(studio, away)
    studio.qtbot.waitUntil(lambda: studio.state.run.message.text == CUT_SHORT)
    assert studio.state.run.result is None
    away.broken = None
    studio.qtbot.waitUntil(lambda: studio.state.run.result is not None and studio.is_ready())

    assert len(studio.state.past.runs) == 1
    assert studio.state.run.message.text == ""
    assert studio.state.cloud.retry_seconds is None


def test_a_run_of_other_settings_is_not_begun_again(studio: Studio, away: FakeSession) -> None:
    cut_a_run(studio, away)
    studio.window.actions_.presets[1].trigger()
    away.broken = None
    studio.qtbot.waitUntil(lambda: not studio.state.cloud.is_lost and studio.is_ready())

    assert studio.state.past.runs == []


def test_a_cloud_that_is_lost_while_nothing_runs_is_connected_again(
    studio: Studio, away: FakeSession
) -> None:
    away.change_cloud("lost", str(GONE))
    studio.qtbot.waitUntil(lambda: studio.state.cloud.is_lost)
    studio.qtbot.waitUntil(lambda: not studio.state.cloud.is_away and studio.is_ready())

    assert away.calls.count("start") == 2
    assert studio.state.past.runs == []


def test_a_cloud_that_no_longer_lets_us_in_is_not_asked_for_ever(
    studio: Studio, away: FakeSession
) -> None:
    away.failure = PairingError("The token was renewed; ask for the new address.")
    away.change_cloud("lost", str(GONE))
    studio.qtbot.waitUntil(lambda: "renewed" in studio.state.cloud.message.text)

    assert studio.state.cloud.retry_seconds is None
    assert away.calls.count("start") == 2
    studio.window.program.clouds.try_again()
    studio.qtbot.waitUntil(lambda: not studio.state.cloud.is_lost and studio.is_ready())


def test_while_the_line_is_mended_the_engine_is_not_called_silent(
    studio: Studio, away: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.journey.patience.UNKNOWN_SECONDS", 0.0)
    monkeypatch.setattr("app.journey.patience.LEAST_SECONDS", 0.0)
    monkeypatch.setattr("app.journey.patience.TIMES", 1e-3)
    away.hold = "conv"
    studio.window.actions_.classify.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.run.is_silent)
    away.change_cloud("reconnecting", str(GONE))
    studio.qtbot.waitUntil(lambda: studio.state.cloud.is_away)
    assert not studio.state.run.is_silent
    away.change_cloud("connected")
    away.release()
    studio.qtbot.waitUntil(lambda: studio.state.run.phase is Phase.IDLE)
    assert studio.state.cloud.where == ADDRESS.where
