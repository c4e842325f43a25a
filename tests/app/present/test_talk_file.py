from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from studio import Studio

from app.link.recording import RecordedRun
from app.present.plan import Plan
from app.present.stand.recorded_run import bundled_story
from app.present.story import Step
from app.present.talk.file import Rehearsed, Talk, load_talk, save_talk
from engine.ckks.parameters import Settings
from engine.errors import ResultsError
from engine.pictures.strokes import Stroke

shares = st.floats(-1, 2)
strokes = st.builds(
    Stroke,
    st.lists(st.tuples(shares, shares), min_size=1, max_size=5).map(tuple),
    st.floats(0.001, 1),
    st.none() | st.tuples(*[st.integers(0, 255)] * 3),
)
DRAWING = (Stroke(((0.1, 0.2), (0.3, 0.4)), 0.08),)
TALK = Talk(Settings(scale_bits=24), Plan(drawings=(DRAWING,)), "## Draw\n\nHi.\n")
orders = (
    st.permutations(list(Step)[1:])
    .flatmap(lambda steps: st.integers(1, 5).map(lambda count: steps[:count]))
    .map(lambda steps: (Step.DRAW, *steps))
)


def recorded() -> RecordedRun:
    return bundled_story().recording.runs[-1]


@given(
    st.lists(st.lists(strokes, min_size=1, max_size=3).map(tuple), max_size=3).map(tuple),
    orders,
    st.text(st.characters(codec="utf-8")),
)
def test_a_talk_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory,
    drawings: tuple[tuple[Stroke, ...], ...],
    steps: tuple[Step, ...],
    notes: str,
) -> None:
    path = tmp_path_factory.getbasetemp() / "mine.talk"
    settings = Settings("kmnist-network2", 16384, 30, 45, "refresh")
    talk = Talk(settings, Plan(steps, drawings), notes)
    save_talk(talk, path)
    assert load_talk(path) == talk


@given(st.binary(max_size=200))
def test_bytes_that_are_no_talk_are_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.talk"
    path.write_bytes(data)
    with pytest.raises(ResultsError, match=r"bytes\.talk"):
        load_talk(path)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("model", "no-such", "needs the network 'no-such'"),
        ("poly_modulus_degree", 2048, "settings"),
        ("scale_bits", 99, "settings"),
        ("outer_bits", 5, "settings"),
        ("protocol", "other", "no talk"),
        ("drawings", [[{"points": [], "width": 0.1}]], "no talk"),
        ("drawings", [[{"points": [[9, 9]], "width": 0.1}]], "no talk"),
        ("drawings", [[]], "no talk"),
        ("steps", ["draw", "sing"], "cannot be told"),
        ("steps", ["draw"], "no story"),
        ("steps", ["encrypt", "draw"], "no story"),
        ("steps", ["draw", "send", "send"], "no story"),
        ("runs", [{"strokes": [{"points": [[0, 0]], "width": 0.1}], "run": {}}], "no talk"),
        ("more", 1, "no talk"),
    ],
)
def test_a_talk_that_says_what_cannot_be_is_refused_whole(
    field: str, value: object, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.talk"
    save_talk(TALK, path)
    path.write_bytes(msgspec.json.encode({**msgspec.json.decode(path.read_bytes()), field: value}))
    with pytest.raises(ResultsError, match=told):
        load_talk(path)


def test_a_rehearsed_run_comes_back_as_it_was(tmp_path: Path) -> None:
    run = recorded()
    talk = replace(TALK, settings=run.keys.settings, rehearsed=(Rehearsed(DRAWING, run),))
    save_talk(talk, tmp_path / "mine.talk")
    assert load_talk(tmp_path / "mine.talk") == talk


@pytest.mark.parametrize(
    "change",
    [
        {"prediction": 10},
        {"clear_prediction": -1},
        {"classes": ("0", "1")},
        {"temperature": 0.0},
        {"settings": Settings(scale_bits=25)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_run_that_cannot_be_shown_is_refused(change: dict[str, Any], tmp_path: Path) -> None:
    run = recorded()
    other = replace(run, result=replace(run.result, **change))
    talk = replace(TALK, settings=run.keys.settings, rehearsed=(Rehearsed(DRAWING, other),))
    save_talk(talk, tmp_path / "mine.talk")
    with pytest.raises(ResultsError, match="recorded run"):
        load_talk(tmp_path / "mine.talk")


def test_a_talk_prepared_in_one_window_opens_as_it_was_in_another(
    studio: Studio, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    window, path = studio.window, tmp_path / "mine.talk"
    program, told = window.program, window.program.presentation
    program.choices.change(Settings(scale_bits=24))
    qtbot.waitUntil(studio.is_ready)
    window.actions_.prepare_talk.trigger()
    page = window.shows.talk
    assert page is not None
    studio.draw()
    page.add.click()
    program.pictures.draw_sample("7-mouse.png", "MNIST")
    page.add.click()
    page.steps.setCurrentRow(5)
    page.earlier.click()
    page.steps.item(1).setCheckState(Qt.CheckState.Unchecked)
    page.notes.setPlainText("Look up.")
    page.done.click()
    window.actions_.present.trigger()
    told.forward()
    qtbot.waitUntil(lambda: told.result is not None and told.is_told)
    told.turn(on=False)
    program.talks.save(path)
    qtbot.waitUntil(path.is_file)

    (tmp_path / "other").mkdir()
    other = Studio(qtbot, qapp, tmp_path / "other").start()
    program = other.window.program
    other.window._load_named(str(path))
    assert program.state.chosen.settings.scale_bits == 24
    assert program.presentation.plan == told.plan
    assert program.presentation.plan.steps == (
        Step.DRAW, Step.SEND, Step.COMPUTE, Step.DECRYPT, Step.RETURN,
    )  # fmt: skip
    assert program.state.drawn.history.current.strokes == told.plan.drawings[0]
    assert program.notes.of(Step.DECRYPT) == "Look up."
    (kept,) = program.stand_in.rehearsed
    assert kept.drawing.strokes == told.plan.drawings[1]
    other.window.close()


def test_without_drawings_of_its_own_a_talk_has_the_one_that_is_shown(studio: Studio) -> None:
    studio.draw()
    strokes = studio.state.drawn.history.current.strokes
    assert studio.window.program.talks.talk().plan.drawings == (strokes,)


def test_a_damaged_talk_changes_nothing_and_is_told(studio: Studio, tmp_path: Path) -> None:
    studio.draw()
    path = tmp_path / "mine.talk"
    path.write_text("{}")
    before = studio.window.program.state.drawn.history.current
    studio.window._load_named(str(path))
    assert studio.window.program.state.drawn.history.current is before
    assert "no talk" in studio.window.notices.sentence.toolTip() + studio.window.notices._sentence
