"""A model that only the cloud has: listed while connected, answered without the clear scores."""

import dataclasses
from html import escape
from pathlib import Path

import pytest
from cloud_steps import ADDRESS, pair
from fake_session import FakeSession
from looks import clipped
from PySide6.QtWidgets import QComboBox
from studio import Studio

from app.compare.columns import NOTHING
from app.compare.lines import NOT_HERE
from app.compare.store import Changes, RunStore
from app.compare.view import CompareView
from app.inside.view import InsideView
from app.inside.viewing import NOT_HERE as NOT_INSIDE
from app.state.chosen import DRAWN_SHAPE
from engine.planning.forecast import Forecast, Refusal

SECRET = "tiny"


@pytest.fixture
def away(studio: Studio) -> FakeSession:
    """A session with a cloud that has a model of its own."""

    def offer(session: FakeSession) -> None:
        session.models = ("mnist-network1", SECRET)

    studio.prepare_session = offer
    session = pair(studio, ADDRESS)
    studio.qtbot.waitUntil(lambda: SECRET in studio.state.chosen.outlines)
    return session


def models(studio: Studio) -> QComboBox:
    (combo,) = (
        each
        for each in studio.window.draw.settings_card.findChildren(QComboBox)
        if each.accessibleName() == "Network"
    )
    return combo


def choose(studio: Studio) -> None:
    combo = models(studio)
    combo.setCurrentIndex(combo.findData(SECRET))
    studio.qtbot.waitUntil(studio.is_ready)


def test_its_answer_is_shown_without_a_clear_one_and_says_why(
    studio: Studio, away: FakeSession
) -> None:
    choose(studio)
    studio.draw()
    studio.window.actions_.classify.trigger()
    studio.qtbot.waitUntil(lambda: studio.state.run.result is not None and studio.is_ready())

    card = studio.window.draw.answer_card
    assert card.digit.text() == "3"
    assert card.sentence.text() == "No clear answer: the model is the cloud's secret"
    bars = card.findChild(type(card._bars))
    assert bars is not None
    assert "clear" not in bars.accessibleDescription()
    assert not studio.window.grab().isNull()


def test_its_run_is_kept_and_set_beside_others_and_taken_along(
    studio: Studio, away: FakeSession, tmp_path: Path
) -> None:
    studio.draw()
    studio.classify()
    choose(studio)
    studio.classify()
    studio.window.views.show_view("compare")
    view = studio.window.views.view("compare")
    assert isinstance(view, CompareView)
    view.table.select({run.id for run in studio.state.past.runs})

    texts = {line.name: line.texts for line in view.panel.lines.lines}
    assert texts["Encrypted"] == ("3", "3")
    assert texts["Clear"] == (NOT_HERE, "3")
    assert texts["Agreement"] == (NOTHING, "agree")
    assert texts["Relative error"][0] == NOTHING
    assert clipped(view.panel) == []
    secret = studio.state.past.runs[-1]
    for name in ("run.html", "run.png"):
        studio.window.program.exports.take_along(secret, tmp_path / name)
        studio.qtbot.waitUntil((tmp_path / name).exists)
    page = (tmp_path / "run.html").read_text("utf-8")
    assert escape(secret.why_not_clear) in page
    assert not studio.window.actions_.runs.rerun.isEnabled()  # two are selected
    view.table.select({secret.id})
    assert studio.window.actions_.runs.rerun.isEnabled()
    assert "--cloud ADDRESS" in page
    studio.qtbot.waitUntil(lambda: studio.window.program.archive.is_settled)
    assert studio.paths.runs is not None
    (kept,) = [each for each in RunStore(studio.paths.runs).sync(Changes()) if not each.clear]
    assert kept == secret


def test_what_can_be_told_beforehand_is_and_no_other_setting_is_offered(
    studio: Studio, away: FakeSession
) -> None:
    choose(studio)
    forecast = studio.state.chosen.forecast
    assert isinstance(forecast, Forecast)
    values = [value.text() for value in studio.window.draw.forecast_card.values()]
    assert values[-2:] == ["the cloud's secret", "the cloud's secret"]
    assert studio.state.chosen.shape == DRAWN_SHAPE
    only = studio.state.chosen.settings
    studio.window.program.choices.change(dataclasses.replace(only, scale_bits=23))
    studio.qtbot.waitUntil(lambda: studio.state.chosen.is_refused)
    refusal = studio.state.chosen.forecast
    assert isinstance(refusal, Refusal)
    assert "one setting only" in refusal.reason
    studio.window.actions_.suggestion.trigger()
    studio.qtbot.waitUntil(studio.is_ready)
    assert studio.state.chosen.settings == only


def test_with_the_cloud_its_models_go(studio: Studio, away: FakeSession) -> None:
    choose(studio)
    studio.window.program.clouds.use(None)
    studio.qtbot.waitUntil(lambda: studio.state.cloud.where == "" and studio.is_ready())

    assert models(studio).findData(SECRET) == -1
    assert studio.state.chosen.settings.model == "mnist-network1"
    assert models(studio).currentData() == "mnist-network1"


def test_its_run_is_repeated_only_where_it_is(studio: Studio, away: FakeSession) -> None:
    studio.draw()
    choose(studio)
    studio.classify()
    studio.window.program.clouds.use(None)
    studio.qtbot.waitUntil(lambda: studio.state.cloud.where == "" and studio.is_ready())
    studio.window.views.show_view("compare")
    view = studio.window.views.view("compare")
    assert isinstance(view, CompareView)
    view.table.select({run.id for run in studio.state.past.runs})
    rerun = studio.window.actions_.runs.rerun
    assert not rerun.isEnabled()
    assert "connected to that cloud" in rerun.toolTip()


def test_nobody_looks_inside(studio: Studio, away: FakeSession) -> None:
    choose(studio)
    studio.draw()
    studio.window.views.show_view("inside")
    view = studio.window.views.view("inside")
    assert isinstance(view, InsideView)
    studio.qtbot.waitUntil(lambda: view.empty.text() == NOT_INSIDE)
