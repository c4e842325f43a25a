"""The sweep and report commands: what a person finds in the folder, and what is said when not."""

import dataclasses
import json
import os
import signal
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from engine.ckks.parameters import Settings
from engine.cli import main
from engine.data_sets.samples import Samples
from engine.studies.provenance import provenance
from engine.studies.report.lines import lines_of
from engine.studies.report.poster import POSTER, poster_figure
from engine.studies.report.tables import markdown, sweep_tables
from engine.studies.summary import Summary
from engine.studies.sweeps.records import SweepEvent, SweepPoint, SweepRow
from engine.studies.sweeps.running import Sweep
from engine.studies.sweeps.table import SweepTable, read_table

GRID = ["--models", "mnist-network1", "--poly-modulus-degrees", "8192", "--limit", "1"]


@pytest.fixture(autouse=True)
def one_sample(monkeypatch: pytest.MonkeyPatch, samples: tuple[npt.NDArray[np.uint8], ...]) -> None:
    known = Samples("one sample", samples[3][None], np.array([3], np.uint8))
    monkeypatch.setattr("engine.commands.sweep.samples_for", lambda network, root, limit: known)


def row(
    scale_bits: int, mode: str = "batched", pictures: int = 1000, *, degree: int = 8192
) -> SweepRow:
    """Return a row that nobody measured."""
    settings = Settings("mnist-network1", degree, scale_bits)
    summary = Summary(
        pictures=pictures,
        parts=1,
        clear_correct=pictures - 9,
        encrypted_correct=pictures - 10,
        same=pictures - 1,
        disagreements=(7,),
        largest_relative_error=0.002,
        median_relative_error=0.001,
        cloud_seconds=0.04,
        seconds=0.05,
        stage_seconds=(("conv", 0.02),),
        key_seconds=0.5,
        key_bytes=9_000_000,
        bytes_up=180_000,
        bytes_down=120_000,
    )
    point = SweepPoint(settings, "single" if mode == "single" else "batched")
    return SweepRow(point, "MNIST", "s" * 64, "m" * 64, (55, 55, 53, 51), summary, None)


def impossible(scale_bits: int) -> SweepRow:
    point = SweepPoint(Settings("mnist-network1", 8192, scale_bits), "batched")
    return SweepRow(point, "MNIST", "s" * 64, "m" * 64, (), None, "Too | many bits.")


def test_the_command_leaves_rows_tables_and_graphs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib", reason="the extra report is not installed")
    assert main(["sweep", *GRID, "--scale-bits", "26", "40", "--out", str(tmp_path)]) == 0
    assert "1 points measured, 1 that cannot work, 0 failed" in capsys.readouterr().out
    assert {each.point.settings.scale_bits for each in read_table(tmp_path)} == {26, 40}
    assert "cannot work: A bit scale of 40" in (tmp_path / "tables.md").read_text()
    for name in ("accuracy-8192.svg", "time-8192.svg"):
        assert ET.fromstring((tmp_path / name).read_text()).tag.endswith("svg")


def test_a_grid_with_nothing_feasible_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sweep", *GRID, "--scale-bits", "40", "44", "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert "None of the 2 points of this grid can work" in error
    assert error.count("\n") == 1
    assert len(read_table(tmp_path)) == 2


def test_ctrl_c_says_how_to_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Sweep.run

    def run(sweep: Sweep) -> Iterator[SweepEvent]:
        for event in real(sweep):
            yield event
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Sweep, "run", run)
    assert main(["sweep", *GRID, "--scale-bits", "40", "26", "--out", str(tmp_path)]) == 130
    assert "the same command goes on from there" in capsys.readouterr().err
    assert len(read_table(tmp_path)) == 1


def test_a_scheduler_that_is_no_address_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("distributed", reason="the extra cluster is not installed")
    scheduler = ["--scheduler", "nonsense", "--out", str(tmp_path)]
    assert main(["sweep", *GRID, "--scale-bits", "26", *scheduler]) == 2
    assert "'nonsense' is no scheduler's address" in capsys.readouterr().err


def test_without_matplotlib_the_tables_are_there_and_the_extra_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with SweepTable(tmp_path / "sweep") as table:
        table.add(row(26))
    assert main(["report", "--out", str(tmp_path)]) == 0
    assert "ciphersketch[report]" in capsys.readouterr().err
    assert "98.90" in (tmp_path / "README.md").read_text()
    assert (tmp_path / "sweep" / "tables.md").is_file()


