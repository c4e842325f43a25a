import argparse
import csv
import dataclasses
import io
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fake_sweep import FakeSweep, row_of
from looks import CONTROLS, clipped, own_children
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QApplication, QScrollBar, QWidget
from pytestqt.qtbot import QtBot
from studio import Studio

from app.kit.plots.data import Series
from app.kit.wording import duration_text
from app.sweep.choice import SweepChoice, SweepOrder, as_json, choice_of, from_json
from app.sweep.figures import ACCURACY, DEGREE, KINDS, SCALE, SIZE, TIME, command_text, series_of
from app.sweep.form.grid import COLUMNS, ROWS
from app.sweep.presets import PRESETS
from app.sweep.row_card import chain_text
from app.sweep.store import SweepMemory, default_folder, load_plan, save_plan
from app.sweep.sweeps import SweepPhase, Sweeps
from app.sweep.table import WIDEST
from app.sweep.view import SweepView
from engine.commands import classify, evaluate
from engine.commands.options import settings_from
from engine.errors import ResultsError
from engine.pictures.samples import Samples
from engine.resources import model_names
from engine.studies.sweeps.table import SweepTable

SMALL = SweepChoice(("mnist-network1",), (8192,), (20, 24, 40), 3)
"""Two points that can work and one that cannot."""


def made_samples(order: SweepOrder) -> Samples:
    if order.picture is not None:
        return Samples("the picture on the canvas", order.picture[None], None)
    pictures = np.zeros((order.pictures, 28, 28), np.uint8)
    return Samples("made", pictures, np.zeros(order.pictures, np.uint8))


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[FakeSweep]]:
    """The fake sweeps that were begun, in order; none is left waiting."""
    begun: list[FakeSweep] = []

    def open_fake(order: SweepOrder, folder: Path) -> FakeSweep:
        begun.append(FakeSweep(order, folder, made_samples(order)))
        return begun[-1]

    monkeypatch.setattr("app.sweep.link.open_sweep", open_fake)
    yield begun
    for sweep in begun:
        sweep.cancel()


@pytest.fixture
def view(idle: Studio, runs: list[FakeSweep]) -> SweepView:
    idle.window.show()
    return open_view(idle)


@pytest.fixture
def sweeps(idle: Studio, view: SweepView) -> Sweeps:
    return idle.window.program.sweeps


def open_view(studio: Studio) -> SweepView:
    studio.window.views.show_view("sweep")
    shown = studio.window.views.currentWidget()
    assert isinstance(shown, SweepView)
    studio.qtbot.waitUntil(lambda: len(shown.plots.plots) == len(KINDS))
    return shown


def choose(studio: Studio, choice: SweepChoice) -> None:
    sweeps = studio.window.program.sweeps
    with studio.qtbot.waitSignal(sweeps.limits_changed):
        sweeps.choose(choice)


def begin(studio: Studio, runs: list[FakeSweep], points: int) -> FakeSweep:
    """Start or resume, and let so many points be measured; the next one is under way."""
    sweeps, before = studio.window.program.sweeps, len(runs)
    studio.window.actions_.sweep.start.trigger()
    studio.qtbot.waitUntil(lambda: len(runs) > before)
    runs[-1].allow(points)
    wanted = done(sweeps) + points
    studio.qtbot.waitUntil(lambda: done(sweeps) >= wanted)
    return runs[-1]


def done(sweeps: Sweeps) -> int:
    return sum(state.row is not None for state in sweeps.states)


def wait_for(studio: Studio, phase: SweepPhase) -> None:
    studio.qtbot.waitUntil(lambda: studio.window.program.sweeps.phase is phase)


def finish(studio: Studio, runs: list[FakeSweep]) -> None:
    begin(studio, runs, 2)
    wait_for(studio, SweepPhase.IDLE)


# --- choosing


def test_what_cannot_work_is_marked_with_its_reason(idle: Studio, view: SweepView) -> None:
    choose(idle, SMALL)
    grid = view.setup.grid
    works, fails = ((ROWS.index(8192), COLUMNS.index(bits)) for bits in (24, 40))

    assert grid.share_that_works(works) == 1
    assert grid.reasons(works) == []
    assert grid.share_that_works(fails) == 0
    assert "128-bit secure only up to" in grid.describe(fails)
    assert "2 of 3 points can work" in view.setup._summary.text()
    model = view.table.model()
    assert model.index(2, 3).data() == "refused"
    assert "secure" in model.index(2, 3).data(Qt.ItemDataRole.ToolTipRole)


