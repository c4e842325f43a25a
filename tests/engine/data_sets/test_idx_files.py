"""Reading data sets: whole files give pictures, every other file gives one clear error."""

import dataclasses
import gzip
import hashlib
import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data_sets.idx import parse_split
from engine.data_sets.loading import load_split
from engine.data_sets.registry import CLASSES, DATA_SETS, idx_releases
from engine.data_sets.splits import ROOT_VARIABLE, SplitName, data_root
from engine.errors import DatasetError

PICTURES = np.random.default_rng(1).integers(0, 256, (12, 28, 28), dtype=np.uint8)
LABELS = np.arange(12, dtype=np.uint8) % 10


def idx(array: npt.NDArray[np.uint8]) -> bytes:
    """Return `array` as IDX before compression."""
    return (
        bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape) + bytes(array)
    )


def packed(array: npt.NDArray[np.uint8]) -> bytes:
    return gzip.compress(idx(array), mtime=0)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a small MNIST test split whose sums are taken for the official ones."""
    files = {"images-idx3": packed(PICTURES), "labels-idx1": packed(LABELS)}
    (tmp_path / "MNIST" / "raw").mkdir(parents=True)
    for kind, content in files.items():
        (tmp_path / "MNIST" / "raw" / f"t10k-{kind}-ubyte.gz").write_bytes(content)
    images, labels = (
        hashlib.md5(content, usedforsecurity=False).hexdigest() for content in files.values()
    )
    releases = idx_releases((images, labels), (images, labels))
    known = dataclasses.replace(DATA_SETS["MNIST"], releases=releases)
    monkeypatch.setitem(DATA_SETS, "MNIST", known)
    return tmp_path


def images_file(root: Path) -> Path:
    return root / "MNIST" / "raw" / "t10k-images-idx3-ubyte.gz"


def test_a_written_split_is_read_back_unchanged(root: Path) -> None:
    split = load_split("MNIST", "test", root)
    assert np.array_equal(split.pictures, PICTURES)
    assert np.array_equal(split.labels, LABELS)
    assert len(split) == 12


def test_the_environment_names_the_root_when_no_argument_does(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(root))
    assert len(load_split("MNIST", "test")) == 12


def test_the_argument_wins_over_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, "elsewhere")
    assert data_root(tmp_path) == tmp_path


def test_the_cache_folder_is_the_root_when_nothing_names_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)
    assert data_root().parts[-2:] == ("ciphersketch", "data")


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=rf"t10k-images-idx3-ubyte.gz.*{ROOT_VARIABLE}"):
        load_split("MNIST", "test", tmp_path)


def test_one_changed_byte_is_reported_with_both_sums(root: Path) -> None:
    content = bytearray(images_file(root).read_bytes())
    content[-1] ^= 1
    images_file(root).write_bytes(content)
    with pytest.raises(DatasetError, match=r"md5 sum \w{32} in place of \w{32}"):
        load_split("MNIST", "test", root)


def test_a_file_larger_than_any_official_one_is_refused_unread(
    root: Path,
) -> None:
    images_file(root).write_bytes(bytes(32 * 2**20 + 1))
    with pytest.raises(DatasetError, match="more than the 33554432"):
        load_split("MNIST", "test", root)


def test_an_unknown_data_set_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="'CIFAR'; there are: MNIST train"):
        load_split("CIFAR", "train", tmp_path)


def test_pictures_and_labels_must_be_equally_many() -> None:
    with pytest.raises(DatasetError, match="12 pictures but 11 labels"):
        parse_split(packed(PICTURES), packed(LABELS[:11]), "test", 10, (28, 28))


def test_a_label_without_a_class_is_refused() -> None:
    with pytest.raises(DatasetError, match="labels go up to 10"):
        parse_split(
            packed(PICTURES[:1]), packed(np.array([10], dtype=np.uint8)), "test", 10, (28, 28)
        )


def test_pictures_of_another_size_are_refused() -> None:
    with pytest.raises(DatasetError, match=r"shape \[27, 28\]"):
        parse_split(packed(PICTURES[:, 1:]), packed(LABELS), "test", 10, (28, 28))


def test_a_header_that_promises_too_many_pictures_is_refused() -> None:
    bomb = gzip.compress(bytes((0, 0, 8, 3)) + struct.pack(">3I", 2**32 - 1, 28, 28))
    with pytest.raises(DatasetError, match="4294967295 items"):
        parse_split(bomb, packed(LABELS), "test", 10, (28, 28))


def test_bytes_after_the_last_picture_are_refused_without_reading_them_all() -> None:
    trailing = gzip.compress(idx(PICTURES) + bytes(50_000_000))
    with pytest.raises(DatasetError, match="but hold more"):
        parse_split(trailing, packed(LABELS), "test", 10, (28, 28))


@given(st.integers(0, len(idx(PICTURES)) - 1))
@settings(max_examples=50)
def test_contents_cut_anywhere_are_refused(length: int) -> None:
    with pytest.raises(DatasetError):
        parse_split(gzip.compress(idx(PICTURES)[:length]), packed(LABELS), "test", 10, (28, 28))


@given(st.integers(0, len(packed(PICTURES)) - 1))
@settings(max_examples=50)
def test_files_cut_anywhere_are_refused(length: int) -> None:
    with pytest.raises(DatasetError):
        parse_split(packed(PICTURES)[:length], packed(LABELS), "test", 10, (28, 28))


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_arbitrary_bytes_are_refused(images: bytes, labels: bytes) -> None:
    with pytest.raises(DatasetError):
        parse_split(images, gzip.compress(labels), "test", 10, (28, 28))


@pytest.mark.parametrize(
    ("name", "split", "count"),
    [
        ("MNIST", "train", 60_000),
        ("MNIST", "test", 10_000),
        ("FashionMNIST", "train", 60_000),
        ("FashionMNIST", "test", 10_000),
        ("KMNIST", "test", 10_000),
    ],
)
def test_the_official_files_hold_ten_classes(
    official_root: Path, name: str, split: SplitName, count: int
) -> None:
    read = load_split(name, split, official_root)
    assert len(read) == count
    assert set(np.unique(read.labels)) == set(range(len(CLASSES[name])))


def test_the_first_official_test_picture_is_a_seven(official_root: Path) -> None:
    split = load_split("MNIST", "test", official_root)
    assert split.labels[0] == 7
    assert split.pictures[0].sum() > 0
