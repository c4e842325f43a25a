import dataclasses
from pathlib import Path

import pytest
from fake_sweep import FakeSweep
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from studio import Studio
from sweep_steps import SMALL, begin, choose, done, open_view, wait_for

from app.sweep.running import SweepPhase, Sweeps
from app.sweep.store import default_folder, load_plan
from app.sweep.view import SweepView
from engine.errors import ResultsError


def test_a_full_disk_stops_the_sweep_with_a_sentence_and_it_can_go_on(
    idle: Studio, view: SweepView, sweeps: Sweeps, runs: list[FakeSweep]
) -> None:
    choose(idle, SMALL)
    sweep = begin(idle, runs, 1)
    sweep.error = ResultsError("The file sweep.csv could not be written (No space left).")
    sweep.allow(1)
    wait_for(idle, SweepPhase.PAUSED)

    assert "No space left" in view.bar.message.text()
    assert view.bar.start.text() == "Resume"
    assert done(sweeps) == 1


def test_a_folder_that_cannot_be_written_is_told_before_anything_runs(
    idle: Studio, view: SweepView, runs: list[FakeSweep]
) -> None:
    default_folder().parent.mkdir(parents=True, exist_ok=True)
    default_folder().write_text("a file where the folder should be")
    choose(idle, SMALL)
    view.bar.start.click()

    assert "could not be written" in view.bar.message.text()
    assert runs == []


def test_a_second_window_is_refused_and_the_plan_of_the_first_stays(
    idle: Studio,
    view: SweepView,
    runs: list[FakeSweep],
    qtbot: QtBot,
    qapp: QApplication,
    tmp_path: Path,
) -> None:
    choose(idle, SMALL)
    begin(idle, runs, 1)
    other = Studio(qtbot, qapp, tmp_path)
    other.window.show()
    bar = open_view(other).bar
    bar.cancel.click()
    assert "Another window is measuring" in bar.message.text()
    choose(other, dataclasses.replace(SMALL, pictures=7))
    bar.start.click()
    assert "Another window is measuring" in bar.message.text()
    memory = load_plan(default_folder())
    assert memory is not None
    assert memory.choice == SMALL
    assert memory.is_open

    runs[0].allow(1)
    wait_for(idle, SweepPhase.IDLE)
    bar.start.click()
    qtbot.waitUntil(lambda: len(runs) == 2)
    other.window.close()
    memory = load_plan(default_folder())
    assert memory is not None
    assert memory.choice.pictures == 7


def test_a_damaged_plan_is_put_aside_with_a_sentence(idle: Studio, runs: list[FakeSweep]) -> None:
    default_folder().mkdir(parents=True)
    (default_folder() / "plan.json").write_text("{")
    idle.window.show()

    assert "put aside" in open_view(idle).bar.message.text()


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 9}', "x" * 200_000])
def test_what_is_no_plan_is_put_aside(tmp_path: Path, text: str) -> None:
    (tmp_path / "plan.json").write_text(text)
    with pytest.raises(ResultsError):
        load_plan(tmp_path)

    assert (tmp_path / "plan.json.broken").read_text() == text


def test_a_damaged_table_is_told(idle: Studio, runs: list[FakeSweep]) -> None:
    default_folder().mkdir(parents=True)
    (default_folder() / "sweep.csv").write_text("model\nnothing,of,it\n")
    idle.window.show()
    bar = open_view(idle).bar
    idle.qtbot.waitUntil(lambda: "damaged" in bar.message.text())