def test_a_cell_for_some_networks_only_is_marked_as_such(idle: Studio, view: SweepView) -> None:
    choose(idle, dataclasses.replace(SMALL, models=("mnist-network1", "mnist-network2")))
    cell = ROWS.index(8192), COLUMNS.index(24)

    assert view.setup.grid.share_that_works(cell) == 0.5
    assert "MNIST, network 2" in view.setup.grid.describe(cell)


def test_headings_and_cells_of_the_grid_change_the_choice(
    idle: Studio, view: SweepView, sweeps: Sweeps
) -> None:
    choose(idle, SMALL)
    grid = view.setup.grid
    column, row = COLUMNS.index(30), ROWS.index(16384)
    for cell in ((-1, column), (row, -1)):
        place = grid.place_of(cell).center().toPoint()
        idle.qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=place)
    assert sweeps.choice.scales == (20, 24, 30, 40)
    assert sweeps.choice.degrees == (8192, 16384)

    grid.toggle((row, COLUMNS.index(20)))
    assert sweeps.choice.scales == (24, 30, 40)
    grid.toggle((ROWS.index(32768), COLUMNS.index(22)))
    assert sweeps.choice.scales == (22, 24, 30, 40)
    assert sweeps.choice.degrees == (8192, 16384, 32768)


def test_the_grid_is_used_with_the_keyboard(idle: Studio, view: SweepView, sweeps: Sweeps) -> None:
    choose(idle, SMALL)
    grid = view.setup.grid
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Space):
        idle.qtbot.keyClick(grid, key)

    assert sweeps.choice.scales == (20, 24, 25, 40)
    assert "Bit scale 25" in grid.accessibleDescription()


def test_a_click_chooses_one_of_the_poster_s_graphs(
    idle: Studio, view: SweepView, sweeps: Sweeps
) -> None:
    for preset, action in zip(PRESETS, idle.window.actions_.sweep.presets, strict=True):
        action.trigger()
        shown = [kind for kind, plot in view.plots.plots.items() if not plot.isHidden()]

        assert sweeps.choice == choice_of(preset, model_names())
        assert shown == [TIME if preset.measure == "time" else ACCURACY]


def test_protocol_and_chain_are_chosen_for_every_point(
    idle: Studio, view: SweepView, sweeps: Sweeps
) -> None:
    choose(idle, dataclasses.replace(SMALL, degrees=(8192, 16384)))
    view.setup.way.protocol.button(1).click()
    with idle.qtbot.waitSignal(sweeps.limits_changed):
        view.setup.way.chain.button(1).click()
    view.plots.draw()
    settings = [point.settings for point in sweeps.points]

    assert {each.protocol for each in settings} == {"refresh"}
    assert {(each.poly_modulus_degree, each.outer_bits) for each in settings} == {
        (8192, 32),
        (16384, 45),
    }
    assert view.plots.way.text() == "Refresh, poster's chain"
    too_few = ROWS.index(8192), COLUMNS.index(19)
    assert "leaves a prime of 19 bits" in view.setup.grid.describe(too_few)


def test_what_a_protocol_makes_possible_is_marked_so(idle: Studio, view: SweepView) -> None:
    choose(idle, dataclasses.replace(SMALL, models=("mnist-network2",)))
    cell = ROWS.index(8192), COLUMNS.index(26)
    assert view.setup.grid.share_that_works(cell) == 0

    with idle.qtbot.waitSignal(idle.window.program.sweeps.limits_changed):
        idle.window.actions_.sweep.next_protocol.trigger()
    assert view.setup.grid.share_that_works(cell) == 1


def test_batches_and_refreshes_exclude_each_other(
    idle: Studio, view: SweepView, sweeps: Sweeps
) -> None:
    choose(idle, SMALL)
    view.setup.way.protocol.button(1).click()
    view.setup._choose_mode(1)
    assert (sweeps.choice.mode, sweeps.choice.protocol) == ("batched", "one-shot")

    idle.window.actions_.sweep.next_protocol.trigger()
    assert (sweeps.choice.mode, sweeps.choice.protocol) == ("single", "refresh")
    idle.window.actions_.sweep.next_chain.trigger()
    assert sweeps.choice.chain == "poster"


def test_nothing_chosen_cannot_be_started(idle: Studio, view: SweepView, sweeps: Sweeps) -> None:
    choose(idle, SMALL)
    sweeps.choose(dataclasses.replace(SMALL, models=()))

    assert not view.bar.start.isEnabled()
    assert "at least one network" in view.setup._summary.text()


# --- running


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
    assert np.array_equal(runs[0].order.picture, idle.state.picture)
    view.plots.draw()
    assert view.plots.plots[ACCURACY].points() == [
        point for point in view.plots.plots[ACCURACY].points() if point.index < 0
    ]


