"""Reading the official files of a data set: they are told by their sizes and digests first."""

import dataclasses
import hashlib
from pathlib import Path

from engine.data_sets.registry import DATA_SETS, DataSet, File, Release
from engine.data_sets.splits import ROOT_VARIABLE, Split, SplitName, data_root
from engine.errors import DatasetError, DatasetMissingError


def is_missing(name: str, split: SplitName, root: Path | None = None) -> bool:
    """Tell whether a file of a split is not there; whether they are whole `load_split` knows."""
    return not any(
        all(path.is_file() for path in _paths(DATA_SETS[name], release, split, root))
        for release in DATA_SETS[name].releases
    )


def load_split(name: str, split: SplitName, root: Path | None = None) -> Split:
    """Read one split of a data set.

    Raises DatasetError if a file is none that the registry knows, DatasetMissingError without it.
    """
    data_set = DATA_SETS.get(name)
    if data_set is None or split not in data_set.releases[0].files:
        known = ", ".join(
            f"{each.name} {part}" for each in DATA_SETS.values() for part in each.releases[0].files
        )
        raise DatasetError(f"There is no split {split!r} of data set {name!r}; there are: {known}.")
    faults: list[DatasetError] = []
    for release in data_set.releases:
        known_files = zip(_paths(data_set, release, split, root), release.files[split], strict=True)
        try:
            files = tuple(_known_bytes(path, file) for path, file in known_files)
        except DatasetError as error:
            faults.append(error)
        else:
            return dataclasses.replace(release.read(data_set, split, files), caveat=release.caveat)
    # A file that is there but no release that is known says more than one that is not there.
    raise next((each for each in faults if not isinstance(each, DatasetMissingError)), faults[0])


def _paths(
    data_set: DataSet, release: Release, split: SplitName, root: Path | None
) -> tuple[Path, ...]:
    folder = data_root(root) / data_set.folder
    return tuple(folder / file.name for file in release.files[split])


def _known_bytes(path: Path, file: File) -> bytes:
    try:
        if (size := path.stat().st_size) > file.size:
            raise DatasetError(
                f"The data file {path} has {size} bytes, more than the {file.size} that any "
                "official file has; put the official file there."
            )
        data = path.read_bytes()
    except OSError as error:
        kind = DatasetMissingError if isinstance(error, FileNotFoundError) else DatasetError
        raise kind(
            f"The data file {path} cannot be read ({error.strerror}); put the official file there, "
            f"or set {ROOT_VARIABLE} to the folder that has it."
        ) from error
    if (found := hashlib.md5(data, usedforsecurity=False).hexdigest()) != file.md5:
        raise DatasetError(
            f"The data file {path} has the md5 sum {found} in place of {file.md5}; "
            "it is damaged or another release: put the official file there."
        )
    return data
