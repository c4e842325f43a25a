"""Judging a model on strokes and on a folder of pictures, from the command line."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.cli import main
from engine.resources import assets_dir

STROKES = assets_dir() / "samples" / "strokes.json"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the sample digits as a UNIPEN file."""
    lines = []
    for name, sample in json.loads(STROKES.read_text("utf-8")).items():
        lines.append(f'.SEGMENT DIGIT 0 ? "{name[0]}"')
        for stroke in sample["strokes"]:
            points = [f" {round(500 * x)} {round(500 * (1 - y))}" for x, y in stroke]
            lines += [".PEN_DOWN", *points, ".PEN_UP"]
    path = tmp_path / "digits.tra"
    path.write_text("\n".join(lines))
    return path


def judged(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert main(["evaluate", "mnist-network2", *map(str, arguments), "--json"]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def test_strokes_are_judged_in_the_clear_by_digit_too(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = judged(capsys, "--strokes", file, "--mode", "clear")
    assert report["clear_accuracy"]["percent"] >= 95
    assert sum(each["pictures"] for each in report["by_class"].values()) == report["pictures"]
    assert list(report["by_class"]) == list("0123456789")
    assert report["refused"] == []


@pytest.mark.parametrize(
    "pose",
    [
        ("--size", "0.1", "--place", "random"),
        ("--size", "1.0"),
        ("--place", "0.1,0.9", "--size", "0.2"),
        ("--brush", "2"),
    ],
)
def test_size_place_and_brush_change_hardly_an_answer(
    file: Path, capsys: pytest.CaptureFixture[str], pose: tuple[str, ...]
) -> None:
    usual = judged(capsys, "--strokes", file, "--mode", "clear")
    posed = judged(capsys, "--strokes", file, "--mode", "clear", *pose)
    assert abs(usual["clear_accuracy"]["percent"] - posed["clear_accuracy"]["percent"]) <= 3


def test_strokes_are_judged_encrypted(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = judged(
        capsys, "--strokes", file, "--mode", "single", "--limit", "3", "--protocol", "refresh"
    )
    assert report["same"] == 3
    assert {"encrypted", "clear", "pictures"} == set(report["by_class"]["0"])


def test_a_folder_of_pictures_is_judged_and_what_is_none_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for digit in (3, 7):
        folder = tmp_path / str(digit)
        folder.mkdir()
        sample = assets_dir() / "samples" / f"{digit}-pen.png"
        (folder / "pen.png").write_bytes(sample.read_bytes())
    (tmp_path / "7" / "blank.png").write_bytes(b"")
    report = judged(capsys, "--pictures", tmp_path, "--mode", "clear")
    assert report["pictures"] == 2
    assert report["clear_accuracy"]["percent"] == 100
    assert [each["file"] for each in report["refused"]] == ["7/blank.png"]


def test_a_report_is_told_in_words_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "1").mkdir()
    Image.fromarray(np.full((9, 9), 255, np.uint8)).save(tmp_path / "1" / "blank.png")
    picture = np.full((60, 60), 255, np.uint8)
    picture[10:50, 28:33] = 0
    Image.fromarray(picture).save(tmp_path / "1" / "one.png")
    assert main(["evaluate", "mnist-network1", "--pictures", str(tmp_path), "--mode", "clear"]) == 0
    said = capsys.readouterr().out
    assert "by class" in said
    assert "refused 1 files" in said
    assert "1/blank.png" in said


@pytest.mark.parametrize(
    "wrong",
    [("--size", "0"), ("--size", "2"), ("--place", "3"), ("--place", "0.5,7"), ("--turn", "90")],
)
def test_a_pose_that_cannot_be_is_refused(
    file: Path, capsys: pytest.CaptureFixture[str], wrong: tuple[str, str]
) -> None:
    with pytest.raises(SystemExit):
        main(["evaluate", "mnist-network1", "--strokes", str(file), *wrong])
    assert wrong[0] in capsys.readouterr().err


def test_a_file_that_is_no_unipen_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello")
    assert main(["evaluate", "mnist-network1", "--strokes", str(path)]) == 2
    assert "notes.txt holds no digit" in capsys.readouterr().err
