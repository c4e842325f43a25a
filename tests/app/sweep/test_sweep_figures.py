import argparse
import csv
import dataclasses
import io
import json
from pathlib import Path

import numpy as np
import pytest
from fake_sweep import FakeSweep, row_of
from PySide6.QtGui import QGuiApplication
from studio import Studio
from sweep_steps import SMALL, choose, finish

from app.kit.plots.data import Series
from app.sweep.choice import SweepChoice, as_json, from_json
from app.sweep.figures import ACCURACY, DEGREE, SCALE, SIZE, command_text, series_of
from app.sweep.running import Sweeps
from app.sweep.store import SweepMemory, load_plan, save_plan
from app.sweep.view import SweepView
from engine.commands import classify, evaluate
from engine.commands.options import settings_from
from engine.data_sets.samples import Samples
from engine.resources import model_names


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

    assert idle.state.chosen.settings == sweeps.points[1].settings
    assert idle.window.views.currentWidget() is idle.window.draw


def test_the_sweep_is_exported_in_four_ways(
    idle: Studio, view: SweepView, runs: list[FakeSweep], tmp_path: Path
) -> None:
    choose(idle, SMALL)
    finish(idle, runs)
    for kind in ("csv", "json", "png", "svg"):
        with idle.qtbot.waitSignal(idle.window.program.told):
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
    with idle.qtbot.waitSignal(idle.window.program.told):
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

    assert len({(each.symbol, each.color) for each in ours}) == len(ours)
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