# --- faults


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


# --- looking at it


def test_a_click_on_a_point_opens_its_row(
    idle: Studio, view: SweepView, sweeps: Sweeps, runs: list[FakeSweep]
) -> None:
    choose(idle, SMALL)
    finish(idle, runs)
    view.plots.draw()
    view.plots.plots[SIZE].clicked.emit(1)

    assert sweeps.selected == 1
    assert view.table.currentIndex().row() == 1
    assert view.card.values["Setting"].text() == "N = 8192, bit scale 24"
    assert view.card.values["Same answer"].text() == "3 of 3"


def test_a_row_is_copied_as_the_command_that_repeats_it(
    idle: Studio, view: SweepView, sweeps: Sweeps
) -> None:
    choose(idle, SMALL)
    sweeps.select(1)
    view.card.copy.click()

    assert QGuiApplication.clipboard().text() == (
        "python -m engine evaluate mnist-network1 --limit 3 --mode single "
        "--poly-modulus-degree 8192 --scale-bits 24"
    )
    assert "classify PICTURE.png" in command_text(sweeps.points[1], 0)


@pytest.mark.parametrize("pictures", [0, 3])
def test_a_copied_command_means_the_very_setting(pictures: int) -> None:
    point = dataclasses.replace(SMALL, protocol="refresh", chain="poster").points()[1]
    _, _, _, name, *words = command_text(point, pictures).split()
    parser = argparse.ArgumentParser()
    {"evaluate": evaluate, "classify": classify}[name].add_options(parser)
    options = parser.parse_args(words)

    found = settings_from(options) if name == "classify" else evaluate.chosen(options, "single")
    assert found == point.settings


def test_the_setting_of_a_point_can_be_drawn_with(
    idle: Studio, view: SweepView, sweeps: Sweeps
) -> None:
    choose(idle, SMALL)
    sweeps.select(1)
    view.card.use.click()

    assert idle.state.settings == sweeps.points[1].settings
    assert idle.window.views.currentWidget() is idle.window.draw


