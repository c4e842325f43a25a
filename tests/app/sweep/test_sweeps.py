import dataclasses
import threading
from pathlib import Path

import numpy as np
import pytest
from fake_sweep import FakeSweep, row_of
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from studio import Studio
from sweep_steps import SMALL, begin, choose, done, finish, made_samples, open_view, wait_for

from app.sweep.choice import SweepOrder
from app.sweep.figures import ACCURACY, SIZE
from app.sweep.running import SweepPhase, Sweeps
from app.sweep.store import SweepMemory, default_folder, save_plan
from app.sweep.view import SweepView
from engine.studies.sweeps.table import SweepTable


def test_rows_come_one_by_one_and_plots_fill_in(
    idle: Studio, view: SweepView, sweeps: Sweeps, runs: list[FakeSweep]
) -> None:
    choose(idle, SMALL)
    begin(idle, runs, 1)
    idle.qtbot.waitUntil(lambda: sweeps.states[1].total == 2)
    view.plots.draw()

    assert sweeps.share == pytest.approx(0.75)
    assert sweeps.remaining is not None
    assert view.table.model().index(1, 3).data() == "1 of 2"
    assert [point.index for point in view.plots.plots[SIZE].points()] == [0]
    assert not view.setup.models["mnist-network1"].isEnabled()

    runs[-1].allow(1)
    wait_for(idle, SweepPhase.IDLE)
    view.plots.draw()
    assert [point.index for point in view.plots.plots[SIZE].points()] == [0, 1]
    assert view.bar.message.text() == "All of this is measured."


def test_a_sweep_never_runs_in_the_window_s_thread(
    idle: Studio, view: SweepView, runs: list[FakeSweep]
) -> None:
    choose(idle, SMALL)
    finish(idle, runs)

    assert runs[0].thread not in (0, threading.get_ident())


def test_a_paused_sweep_goes_on_without_measuring_anything_twice(
    idle: Studio, view: SweepView, sweeps: Sweeps, runs: list[FakeSweep]
) -> None:
    choose(idle, SMALL)
    begin(idle, runs, 1)
    view.bar.pause.click()
    assert sweeps.phase is SweepPhase.PAUSING
    wait_for(idle, SweepPhase.PAUSED)
    assert view.bar.start.text() == "Resume"
    assert done(sweeps) == 1

    view.bar.start.click()
    idle.qtbot.waitUntil(lambda: len(runs) == 2)
    runs[-1].allow(1)
    wait_for(idle, SweepPhase.IDLE)
    assert done(sweeps) == 2


def test_a_cancelled_sweep_keeps_its_rows_and_can_be_changed(
    idle: Studio, view: SweepView, sweeps: Sweeps, runs: list[FakeSweep]
) -> None:
    choose(idle, SMALL)
    begin(idle, runs, 1)
    idle.window.actions_.sweep.cancel.trigger()
    assert view.bar.message.text() == "Cancelling\u2026"
    wait_for(idle, SweepPhase.IDLE)

    assert view.bar.start.text() == "Start"
    assert done(sweeps) == 1
    assert view.setup.models["mnist-network1"].isEnabled()


@pytest.mark.parametrize("paused", [True, False], ids=["paused", "running"])
def test_a_sweep_is_resumed_after_a_restart(
    idle: Studio,
    view: SweepView,
    runs: list[FakeSweep],
    qtbot: QtBot,
    qapp: QApplication,
    tmp_path: Path,
    paused: bool,
) -> None:
    choose(idle, SMALL)
    begin(idle, runs, 1)
    if paused:
        view.bar.pause.click()
        wait_for(idle, SweepPhase.PAUSED)
    idle.window.close()

    again = Studio(qtbot, qapp, tmp_path)
    again.window.show()
    bar, sweeps = open_view(again).bar, again.window.program.sweeps
    qtbot.waitUntil(lambda: done(sweeps) == 1)
    assert sweeps.choice == SMALL
    assert bar.start.text() == "Resume"

    bar.start.click()
    qtbot.waitUntil(lambda: len(runs) == 2)
    runs[-1].allow(1)
    wait_for(again, SweepPhase.IDLE)
    assert done(sweeps) == 2
    again.window.close()


def test_rows_of_other_pictures_are_not_shown(
    idle: Studio, view: SweepView, sweeps: Sweeps, runs: list[FakeSweep]
) -> None:
    choose(idle, SMALL)
    finish(idle, runs)
    sweeps.choose(dataclasses.replace(SMALL, pictures=4))
    assert done(sweeps) == 0
    sweeps.choose(SMALL)
    assert done(sweeps) == 2


def test_rows_of_another_version_of_a_model_are_not_shown(
    idle: Studio, runs: list[FakeSweep]
) -> None:
    with SweepTable(default_folder()) as table:
        row = row_of(SMALL.points()[0], made_samples(SweepOrder(SMALL.points(), 3, None)))
        table.add(row)
        table.add(dataclasses.replace(row, point=SMALL.points()[1], model_sha256="0" * 64))
    save_plan(default_folder(), SweepMemory(SMALL, None, is_open=False))
    idle.window.show()
    open_view(idle)
    sweeps = idle.window.program.sweeps
    idle.qtbot.waitUntil(lambda: done(sweeps) == 1)

    assert sweeps.phase is SweepPhase.IDLE
    assert [state.row is not None for state in sweeps.states] == [True, False, False]


def test_the_drawn_picture_is_measured_alone(
    idle: Studio, view: SweepView, sweeps: Sweeps, runs: list[FakeSweep]
) -> None:
    choose(idle, dataclasses.replace(SMALL, pictures=0))
    view.bar.start.click()
    assert "canvas is empty" in view.bar.message.text()

    idle.draw()
    finish(idle, runs)
    assert runs[0].order.picture is not None
    assert np.array_equal(runs[0].order.picture, idle.state.drawn.picture)
    view.plots.draw()
    assert view.plots.plots[ACCURACY].points() == [
        point for point in view.plots.plots[ACCURACY].points() if point.index < 0
    ]


def test_a_failed_point_says_why_and_can_be_tried_again(
    idle: Studio, view: SweepView, sweeps: Sweeps, runs: list[FakeSweep]
) -> None:
    choose(idle, SMALL)
    view.bar.start.click()
    idle.qtbot.waitUntil(lambda: len(runs) == 1)
    runs[0].failing.add(sweeps.points[0])
    runs[0].allow(2)
    wait_for(idle, SweepPhase.IDLE)
    sweeps.select(0)

    assert "1 of 2 points failed" in view.bar.message.text()
    assert view.card.reason.text() == "The process ended."
    assert view.bar.start.isEnabled()
