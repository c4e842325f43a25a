"""Sets that come as one archive: whole ones are read, all others give one sentence."""

import contextlib
import io
import tarfile
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from engine.data_sets.archives import parse_cifar_binary, parse_cifar_jpeg, parse_npz
from engine.errors import DatasetError

RANDOM = np.random.default_rng(3)
CLASSES = ("cat", "dog")


def npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def pictures(*shape: int) -> Any:
    return RANDOM.integers(0, 256, shape, dtype=np.uint8)


def zipped_jpegs() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, level in (("cat", 40), ("dog", 200)):
            for number in range(3):
                picture = io.BytesIO()
                Image.new("RGB", (32, 32), (level, 0, 10 * number)).save(picture, "JPEG")
                archive.writestr(f"test/{name}/{number:04}.jpg", picture.getvalue())
    return file.getvalue()


def test_grey_pictures_of_an_npz_are_read_with_their_labels() -> None:
    images, labels = pictures(5, 28, 28), np.array([[0], [1], [1], [0], [1]], np.uint8)
    split = parse_npz(npz(test_images=images, test_labels=labels), "test", "own", 2)
    assert np.array_equal(split.pictures, images)
    assert np.array_equal(split.labels, labels.ravel())


def test_colour_pictures_of_an_npz_come_channel_by_channel() -> None:
    images = pictures(4, 32, 32, 3)
    split = parse_npz(npz(test_images=images, test_labels=pictures(4) % 2), "test", "own", 2)
    assert split.pictures.shape == (4, 3, 32, 32)
    assert np.array_equal(split.pictures[2, 1], images[2, :, :, 1])


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        ({"test_images": pictures(2, 28, 28)}, "test_labels"),
        ({"test_images": pictures(2, 28), "test_labels": pictures(2)}, "shape"),
        ({"test_images": pictures(2, 28, 28), "test_labels": pictures(3) % 2}, "3 labels"),
        ({"test_images": pictures(1, 28, 28), "test_labels": pictures(1) | 128}, "2 classes"),
        ({"test_images": pictures(2, 28, 28) / 2, "test_labels": pictures(2)}, "float64"),
        ({"test_images": np.array([{}], object), "test_labels": pictures(2)}, "object"),
    ],
)
def test_an_npz_of_another_form_is_refused_unpickled(arrays: dict[str, Any], reason: str) -> None:
    with pytest.raises(DatasetError, match=reason):
        parse_npz(npz(**arrays), "test", "own", 2)


@given(st.integers(0, 600), st.integers(0, 255))
def test_a_damaged_npz_is_read_or_refused(place: int, value: int) -> None:
    data = bytearray(npz(test_images=WHOLE, test_labels=np.zeros(2, np.uint8)))
    data[place % len(data)] = value
    with contextlib.suppress(DatasetError):
        assert len(parse_npz(bytes(data), "test", "own", 2)) == 2


WHOLE = np.zeros((2, 8, 8), np.uint8)


def test_a_header_that_promises_more_than_the_file_has_is_refused_unread() -> None:
    data = npz(test_images=WHOLE, test_labels=np.zeros(2, np.uint8))
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"(2, 8, 8)", b"(9, 8, 8)"))
    with pytest.raises(DatasetError, match="promises 576 bytes"):
        parse_npz(file.getvalue(), "test", "own", 2)


def test_jpeg_copies_come_a_class_at_a_time_in_turn() -> None:
    split = parse_cifar_jpeg(zipped_jpegs(), "test", "CIFAR10", CLASSES)
    assert split.labels.tolist() == [0, 1, 0, 1, 0, 1]
    assert split.pictures.shape == (6, 3, 32, 32)
    assert abs(int(split.pictures[1, 0].mean()) - 200) < 6


def test_the_binary_archive_of_cifar_is_read_record_by_record() -> None:
    records = pictures(10, 3073)
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        info = tarfile.TarInfo("cifar-10-batches-bin/test_batch.bin")
        info.size = records.nbytes
        archive.addfile(info, io.BytesIO(records.tobytes()))
    split = parse_cifar_binary(file.getvalue(), "test", "CIFAR10")
    assert np.array_equal(split.labels, records[:, 0])
    assert np.array_equal(split.pictures[3].ravel(), records[3, 1:])


@pytest.mark.parametrize("data", [b"", b"PK\3\4 nothing", zipped_jpegs()[:700]])
def test_what_is_no_archive_is_refused_in_one_sentence(data: bytes) -> None:
    for parse in (
        lambda: parse_npz(data, "test", "own", 2),
        lambda: parse_cifar_binary(data, "test", "own"),
        lambda: parse_cifar_jpeg(data, "test", "own", CLASSES),
    ):
        with pytest.raises(DatasetError, match="use the official file"):
            parse()
