"""A folder of pictures as a data set: classes by subfolder, files that cannot be read are named."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.data_sets.folders import load_folder
from engine.errors import DatasetError
from engine.resources import assets_dir

DIGITS = tuple("0123456789")
CLOTHES = ("T-shirt/top", "Ankle boot")


def put(folder: Path, name: str, value: int = 0) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = np.full((60, 60), 255, np.uint8)
    picture[10:50, 25:35] = value
    Image.fromarray(picture).save(path)


def test_subfolders_are_the_classes(tmp_path: Path) -> None:
    for name in ("1/a.png", "1/b.png", "7/c.png"):
        put(tmp_path, name)
    found = load_folder(tmp_path, DIGITS, "mnist-network1")
    assert found.samples.labels is not None
    assert found.samples.labels.tolist() == [1, 1, 7]
    assert found.files == ("1/a.png", "1/b.png", "7/c.png")
    assert found.samples.pictures.shape == (3, 28, 28)


def test_only_letters_and_digits_of_a_class_count(tmp_path: Path) -> None:
    put(tmp_path, "t-shirt top/a.png")
    put(tmp_path, "Ankle_Boot/b.png")
    found = load_folder(tmp_path, CLOTHES, "fashionmnist-network1")
    assert found.samples.labels is not None
    assert sorted(found.samples.labels.tolist()) == [0, 1]


def test_files_that_are_no_pictures_are_named_with_the_reason(tmp_path: Path) -> None:
    put(tmp_path, "1/a.png")
    put(tmp_path, "1/blank.png", value=255)
    (tmp_path / "1" / "notes.txt").write_text("hello")
    (tmp_path / "1" / ".hidden").write_text("hello")
    found = load_folder(tmp_path, DIGITS, "mnist-network1")
    assert len(found.samples) == 1
    assert [each.file for each in found.refused] == ["1/blank.png", "1/notes.txt"]
    assert "Nothing is drawn" in found.refused[0].reason


def test_a_subfolder_of_no_class_is_told(tmp_path: Path) -> None:
    put(tmp_path, "eleven/a.png")
    with pytest.raises(DatasetError, match="eleven names no class"):
        load_folder(tmp_path, DIGITS, "mnist-network1")


def test_a_folder_without_pictures_is_told(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(DatasetError, match="subfolder"):
            load_folder(folder, DIGITS, "mnist-network1")
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "a.png").write_bytes(b"no picture")
    with pytest.raises(DatasetError, match="the first was refused"):
        load_folder(tmp_path, DIGITS, "mnist-network1")


def test_samples_are_read_as_the_window_reads_them(tmp_path: Path) -> None:
    source = assets_dir() / "samples" / "3-pen.png"
    (tmp_path / "3").mkdir()
    (tmp_path / "3" / "pen.png").write_bytes(source.read_bytes())
    assert len(load_folder(tmp_path, DIGITS, "mnist-network1").samples) == 1
