"""The picture sets that models are trained and judged on, read from their official gzip IDX files.

Files lie under a root as `<NAME>/raw/<split>-images-idx3-ubyte.gz`, the layout torchvision uses.
Every file must be the official one, byte for byte, so an accuracy always means the same pictures.
"""

import gzip
import hashlib
import io
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import platformdirs

from engine.errors import DatasetError, DatasetMissingError

SplitName = Literal["train", "t10k"]

ROOT_VARIABLE = "CIPHERSKETCH_DATA"
SIDE = 28
MAX_PICTURES = 60_000
MAX_FILE_BYTES = 32 * 2**20

CLASSES: dict[str, tuple[str, ...]] = {
    "MNIST": tuple("0123456789"),
    "KMNIST": ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    "FashionMNIST": (
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ),
}

# (images, labels) of each split: md5 of the gzip files as their authors released them.
OFFICIAL_MD5: dict[tuple[str, str], tuple[str, str]] = {
    ("MNIST", "train"): ("f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432"),
    ("MNIST", "t10k"): ("9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c"),
    ("KMNIST", "train"): ("bdb82020997e1d708af4cf47b453dcf7", "e144d726b3acfaa3e44228e80efcd344"),
    ("KMNIST", "t10k"): ("5c965bf0a639b31b8f53240b1b52f4d7", "7320c461ea6c1c855c0b718fb2a4b134"),
    ("FashionMNIST", "train"): (
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "25c81989df183df01b3e8a0aad5dffbe",
    ),
    ("FashionMNIST", "t10k"): (
        "bef4ecab320f06d8554ea6380940ec79",
        "bb300cfdad3c16e7a12a480ee83cd310",
    ),
}


@dataclass(frozen=True)
class Split:
    """Pictures (n, 28, 28), 0 = background and 255 = full ink, and their class numbers (n,)."""

    pictures: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.labels)


def data_root(root: Path | None = None) -> Path:
    """Return `root`, else the folder the environment names, else the person's cache folder."""
    if root is not None:
        return root
    named = os.environ.get(ROOT_VARIABLE)
    return Path(named) if named else platformdirs.user_cache_path("ciphersketch") / "data"


def is_missing(name: str, split: SplitName, root: Path | None = None) -> bool:
    """Tell whether a file of a split is not there; whether they are whole `load_split` knows."""
    folder = data_root(root) / name / "raw"
    kinds = ("images-idx3", "labels-idx1")
    return not all((folder / f"{split}-{kind}-ubyte.gz").is_file() for kind in kinds)


def load_split(name: str, split: SplitName, root: Path | None = None) -> Split:
    """Read one split ("train" or "t10k") of a data set; DatasetError if a file is not official."""
    if (name, split) not in OFFICIAL_MD5:
        known = ", ".join(f"{known} {part}" for known, part in OFFICIAL_MD5)
        raise DatasetError(f"There is no split {split!r} of data set {name!r}; there are: {known}.")
    folder = data_root(root) / name / "raw"
    images_md5, labels_md5 = OFFICIAL_MD5[name, split]
    images = _official_bytes(folder / f"{split}-images-idx3-ubyte.gz", images_md5)
    labels = _official_bytes(folder / f"{split}-labels-idx1-ubyte.gz", labels_md5)
    return parse_split(images, labels, f"{name} {split}")


def parse_split(images: bytes, labels: bytes, source: str) -> Split:
    """Decode a pair of gzip IDX files; `source` names them in the DatasetError for damaged ones."""
    result = Split(
        _parse_idx(images, (SIDE, SIDE), f"{source} images"),
        _parse_idx(labels, (), f"{source} labels"),
    )
    if len(result.pictures) != len(result.labels):
        raise DatasetError(
            f"The {source} files hold {len(result.pictures)} pictures but {len(result.labels)} "
            "labels; both files must come from the same release."
        )
    if result.labels.max(initial=0) > 9:
        raise DatasetError(
            f"The {source} labels go up to {result.labels.max()}; only 0 to 9 are classes."
        )
    return result


def _official_bytes(path: Path, md5: str) -> bytes:
    try:
        if (size := path.stat().st_size) > MAX_FILE_BYTES:
            raise DatasetError(
                f"The data file {path} has {size} bytes, more than the {MAX_FILE_BYTES} that any "
                "official file has; put the official file there."
            )
        data = path.read_bytes()
    except OSError as error:
        kind = DatasetMissingError if isinstance(error, FileNotFoundError) else DatasetError
        raise kind(
            f"The data file {path} cannot be read ({error.strerror}); put the official file there, "
            f"or set {ROOT_VARIABLE} to the folder that has it."
        ) from error
    if (found := hashlib.md5(data, usedforsecurity=False).hexdigest()) != md5:
        raise DatasetError(
            f"The data file {path} has the md5 sum {found} in place of {md5}; "
            "it is damaged or another release: put the official file there."
        )
    return data


def _parse_idx(data: bytes, item: tuple[int, ...], source: str) -> npt.NDArray[np.uint8]:
    """Return uint8 (n, *item), reading no more than the header promises and MAX_PICTURES allow."""
    header = bytes((0, 0, 8, 1 + len(item)))
    dimensions = np.dtype(">u4")
    item_bytes = int(np.prod(item, dtype=np.int64))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            magic = stream.read(4)
            count, *shape = np.frombuffer(stream.read(4 + 4 * len(item)), dimensions).tolist()
            if magic != header or tuple(shape) != item or count > MAX_PICTURES:
                raise DatasetError(
                    f"The {source} begin with {magic.hex()} and {count} items of shape {shape}; "
                    f"{header.hex()}, up to {MAX_PICTURES} and {list(item)} are right."
                )
            body = stream.read(count * item_bytes + 1)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise DatasetError(
            f"The {source} are not a whole gzip IDX file ({error}); use the official file."
        ) from error
    if len(body) != count * item_bytes:
        raise DatasetError(
            f"The {source} promise {count} items of {item_bytes} bytes but hold "
            f"{'more' if len(body) > count * item_bytes else len(body)}; use the official file."
        )
    return np.frombuffer(body, np.uint8).reshape(count, *item)