def test_the_sweep_is_exported_in_four_ways(
    idle: Studio, view: SweepView, runs: list[FakeSweep], tmp_path: Path
) -> None:
    choose(idle, SMALL)
    finish(idle, runs)
    for kind in ("csv", "json", "png", "svg"):
        view.export(tmp_path / f"sweep.{kind}")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "sweep.csv").read_text())))
    data = json.loads((tmp_path / "sweep.json").read_text())

    assert [row["state"] for row in rows] == ["done", "done", "failed"]
    assert rows[0]["encrypted_accuracy"] == "100.0"
    assert "secure" in rows[2]["reason"]
    assert data[1]["summary"]["bytes_up"] == 185_000
    assert (tmp_path / "sweep.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "sweep.svg").read_text()


def test_an_export_that_cannot_be_written_is_a_sentence(
    idle: Studio, view: SweepView, tmp_path: Path
) -> None:
    view.export(tmp_path / "nowhere" / "sweep.csv")
    assert "cannot be written" in idle.window.notices.sentence.toolTip()
    view.export(tmp_path / "sweep.xyz")
    assert ".csv, .json, .png or .svg" in idle.window.notices.sentence.toolTip()


def series(against: str, *models: str) -> tuple[Series, ...]:
    points = SweepChoice(models, (8192, 16384), (20, 26)).points()
    samples = Samples("made", np.zeros((5, 28, 28), np.uint8), np.zeros(5, np.uint8))
    rows = [row_of(point, samples) for point in points]
    return series_of(ACCURACY, against, points, rows, ("kmnist-network1", "mnist-network1"))


def test_the_poster_s_own_figures_stand_beside_ours() -> None:
    ours, poster = [], []
    for each in series(SCALE, "mnist-network1"):
        (poster if each.hollow else ours).append(each)

    assert [each.label for each in ours] == [
        "MNIST 1, N = 8192",
        "MNIST 1, N = 16384",
    ]
    assert [(point.x, point.y) for point in poster[0].points] == [(26, 98.9)]
    assert poster[0].label == "MNIST 1, the poster"


def test_lines_against_the_degree_are_told_apart_by_symbol_too() -> None:
    every = series(DEGREE, "mnist-network1", "kmnist-network1")
    lines = [each for each in every if not each.hollow]

    assert len({each.symbol for each in lines}) == len(lines) == 4
    assert [point.x for point in lines[0].points] == [13, 14]


def test_many_lines_against_the_degree_are_those_of_one_bit_scale() -> None:
    points = SweepChoice(tuple(model_names()), (8192, 16384), (20, 24, 27)).points()
    samples = Samples("made", np.zeros((5, 28, 28), np.uint8), np.zeros(5, np.uint8))
    rows = [row_of(point, samples) for point in points]
    lines = series_of(SIZE, DEGREE, points, rows, model_names())

    assert len(lines) == len(model_names())
    assert all(each.label.endswith(", bit scale 27") for each in lines)


def test_more_lines_than_symbols_are_told_apart_by_symbol_and_colour() -> None:
    every = series_of_all((8192, 16384))
    ours = [each for each in every if not each.hollow]
    poster = [each for each in every if each.hollow]

    assert len({(each.symbol, each.color) for each in ours}) == len(ours) == 12
    marks = {(each.symbol, each.color) for each in ours}
    assert {(each.symbol, each.color) for each in poster} <= marks


def series_of_all(degrees: tuple[int, ...]) -> tuple[Series, ...]:
    points = SweepChoice(tuple(model_names()), degrees, (20, 24)).points()
    samples = Samples("made", np.zeros((5, 28, 28), np.uint8), np.zeros(5, np.uint8))
    rows = [row_of(point, samples) for point in points]
    return series_of(ACCURACY, SCALE, points, rows, model_names())


def test_an_accuracy_comes_with_its_interval() -> None:
    point = series(SCALE, "mnist-network1")[0].points[0]
    assert point.low is not None
    assert point.high is not None
    assert point.low < point.y <= point.high


# --- data


def test_a_choice_survives_json() -> None:
    other = dataclasses.replace(SMALL, protocol="refresh", chain="poster")
    for choice in (SMALL, other):
        assert from_json(json.loads(json.dumps(as_json(choice))), model_names()) == choice


def test_a_choice_of_before_protocols_and_chains_is_read() -> None:
    old = as_json(SMALL)
    del old["protocol"], old["chain"]
    assert from_json(old, model_names()) == SMALL


@pytest.mark.parametrize(
    ("name", "value"),
    [("models", ["../secret"]), ("degrees", [1000]), ("scales", [99]), ("pictures", -1),
     ("mode", "fast"), ("protocol", "two-shot"), ("chain", ["poster"])],
)  # fmt: skip
def test_a_choice_of_what_is_not_known_is_refused(name: str, value: object) -> None:
    with pytest.raises((LookupError, TypeError, ValueError)):
        from_json({**as_json(SMALL), name: value}, model_names())


def test_a_plan_keeps_its_picture(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    save_plan(tmp_path, SweepMemory(SMALL, picture, is_open=True))
    memory = load_plan(tmp_path)

    assert memory is not None
    assert memory.is_open
    assert memory.picture is not None
    assert np.array_equal(memory.picture, picture)


@pytest.mark.parametrize(
    ("seconds", "text"), [(8.4, "8 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")]
)
def test_a_duration_is_written_for_people(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


# --- appearance


def test_a_long_chain_is_written_short() -> None:
    assert chain_text((45, 24, 24, 24, 45)) == "45, 3 \u00d7 24, 45"


def test_every_column_of_the_table_has_room_for_its_texts(idle: Studio, view: SweepView) -> None:
    choose(idle, dataclasses.replace(SMALL, degrees=(16384,)))
    table = view.table
    for column, text in enumerate(WIDEST):
        room = table.columnWidth(column)
        assert room > QFontMetrics(idle.window.theme.font("body")).horizontalAdvance(text)


def test_every_control_has_a_name_and_is_reached_with_tab(idle: Studio, view: SweepView) -> None:
    reached: set[QWidget] = set()
    widget: QWidget = view.bar.start
    while widget not in reached:
        reached.add(widget)
        widget = widget.nextInFocusChain()
    controls = [
        each
        for each in own_children(view, CONTROLS)
        if each.isVisible()
        and not isinstance(each, QScrollBar)
        and each.metaObject().className() != "QTableCornerButton"
    ]

    assert [each for each in controls if not each.accessibleName()] == []
    assert {each for each in controls if each.isEnabled()} <= reached


@pytest.mark.parametrize("place", [1, 2], ids=["measured", "refused"])
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=["720p", "1080p"])
def test_nothing_is_clipped(
    idle: Studio, view: SweepView, runs: list[FakeSweep], size: tuple[int, int], place: int
) -> None:
    choose(idle, dataclasses.replace(SMALL, protocol="refresh", chain="poster"))
    finish(idle, runs)
    idle.window.program.sweeps.select(place)
    idle.window.resize(*size)
    idle.window.fit()
    idle.qtbot.waitUntil(lambda: clipped(view) == [])


def test_a_program_with_a_sweep_can_be_closed_twice(idle: Studio, view: SweepView) -> None:
    idle.window.close()
    idle.window.program.close()
