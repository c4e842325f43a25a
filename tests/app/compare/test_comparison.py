import csv
import io
import json
import shlex
from pathlib import Path

import pytest
from compare_steps import RUNS, shown
from hypothesis import given
from hypothesis import strategies as st
from looks import clipped
from made_runs import any_run, made_run
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from studio import Studio

from app.compare.columns import COLUMNS, chain_text, when_text, words_of
from app.compare.lines import compare
from app.compare.side_by_side import MOST_RUNS
from app.compare.tables import as_csv, as_json
from app.compare.view import CompareView
from app.state.stored_run import StoredRun
from engine.ckks.parameters import Settings
from engine.cli import main

LATE = 1_700_000_100.0


def test_the_button_in_the_bar_counts_the_runs_and_opens_them(studio: Studio) -> None:
    studio.window.program.archive._put(RUNS)
    assert studio.window.notices.open_runs.text() == "Runs (3)"
    studio.window.notices.open_runs.click()

    assert isinstance(studio.window.views.currentWidget(), CompareView)
    assert studio.window.notices.open_runs.shortcut().toString() == "Ctrl+R"


def test_lines_that_differ_are_marked_in_words_and_not_by_colour_alone(view: CompareView) -> None:
    view.table.select({"1", "2"})
    lines = view.panel.lines
    names = [str(lines.index(row, 0).data()) for row in range(lines.rowCount())]

    assert "\u2260 Degree N" in names
    assert "Chain" in names
    degree = lines.index(names.index("\u2260 Degree N"), 0)
    assert degree.data(Qt.ItemDataRole.AccessibleTextRole) == "Degree N, differs"
    assert [degree.siblingAtColumn(k).data() for k in (1, 2)] == ["16384", "8192"]


def test_only_the_differences_can_be_shown(view: CompareView) -> None:
    view.table.select({"0", "1"})
    view.panel.only_differences.click()
    names = [line.name for line in view.panel.lines.lines]

    assert names == ["Bit scale", "Cloud in all"]


def test_the_chance_in_times_of_equal_settings_is_no_difference() -> None:
    quick, slow = made_run("quick"), made_run("slow", server_seconds=0.09, total_seconds=0.1)
    marked = [line.name for line in compare([quick, slow]) if line.differs]
    assert marked == []

    other = made_run("other", settings=Settings(scale_bits=28), server_seconds=0.2)
    marked = [line.name for line in compare([quick, slow, other]) if line.differs]
    assert marked == ["Bit scale", "Cloud in all"]


def test_times_that_overlap_with_those_of_other_settings_are_no_difference() -> None:
    quick, slow = made_run("quick"), made_run("slow", server_seconds=0.09)
    other = made_run("other", settings=Settings(scale_bits=28), server_seconds=0.07)
    marked = [line.name for line in compare([quick, slow, other]) if line.differs]
    assert marked == ["Bit scale"]


def test_no_more_runs_are_compared_than_there_is_room_for(
    studio: Studio, view: CompareView
) -> None:
    many = [made_run(f"more {k}", at=LATE + k) for k in range(MOST_RUNS)]
    studio.window.program.archive._put(many)
    view.table.selectAll()

    assert view.panel.lines.columnCount() == 1 + MOST_RUNS
    view.panel.table.grab()


@given(runs=st.lists(any_run, min_size=1, max_size=3))
def test_any_runs_can_be_compared(runs: list[StoredRun]) -> None:
    for line in compare(runs):
        assert len(line.texts) in (0, len(runs))
        assert len(line.bars) in (0, len(runs))
        assert not (line.differs and len(runs) == 1)


@given(run=any_run)
def test_any_run_has_a_text_in_every_column(run: StoredRun) -> None:
    assert all(isinstance(column.text(run), str) for column in COLUMNS)
    assert words_of(run) == words_of(run).lower()


def test_equal_primes_of_a_chain_are_written_together() -> None:
    assert chain_text(made_run(coeff_modulus_bits=(55, 55, 55, 53, 51))) == "3\u00d755 53 | 51"


def test_a_run_of_another_day_is_shown_with_its_date() -> None:
    assert when_text(1_700_000_000.0)[:2].isdigit()
    assert "Nov" in when_text(1_700_000_000.0)


def test_every_run_is_a_point_in_every_plot_and_selected_ones_are_ringed(
    view: CompareView,
) -> None:
    for plot in view.plots.plots:
        assert len(plot.points()) == 3
    view.table.select({"0"})
    assert [plot._selected for plot in view.plots.plots] == [{0}] * 3


def test_a_click_on_a_point_selects_its_row(studio: Studio, view: CompareView) -> None:
    plot = view.plots.plots[0]
    plot.grab()
    point = next(point for point in plot.points() if view.plots._runs[point.index].id == "1")
    viewport = plot.surface.viewport()
    place: QPoint = viewport.mapFrom(plot, plot.place_of(point))
    studio.qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)

    assert [run.id for run in view.table.selected()] == ["1"]
    assert "bit scale 26" in point.text


