"""The data sets by name: what each holds, how it is prepared, whose it is, and its files.

Every file must be the official one, or a copy that is named here, byte for byte; so an accuracy
always means the same pictures. Paths are those that torchvision expects, where it knows the set.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.data_sets.archives import parse_cifar_binary, parse_cifar_jpeg, parse_npz
from engine.data_sets.idx import parse_split
from engine.data_sets.splits import Split, SplitName
from engine.networks.layers import Shape

Fitting = Literal["mass", "box", "photo"]
"""Ink with its centre of mass in the middle, ink by its box, or the middle square of a photo."""

Reader = Callable[["DataSet", SplitName, tuple[bytes, ...]], Split]


@dataclass(frozen=True)
class File:
    """One file under a data set's folder, its md5 sum as released, and about how large it is."""

    name: str
    md5: str
    size: int = 0


@dataclass(frozen=True)
class Release:
    """One form in which a data set comes: for each split the files that it is read from.

    A `caveat` tells how a copy differs from the official release.
    """

    files: Mapping[SplitName, tuple[File, ...]]
    read: Reader
    caveat: str = ""


@dataclass(frozen=True)
class DataSet:
    """A set of pictures with classes.

    `shape` is (channels, height, width), `fitting` how any picture is made one of its kind.
    The first of its `releases` is what is downloaded from one of `mirrors`, `download_bytes` in
    all; each lies in `folder`.
    """

    name: str
    title: str
    shape: Shape
    classes: tuple[str, ...]
    fitting: Fitting
    licence: str
    source: str
    folder: str
    mirrors: tuple[str, ...]
    download_bytes: int
    releases: tuple[Release, ...] = field(repr=False)


def _read_idx(data_set: DataSet, split: SplitName, files: tuple[bytes, ...]) -> Split:
    images, labels = files
    _, height, width = data_set.shape
    source = f"{data_set.name} {split}"
    return parse_split(images, labels, source, len(data_set.classes), (height, width))


def _read_npz(data_set: DataSet, split: SplitName, files: tuple[bytes, ...]) -> Split:
    return parse_npz(files[0], split, data_set.name, len(data_set.classes))


def _read_binary(data_set: DataSet, split: SplitName, files: tuple[bytes, ...]) -> Split:
    return parse_cifar_binary(files[0], split, data_set.name)


def _read_jpeg(data_set: DataSet, split: SplitName, files: tuple[bytes, ...]) -> Split:
    return parse_cifar_jpeg(files[0], split, data_set.name, data_set.classes)


def idx_releases(train: tuple[str, str], test: tuple[str, str]) -> tuple[Release, ...]:
    """Return a release of four gzip IDX files by the md5 sums of (images, labels)."""

    def pair(split: str, sums: tuple[str, str]) -> tuple[File, ...]:
        kinds = ("images-idx3", "labels-idx1")
        sizes = (32 * 2**20, 2**20)
        return tuple(
            File(f"{split}-{kind}-ubyte.gz", md5, size)
            for kind, md5, size in zip(kinds, sums, sizes, strict=True)
        )

    return (Release({"train": pair("train", train), "test": pair("t10k", test)}, _read_idx),)


def _one_file(file: File, splits: tuple[SplitName, ...], read: Reader, caveat: str = "") -> Release:
    return Release(dict.fromkeys(splits, (file,)), read, caveat)


