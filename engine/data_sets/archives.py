"""Reading sets that come as one archive: MedMNIST's .npz, and CIFAR-10 in two forms.

What an archive promises is checked before anything is unpacked; nothing in it is ever unpickled.
"""

import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from PIL import Image

from engine.data_sets.splits import MAX_PICTURES, SIDES, Split, SplitName
from engine.errors import DatasetError

T = TypeVar("T")

MAX_ARRAY_BYTES = MAX_PICTURES * 3 * 64 * 64
CIFAR_SHAPE = (3, 32, 32)
CIFAR_RECORD = 1 + 3 * 32 * 32
CIFAR_BATCH = 10_000
MAX_JPEG_BYTES = 2**16


def parse_npz(data: bytes, split: SplitName, source: str, classes: int) -> Split:
    """Read a split of an .npz with MedMNIST's keys (Yang et al., Scientific Data 10:41, 2023).

    `{split}_images` is uint8 (n, h, w) or (n, h, w, 3), `{split}_labels` (n, 1) or (n,). Raises
    DatasetError, which `source` begins.
    """

    def read() -> Split:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            pictures = _array(archive, f"{split}_images.npy")
            labels = _array(archive, f"{split}_labels.npy")
        colour = pictures.ndim == 4 and pictures.shape[3] == 3
        if (not colour and pictures.ndim != 3) or not {*pictures.shape[1:3]} <= {*SIDES}:
            raise ValueError(f"pictures of shape {pictures.shape}")
        if not 0 < len(pictures) <= MAX_PICTURES or labels.size != len(pictures):
            raise ValueError(f"{len(pictures)} pictures with {labels.size} labels")
        if labels.max() >= classes:
            raise ValueError(f"labels up to {labels.max()} for {classes} classes")
        if colour:
            pictures = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))
        return Split(pictures, labels.ravel())

    return _checked(read, source, ".npz with MedMNIST's keys")


def _array(archive: zipfile.ZipFile, name: str) -> npt.NDArray[np.uint8]:
    """Return an array of bytes, after comparing what its header promises with what is there."""
    size = archive.getinfo(name).file_size
    if size > MAX_ARRAY_BYTES:
        raise ValueError(f"{name} has {size} bytes")
    with archive.open(name) as file:
        version = np.lib.format.read_magic(file)
        header = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, fortran, dtype = header(file)
        if dtype != np.uint8 or fortran:
            raise ValueError(f"{name} holds {dtype}, not uint8 row by row")
        count = int(np.prod(shape, dtype=np.float64))
        if count > size:
            raise ValueError(f"{name} promises {count} bytes and has {size}")
        body = file.read(count + 1)
    return np.frombuffer(body, np.uint8).reshape(shape)


def parse_cifar_binary(data: bytes, split: SplitName, source: str) -> Split:
    """Read CIFAR-10's official binary archive: records of a label and 3 x 32 x 32 values.

    The authors' archive for Python holds pickles, which could run anything; this one cannot.
    """
    numbers = [f"data_batch_{number}" for number in range(1, 6)]
    names = numbers if split == "train" else ["test_batch"]

    def read() -> Split:
        batches = []
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            for name in names:
                file = archive.extractfile(f"cifar-10-batches-bin/{name}.bin")
                if file is None:
                    raise ValueError(f"{name} is no file")
                batches.append(file.read(CIFAR_BATCH * CIFAR_RECORD))
        records = np.frombuffer(b"".join(batches), np.uint8).reshape(-1, CIFAR_RECORD)
        return Split(records[:, 1:].reshape(-1, *CIFAR_SHAPE), records[:, 0])

    return _checked(read, source, "binary archive of CIFAR-10")


def parse_cifar_jpeg(data: bytes, split: SplitName, source: str, classes: tuple[str, ...]) -> Split:
    """Read a zip of JPEG copies of CIFAR-10, `{split}/CLASS/NNNN.jpg`, in the order of names."""
    numbers = {name: number for number, name in enumerate(classes)}

    def read() -> Split:
        pictures, labels = [], []
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = sorted(archive.infolist(), key=lambda info: info.filename)
            wanted = [info for info in infos if info.filename.startswith(f"{split}/")]
            for info in wanted[: MAX_PICTURES + len(classes)]:
                if info.is_dir():
                    continue
                if info.file_size > MAX_JPEG_BYTES:
                    raise ValueError(f"{info.filename} has {info.file_size} bytes")
                with Image.open(io.BytesIO(archive.read(info)), formats=["JPEG"]) as image:
                    if image.size != CIFAR_SHAPE[1:]:
                        raise ValueError(f"{info.filename} is of size {image.size}")
                    pictures.append(np.asarray(image.convert("RGB")).transpose(2, 0, 1))
                labels.append(numbers[info.filename.split("/")[1]])
        # One of each class in turn, so that the first so many are of all classes.
        order = np.argsort(np.arange(len(labels)) % (len(labels) // len(classes)), kind="stable")
        return Split(np.stack(pictures)[order], np.array(labels, np.uint8)[order])

    return _checked(read, source, "zip of JPEG copies of CIFAR-10")


def _checked(read: Callable[[], T], source: str, kind: str) -> T:
    try:
        return read()
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        LookupError,
        ValueError,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise DatasetError(f"{source} is no {kind} ({error}); use the official file.") from error
