"""What can be looked through: data sets, pen digits, and a folder of a person's own pictures."""

from dataclasses import dataclass
from pathlib import Path

from engine.data_sets.folders import load_folder
from engine.data_sets.loading import load_split
from engine.data_sets.pen_digits import Pose, drawn_samples, load_pens
from engine.data_sets.preparation import FIRST_DATASET
from engine.data_sets.registry import DATA_SETS, EVERY_SET, PEN_DIGITS
from engine.data_sets.splits import Split

EXACT = "Networks that read such pictures see it exactly as it is in the data set."
DRAWN = "Drawn from its strokes. No network has learnt from this writer."
PREPARED = "Prepared as a picture is that you open or drop."


@dataclass(frozen=True)
class Shelf:
    """Pictures with classes: their `name`, and the data set whose networks know such pictures.

    `folder` is set of a person's own pictures.
    """

    name: str
    network_set: str
    folder: Path | None = None

    @property
    def title(self) -> str:
        """Return the name as people write it."""
        return EVERY_SET[self.name].title if self.name in EVERY_SET else self.name

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the names of the classes, by number."""
        return DATA_SETS[self.network_set].classes

    @property
    def kind(self) -> str:
        """Return what its pictures are called."""
        return "pictures" if self.folder else "test pictures"

    @property
    def note(self) -> str:
        """Return in a sentence how its pictures come to be what a network sees."""
        if self.folder:
            return PREPARED
        known = EVERY_SET[self.name]
        shown = DRAWN if known is PEN_DIGITS else EXACT
        return f"{shown}\n\nFrom {known.source}. Licence: {known.licence}."

    @property
    def has_results(self) -> bool:
        """Tell whether sweeps and evaluations number these pictures."""
        return self.name in DATA_SETS


SHELVES = (
    *(Shelf(name, name) for name in DATA_SETS),
    Shelf(PEN_DIGITS.name, FIRST_DATASET),
)


def folder_shelf(folder: Path, network_set: str) -> Shelf:
    """Return a person's folder, prepared for the networks of a data set."""
    return Shelf(folder.name or str(folder), network_set, folder)


@dataclass(frozen=True, eq=False)
class Contents:
    """The pictures of a shelf, and in words what could not be read of them, if anything."""

    split: Split
    warning: str = ""


def read_shelf(shelf: Shelf) -> Contents:
    """Read what is on a shelf; raise DatasetError without the files."""
    if shelf.folder is not None:
        return _read_folder(shelf, shelf.folder)
    if shelf.name != PEN_DIGITS.name:
        split = load_split(shelf.name, "test")
        return Contents(split, f"Not the official files: {split.caveat}." if split.caveat else "")
    samples = drawn_samples(load_pens().held_out, Pose(), "mass", PEN_DIGITS.title)
    assert samples.labels is not None
    return Contents(Split(samples.pictures, samples.labels))


def _read_folder(shelf: Shelf, folder: Path) -> Contents:
    read = load_folder(folder, shelf.classes, shelf.network_set.lower())
    assert read.samples.labels is not None
    warning = ""
    if read.refused:
        first = read.refused[0]
        warning = f"Left out: {len(read.refused):,} files; {first.file}: {first.reason}"
    return Contents(Split(read.samples.pictures, read.samples.labels), warning)