DATA_SETS: dict[str, DataSet] = {
    each.name: each
    for each in (
        DataSet(
            name="MNIST",
            title="MNIST",
            shape=(1, 28, 28),
            classes=tuple("0123456789"),
            fitting="mass",
            licence="CC BY-SA 3.0, Yann LeCun and Corinna Cortes",
            source="http://yann.lecun.com/exdb/mnist/",
            folder="MNIST/raw",
            mirrors=(
                "https://ossci-datasets.s3.amazonaws.com/mnist/",
                "https://storage.googleapis.com/cvdf-datasets/mnist/",
            ),
            download_bytes=11_594_722,
            releases=idx_releases(
                ("f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432"),
                ("9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c"),
            ),
        ),
        DataSet(
            name="KMNIST",
            title="KMNIST",
            shape=(1, 28, 28),
            classes=("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
            fitting="box",
            licence="CC BY-SA 4.0, ROIS-DS Center for Open Data in the Humanities",
            source="http://codh.rois.ac.jp/kmnist/",
            folder="KMNIST/raw",
            mirrors=("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
            download_bytes=21_240_888,
            releases=idx_releases(
                ("bdb82020997e1d708af4cf47b453dcf7", "e144d726b3acfaa3e44228e80efcd344"),
                ("5c965bf0a639b31b8f53240b1b52f4d7", "7320c461ea6c1c855c0b718fb2a4b134"),
            ),
        ),
        DataSet(
            name="FashionMNIST",
            title="Fashion-MNIST",
            shape=(1, 28, 28),
            classes=(
                *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
                *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
            ),
            fitting="box",
            licence="MIT, Zalando SE",
            source="https://github.com/zalandoresearch/fashion-mnist",
            folder="FashionMNIST/raw",
            mirrors=("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
            download_bytes=30_878_645,
            releases=idx_releases(
                ("8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe"),
                ("bef4ecab320f06d8554ea6380940ec79", "bb300cfdad3c16e7a12a480ee83cd310"),
            ),
        ),
        DataSet(
            name="PneumoniaMNIST",
            title="Chest X-rays",
            shape=(1, 28, 28),
            classes=("normal", "pneumonia"),
            fitting="photo",
            licence="CC BY 4.0, MedMNIST v2 after Kermany et al.; not for clinical use",
            source="https://medmnist.com",
            folder="PneumoniaMNIST",
            mirrors=("https://zenodo.org/records/10519652/files/",),
            download_bytes=4_170_669,
            releases=(
                _one_file(
                    File("pneumoniamnist.npz", "28209eda62fecd6e6a2d98b1501bb15f", 5 * 2**20),
                    ("train", "val", "test"),
                    _read_npz,
                ),
                _one_file(
                    File("pneumoniamnist.npz", "238a40f8f78b9a61dfdd21e86aac35f9", 5 * 2**20),
                    ("train", "val", "test"),
                    _read_npz,
                    "put together from two copies; the training pictures may be in another order",
                ),
            ),
        ),
        DataSet(
            name="CIFAR10",
            title="CIFAR-10",
            shape=(3, 32, 32),
            classes=(
                *("airplane", "automobile", "bird", "cat", "deer"),
                *("dog", "frog", "horse", "ship", "truck"),
            ),
            fitting="photo",
            licence="none stated, used for research everywhere; Alex Krizhevsky",
            source="https://www.cs.toronto.edu/~kriz/cifar.html",
            folder="CIFAR10",
            mirrors=("https://www.cs.toronto.edu/~kriz/",),
            download_bytes=170_052_171,
            releases=(
                _one_file(
                    File("cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530", 171 * 10**6),
                    ("train", "test"),
                    _read_binary,
                ),
                _one_file(
                    File("cifar10-jpeg.zip", "776f52f9e1e133769fe6ac6e76b30631", 64 * 10**6),
                    ("train", "test"),
                    _read_jpeg,
                    "JPEG copies of quality 75",
                ),
            ),
        ),
    )
}
"""Every set that networks are trained and judged on, by name."""

PASSES = {"MNIST": 12, "KMNIST": 60, "FashionMNIST": 12, "PneumoniaMNIST": 60, "CIFAR10": 15}
"""So often a training of a few minutes goes through a set's pictures."""

PEN_DIGITS = DataSet(
    name="PenDigits",
    title="Pen digits",
    shape=(1, 28, 28),
    classes=DATA_SETS["MNIST"].classes,
    fitting="mass",
    licence="CC BY 4.0, E. Alpaydin and F. Alimoglu",
    source="https://archive.ics.uci.edu/dataset/81",
    folder="pendigits",
    mirrors=(
        "https://archive.ics.uci.edu/ml/machine-learning-databases/pendigits/",
        "http://archive.ics.uci.edu/ml/machine-learning-databases/pendigits/",
    ),
    download_bytes=952_897,
    releases=(),
)
"""Strokes of a pen, which `engine.data_sets.pen_digits` reads and draws."""

EVERY_SET = {**DATA_SETS, PEN_DIGITS.name: PEN_DIGITS}
CLASSES = {name: data_set.classes for name, data_set in DATA_SETS.items()}
