"""A cloud on another machine is paired with, used, left, and never costs what was there before."""

import pytest
from cloud_steps import ADDRESS, OTHER, pair, refuse
from fake_session import FakeSession
from studio import Studio

from app.state.records import Phase, Tone
from engine.errors import PairingError, UnreachableError


def test_an_address_connects_and_the_next_run_is_computed_there(studio: Studio) -> None:
    here = studio.session
    studio.draw()
    session = pair(studio)
    studio.classify()

    assert session.cloud == ADDRESS
    assert "classify" in session.calls
    assert "classify" not in here.calls
    assert here.closed
    assert studio.state.cloud.connection is not None
    assert studio.state.cloud.connection.phase == "connected"


@pytest.mark.parametrize("error", [PairingError("No token."), UnreachableError("No answer.")])
def test_a_cloud_that_cannot_be_used_leaves_all_as_it_was(studio: Studio, error: Exception) -> None:
    here, keys = studio.session, studio.state.run.keys
    refuse(studio, error)  # type: ignore[arg-type]
    studio.window.program.clouds.pair(ADDRESS.text)
    studio.qtbot.waitUntil(lambda: studio.state.cloud.message.tone is Tone.ERROR)

    assert studio.state.cloud.message.text == str(error)
    assert studio.state.cloud.where == studio.state.cloud.wanted == ""
    assert studio.state.run.keys is keys
    assert not here.closed
    assert studio.session.calls == ["start"]  # no keys were made for it
    assert studio.session.closed
    assert studio.state.cloud.remembered == ()


def test_a_typing_error_is_said_and_nobody_is_asked(studio: Studio) -> None:
    wrong = ADDRESS.text[:-1] + ("0" if ADDRESS.text[-1] != "0" else "1")
    studio.window.program.clouds.pair(wrong)

    assert "typing error" in studio.state.cloud.message.text
    assert len(studio.sessions) == 1


def test_connecting_can_be_stopped(studio: Studio) -> None:
    def hang(session: FakeSession) -> None:
        session.hold = "start"

    studio.prepare_session = hang
    studio.window.program.clouds.pair(ADDRESS.text)
    studio.qtbot.waitUntil(lambda: studio.session.calls == ["start"])
    assert studio.state.cloud.wanted == ADDRESS.where
    studio.window.program.clouds.stop_connecting()
    studio.qtbot.waitUntil(lambda: not studio.state.cloud.wanted)

    assert studio.state.cloud.where == ""
    assert studio.session.closed
    studio.draw()
    studio.classify()
    assert studio.sessions[0].calls[-2:] == ["prepare", "classify"]


def test_back_on_this_computer_new_keys_are_made_and_the_other_session_ends(studio: Studio) -> None:
    away = pair(studio)
    studio.window.program.clouds.use(None)
    studio.qtbot.waitUntil(lambda: studio.state.cloud.where == "" and studio.is_ready())

    assert away.closed
    assert studio.session.cloud is None
    assert studio.state.cloud.connection is None


def test_a_run_that_is_left_for_another_cloud_is_not_shown(studio: Studio) -> None:
    studio.draw()
    studio.session.hold = "conv"
    studio.window.actions_.classify.trigger()
    studio.qtbot.waitUntil(lambda: "classify" in studio.session.calls)
    pair(studio)

    assert studio.state.run.result is None
    assert studio.state.past.runs == []
    assert studio.state.run.phase is Phase.IDLE


def test_clouds_are_remembered_used_again_and_forgotten(studio: Studio) -> None:
    clouds, cloud = studio.window.program.clouds, studio.state.cloud
    pair(studio)
    pair(studio, OTHER)
    studio.qtbot.waitUntil(lambda: cloud.remembered == (OTHER, ADDRESS))
    assert clouds.use_remembered(ADDRESS.where)
    studio.qtbot.waitUntil(lambda: cloud.where == ADDRESS.where and studio.is_ready())
    clouds.forget(OTHER.where)
    studio.qtbot.waitUntil(lambda: cloud.remembered == (ADDRESS,))
    assert not clouds.use_remembered(OTHER.where)


def test_the_cloud_of_last_time_is_used_again_after_a_restart(studio: Studio) -> None:
    pair(studio)
    studio.qtbot.waitUntil(lambda: studio.state.cloud.remembered == (ADDRESS,))
    assert studio.window.preferences().cloud == ADDRESS.where
    clouds = studio.window.program.clouds
    clouds.use(None)
    studio.qtbot.waitUntil(lambda: studio.state.cloud.where == "" and studio.is_ready())
    assert studio.window.preferences().cloud == ""
    clouds.last_where = ADDRESS.where
    clouds.start()
    studio.qtbot.waitUntil(lambda: studio.state.cloud.where == ADDRESS.where and studio.is_ready())
