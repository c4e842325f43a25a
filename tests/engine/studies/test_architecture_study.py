"""The study of architectures: kept row by row, its front, and what one change buys and costs."""

import dataclasses
from pathlib import Path

import pytest

from engine.errors import ResultsError
from engine.studies.architectures import FILE_NAME, StudyRow, front, read_study, write_study
from engine.studies.report.readme import write_readme
from engine.studies.report.study import changes, study_sections, write_study_graphs

ROW = StudyRow(
    data_set="MNIST",
    notation="1x28x28 c4k7s3 d64 d10",
    model="mnist-c4k7s3-d64-d10",
    accuracy=98.65,
    judged=10_000,
    weights=17_298,
    squares=2,
    poly_modulus_degree=8192,
    scale_bits=26,
    levels=2,
    rotations=30,
    masks=18,
    ciphertext_bytes=185_000,
    key_bytes=10_300_000,
    cloud_ms=40.0,
    predicted_ms=42.0,
    error=0.0007,
    expected_error=0.0012,
    pictures=12,
    same=12,
)


def row(layers: str, accuracy: float, cloud_ms: float) -> StudyRow:
    name = "mnist-" + layers.replace(" ", "-").replace("^", "q")
    return dataclasses.replace(
        ROW, notation=f"1x28x28 {layers}", model=name, accuracy=accuracy, cloud_ms=cloud_ms
    )


ROWS = (
    ROW,
    row("c8k7s3 d64 d10", 99.20, 60),
    row("c4k7s3 d10", 97.38, 14),
    row("c4k7s2 d64 d10", 98.70, 90),
    row("c4k7s3^3 d64 d10", 98.60, 80),
    row("c4k9s3 d64 d10", 98.64, 41),
    row("c4k7s3a2 d64 d10", 98.10, 30),
    row("c4k7s3 d128 d10", 98.75, 44),
    row("c8k5s3 d64 d10", 99.00, 55),
    dataclasses.replace(ROW, model="mnist-network1", accuracy=99.04, cloud_ms=45.0),
)


def test_rows_are_read_as_they_were_written(tmp_path: Path) -> None:
    assert read_study(tmp_path) == ()
    write_study(ROWS, tmp_path / "deep" / "study")
    assert read_study(tmp_path / "deep" / "study") == ROWS


@pytest.mark.parametrize("text", ["nothing,here\n1,2\n", "data_set,accuracy\nMNIST,high\n", "\x00"])
def test_a_table_of_something_else_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(text)
    with pytest.raises(ResultsError):
        read_study(tmp_path)


def test_the_front_has_what_no_other_beats_in_both() -> None:
    best = {each.model for each in front(ROWS, lambda each: each.cloud_ms)}
    assert best == {
        "mnist-c4k7s3-d10",
        "mnist-c4k7s3a2-d64-d10",
        "mnist-c4k7s3-d64-d10",
        "mnist-c4k7s3-d128-d10",
        "mnist-network1",
        "mnist-c8k7s3-d64-d10",
    }


def test_pairs_that_differ_in_one_thing_are_found_once_in_their_order() -> None:
    found = {
        (each.kind, each.before.notation[8:], each.after.notation[8:]) for each in changes(ROWS)
    }
    assert found == {
        ("channels", "c4k7s3 d64 d10", "c8k7s3 d64 d10"),
        ("layer", "c4k7s3 d10", "c4k7s3 d64 d10"),
        ("layer", "c4k7s3 d10", "c4k7s3 d128 d10"),
        ("stride", "c4k7s2 d64 d10", "c4k7s3 d64 d10"),
        ("degree", "c4k7s3 d64 d10", "c4k7s3^3 d64 d10"),
        ("kernel", "c4k7s3 d64 d10", "c4k9s3 d64 d10"),
        ("kernel", "c8k5s3 d64 d10", "c8k7s3 d64 d10"),
        ("pool", "c4k7s3 d64 d10", "c4k7s3a2 d64 d10"),
        ("width", "c4k7s3 d64 d10", "c4k7s3 d128 d10"),
    }
    by_kind = {each.kind: each for each in changes(ROWS)}
    assert by_kind["channels"].gained == pytest.approx(0.55)
    assert by_kind["channels"].slower == pytest.approx(1.5)
    assert not by_kind["channels"].is_chance
    assert by_kind["width"].is_chance


def test_the_page_says_each_with_its_numbers(tmp_path: Path) -> None:
    text = "\n".join(study_sections(ROWS))
    assert "*More channels* (1 pair): +0.55 points" in text
    assert "for 1.50 times the time" in text
    assert (
        "At least as accurate as network 1 (99.04 %, 45 ms) in less time: none was found." in text
    )
    assert "3.5 times as long" in text
    write_study(ROWS, tmp_path / "study")
    page = write_readme(tmp_path)
    assert "What an architecture costs" in page
    assert "engine.training study" in page
    pytest.importorskip("matplotlib")
    write_study_graphs(tmp_path / "study")
    first = (tmp_path / "study" / "study-mnist.svg").read_bytes()
    write_study_graphs(tmp_path / "study")
    assert (tmp_path / "study" / "study-mnist.svg").read_bytes() == first


def test_without_a_study_the_page_and_the_graphs_are_left_out(tmp_path: Path) -> None:
    write_study_graphs(tmp_path / "study")
    assert "What an architecture costs" not in write_readme(tmp_path)
    assert not (tmp_path / "study").exists()
