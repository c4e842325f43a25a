"""A folder of pictures as a data set: a subfolder for each class, as torchvision's ImageFolder.

Every file goes through the window's own preparation; one that does not is named with its reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.data_sets.preparation import read_picture
from engine.data_sets.samples import Samples
from engine.data_sets.splits import MAX_PICTURES
from engine.errors import DatasetError, ImageError
from engine.networks.layers import Shape


@dataclass(frozen=True)
class Refused:
    """A file that could not be read as a picture, named from the folder on, and why."""

    file: str
    reason: str


@dataclass(frozen=True, eq=False)
class PictureFolder:
    """The pictures that could be read, the files they are from, and those that could not."""

    samples: Samples
    files: tuple[str, ...]
    refused: tuple[Refused, ...]


def load_folder(
    folder: Path, classes: tuple[str, ...], model: str, shape: Shape | None = None
) -> PictureFolder:
    """Read the pictures under `folder` as the model `model` classifies them.

    `shape` is what it reads, else its data set's. Subfolders are named as `classes` are; of their
    names only letters and digits count. Raises DatasetError if there are none, one is called
    otherwise, or no picture can be read.
    """
    pictures, labels, files = [], [], []
    refused: list[Refused] = []
    for label, path in _labelled(folder, classes):
        name = path.relative_to(folder).as_posix()
        try:
            pictures.append(read_picture(path, model, shape))
        except ImageError as error:
            refused.append(Refused(name, str(error)))
        else:
            labels.append(label)
            files.append(name)
    if not pictures:
        reason = f"; the first was refused: {refused[0].reason}" if refused else ""
        raise DatasetError(f"The folder {folder} has no picture in its subfolders{reason}")
    source = f"{len(pictures):,} pictures in {folder.name}"
    samples = Samples(source, np.stack(pictures), np.array(labels, np.uint8))
    return PictureFolder(samples, tuple(files), tuple(refused))


def _labelled(folder: Path, classes: tuple[str, ...]) -> Iterator[tuple[int, Path]]:
    """Yield every file with its class number, in the order of classes and names."""
    labels = {_plain(name): number for number, name in enumerate(classes)}
    try:
        subfolders = sorted(path for path in folder.iterdir() if path.is_dir())
        for subfolder in subfolders:
            if _plain(subfolder.name) not in labels:
                raise DatasetError(
                    f"The folder {subfolder.name} names no class of this network; name it as one "
                    f"of {', '.join(classes)}."
                )
        found = [
            (labels[_plain(subfolder.name)], path)
            for subfolder in subfolders
            for path in sorted(subfolder.iterdir())
            if path.is_file() and not path.name.startswith(".")
        ]
    except OSError as error:
        raise DatasetError(
            f"The folder {folder} cannot be read ({error.strerror}); name one with a subfolder "
            "for each class."
        ) from error
    if not found:
        raise DatasetError(
            f"The folder {folder} has no subfolder with pictures; make one for each of "
            f"{', '.join(classes)}."
        )
    if len(found) > MAX_PICTURES:
        raise DatasetError(f"The folder {folder} has over {MAX_PICTURES:,} files; use fewer.")
    yield from found


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
