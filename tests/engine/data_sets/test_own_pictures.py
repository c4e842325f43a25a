"""Judging on a person's own pictures: a folder, an .npz or IDX files, each for any network."""

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.data_sets.own import load_own
from engine.errors import DatasetError
from engine.planning.forecast import network_named

PICTURES = np.random.default_rng(2).integers(0, 256, (6, 28, 28), np.uint8)
LABELS = np.array([0, 1, 1, 0, 1, 0], np.uint8)
XRAYS = network_named("pneumoniamnist-network1")


def write_idx(path: Path, array: np.ndarray) -> None:  # type: ignore[type-arg]
    sides = struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(bytes((0, 0, 8, array.ndim)) + sides + array.tobytes())


def test_idx_files_of_one_s_own_are_read_with_the_labels_beside_them(tmp_path: Path) -> None:
    write_idx(tmp_path / "mine-images-idx3-ubyte", PICTURES)
    write_idx(tmp_path / "mine-labels-idx1-ubyte", LABELS)
    samples = load_own(tmp_path / "mine-images-idx3-ubyte", XRAYS).samples
    assert np.array_equal(samples.pictures, PICTURES)
    assert samples.labels is not None
    assert np.array_equal(samples.labels, LABELS)


def test_an_npz_of_one_s_own_is_judged_on_its_test_split(tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    np.savez(path, test_images=PICTURES, test_labels=LABELS[:, None])
    assert len(load_own(path, XRAYS).samples) == 6


def test_pictures_of_another_shape_are_refused_with_both_shapes(tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    np.savez(path, test_images=np.zeros((2, 32, 32, 3), np.uint8), test_labels=LABELS[:2])
    with pytest.raises(DatasetError, match=r"are 3.32.32, but .* reads 1.28.28"):
        load_own(path, XRAYS)


def test_a_folder_of_photos_is_prepared_for_the_network(tmp_path: Path) -> None:
    for name in ("normal", "pneumonia"):
        (tmp_path / name).mkdir()
        Image.new("RGB", (90, 50), (200, 10, 10)).save(tmp_path / name / "one.png")
    samples = load_own(tmp_path, XRAYS).samples
    assert samples.pictures.shape == (2, 28, 28)
    assert samples.labels is not None
    assert samples.labels.tolist() == [0, 1]


@pytest.mark.parametrize("name", ["gone.npz", "gone-images-idx3-ubyte", "notes.txt"])
def test_what_is_none_of_them_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(DatasetError, match=r"name another|give one"):
        load_own(tmp_path / name, XRAYS)