def test_accuracy_comes_from_most_pictures_and_time_from_single_ones() -> None:
    (line,) = lines_of([row(26), row(26, "single", 7), impossible(40), row(20)])
    assert [point.settings.scale_bits for point in line.points] == [20, 26, 40]
    twenty, twenty_six, forty = line.points
    assert twenty.time is None
    assert twenty_six.accuracy is not None
    assert twenty_six.accuracy.point.mode == "batched"
    assert twenty_six.time is not None
    assert twenty_six.time.point.mode == "single"
    assert forty.reason == "Too | many bits."


def test_tables_stand_beside_the_poster_and_keep_bars_inside_their_cells() -> None:
    text = sweep_tables(lines_of([row(26), row(26, "single", 7), impossible(40)]))
    assert "Too \\| many bits." in text
    assert "99.00 (98.17 to 99.46)" in text
    assert "| 40.0 ms |" in text
    assert "encrypted 98.90 %" in text
    widths = {line.replace("\\|", "").count("|") for line in text.splitlines() if line[:1] == "|"}
    assert widths == {11}
    assert markdown(("a",), [("b",)]) == "| a |\n| --- |\n| b |"


def test_graphs_are_the_same_bytes_for_the_same_rows() -> None:
    pytest.importorskip("matplotlib", reason="the extra report is not installed")
    from engine.studies.report.graphs import draw_graphs  # noqa: PLC0415

    rows = [row(bits, degree=degree) for bits in (20, 26) for degree in (8192, 16384)]
    rows += [row(26, "single", 7), impossible(40)]
    graphs = draw_graphs(lines_of(rows))
    assert list(graphs) == [
        *("accuracy-8192.svg", "time-8192.svg"),
        *("accuracy-16384.svg", "time-16384.svg"),
    ]
    assert draw_graphs(lines_of(rows)) == graphs


def test_the_page_has_evaluations_sweeps_and_every_command(tmp_path: Path) -> None:
    made = {
        "command": "python -m engine evaluate mnist-network1 --json",
        "date": "2026-01-02T03:04:05+00:00",
        "processor": "a processor",
        "cores": 2,
        "system": "Linux x86_64",
        "versions": [["tenseal", "0.3.18"]],
    }
    interval = {"percent": 99.0, "low": 98.0, "high": 99.5}
    evaluation = {
        "model": "mnist-network1",
        "source": "MNIST, all 10,000 test pictures",
        "mode": "batched",
        "pictures": 10000,
        "parts": 2,
        "seconds": 10.0,
        "settings": dataclasses.asdict(Settings()),
        "clear_accuracy": interval,
        "encrypted_accuracy": interval,
        "same": 9999,
        "disagreements": [9620],
        "largest_relative_error": 0.0025,
        "provenance": made,
    }
    folder = tmp_path / "evaluations"
    folder.mkdir()
    (folder / "mnist-network1.json").write_text(json.dumps(evaluation))
    assert main(["report", "--out", str(tmp_path)]) == 0
    page = (tmp_path / "README.md").read_text()
    for words in ("9,999 of 10,000", "2.0 ms, batched", "pictures 9620", "98.90", "a processor"):
        assert words in page
    assert made["command"] in page


def test_a_page_before_any_result_says_how_to_make_them(tmp_path: Path) -> None:
    assert main(["report", "--out", str(tmp_path)]) == 0
    page = (tmp_path / "README.md").read_text()
    assert "Nothing has been measured yet" in page
    assert "--mode batched --limit 1000" in page


def test_an_evaluation_that_is_none_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "evaluations").mkdir()
    (tmp_path / "evaluations" / "broken.json").write_text("{}")
    assert main(["report", "--out", str(tmp_path)]) == 2
    assert "broken.json is not what evaluate --json prints" in capsys.readouterr().err


def test_the_poster_has_a_figure_for_both_networks_on_each_data_set() -> None:
    assert len({(each.architecture, each.dataset) for each in POSTER}) == 6
    figure = poster_figure("network1", "MNIST")
    assert figure is not None
    assert figure.seconds_per_picture == pytest.approx(0.8856)
    assert poster_figure("network3", "MNIST") is None


def test_where_figures_come_from_is_told_with_versions() -> None:
    made = provenance(["evaluate", "a model"])
    assert made.command == "python -m engine evaluate 'a model'"
    assert made.cores >= 1
    assert dict(made.versions)["numpy"] == np.__version__