def test_the_plots_can_stand_against_the_degree(view: CompareView) -> None:
    view.plots.against.setCurrentIndex(1)
    view.plots.settle()

    assert {point.x for point in view.plots.plots[0].points()} == {13.0, 14.0}
    assert "degree" in view.plots.plots[0].accessibleName()


def choose_file(studio: Studio, name: str) -> None:
    dialog = studio.window.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(name)
    dialog.deleteLater()


def told(studio: Studio) -> str:
    return studio.window.notices.sentence.toolTip()


def test_the_selected_runs_are_exported_as_csv(
    studio: Studio, view: CompareView, tmp_path: Path
) -> None:
    view.table.select({"0", "2"})
    studio.window.actions_.runs.export.trigger()
    choose_file(studio, str(tmp_path / "runs.csv"))
    studio.qtbot.waitUntil(lambda: "2 runs were saved" in told(studio))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "runs.csv").read_text(), newline="")))

    assert [row["id"] for row in rows] == ["2", "0"]
    assert rows[0]["poly_modulus_degree"] == "16384"
    assert float(rows[0]["encrypted_3"]) == RUNS[2].encrypted[3]
    assert float(rows[0]["stage_seconds_conv"]) == 0.01


def test_without_a_selection_every_run_is_exported_as_json(
    studio: Studio, view: CompareView, tmp_path: Path
) -> None:
    view.table.select(())
    studio.window.actions_.runs.export.trigger()
    choose_file(studio, str(tmp_path / "runs.json"))
    studio.qtbot.waitUntil(lambda: "3 runs were saved" in told(studio))
    rows = json.loads((tmp_path / "runs.json").read_text())

    assert [row["id"] for row in rows] == ["2", "1", "0"]
    assert bytes(level for line in rows[0]["picture"] for level in line) == RUNS[2].picture
    assert rows[0]["settings"]["poly_modulus_degree"] == 16384


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_the_plots_are_saved(studio: Studio, view: CompareView, tmp_path: Path, kind: str) -> None:
    studio.window.actions_.runs.save_plots.trigger()
    choose_file(studio, str(tmp_path / f"plots.{kind}"))
    studio.qtbot.waitUntil(lambda: "were saved" in told(studio))

    assert (tmp_path / f"plots.{kind}").stat().st_size > 5000


def test_a_place_that_cannot_be_written_is_told_in_a_sentence(
    studio: Studio, view: CompareView, tmp_path: Path
) -> None:
    studio.window.actions_.runs.export.trigger()
    choose_file(studio, str(tmp_path / "missing" / "runs.csv"))
    studio.qtbot.waitUntil(lambda: "choose another place" in told(studio))


def test_the_copied_command_names_a_picture_that_is_there(
    studio: Studio, view: CompareView
) -> None:
    view.table.select({"2"})
    studio.window.actions_.runs.copy_command.trigger()
    studio.qtbot.waitUntil(lambda: "Copied" in told(studio))
    words = shlex.split(QGuiApplication.clipboard().text())

    assert words[:4] == ["python", "-m", "engine", "classify"]
    assert Path(words[4]).is_file()
    assert "mnist-network2" in words


@given(runs=st.lists(any_run, max_size=3))
def test_any_runs_can_be_exported(runs: list[StoredRun]) -> None:
    assert len(list(csv.reader(io.StringIO(as_csv(runs), newline="")))) >= len(runs)
    assert len(json.loads(as_json(runs))) == len(runs)


def test_the_command_repeats_the_run_on_the_real_engine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], studio: Studio
) -> None:
    studio.draw()
    assert studio.state.drawn.picture is not None
    settings = Settings(scale_bits=28)
    run = made_run(settings=settings, picture=studio.state.drawn.picture.tobytes())
    studio.window.program.exports.copy_command(run)
    studio.qtbot.waitUntil(lambda: "Copied" in told(studio))
    words = shlex.split(QGuiApplication.clipboard().text())
    assert main([*words[3:], "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)

    assert answer["settings"]["scale_bits"] == 28
    assert answer["prediction"] == answer["clear_prediction"] == "3"


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=["720p", "1080p"])
def test_nothing_is_clipped_in_compare(
    studio: Studio, view: CompareView, size: tuple[int, int]
) -> None:
    view.table.select({"0", "1"})
    studio.resize(*size)
    studio.qtbot.waitUntil(lambda: clipped(view) == [])
    assert view.table.horizontalScrollBar().maximum() == 0


def test_a_hidden_view_does_no_work(studio: Studio, view: CompareView) -> None:
    studio.window.views.show_view("draw")
    studio.window.program.archive.delete({"0"})
    assert len(shown(view)) == 3
    studio.window.views.show_view("compare")

    assert len(shown(view)) == 2
