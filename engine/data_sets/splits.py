"""What is read of a data set: pictures and labels, and the folder that they lie under."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import platformdirs

SplitName = Literal["train", "val", "test"]

ROOT_VARIABLE = "CIPHERSKETCH_DATA"
MAX_PICTURES = 60_000
SIDES = range(8, 65)
"""A picture may be so high and so wide."""


@dataclass(frozen=True, eq=False)
class Split:
    """Pictures, uint8, and their class numbers (n,).

    Grey pictures are (n, height, width), 0 = background and 255 = full ink; photos are (n, 3,
    height, width), red, green and blue. `caveat` tells how they differ from the official release.
    """

    pictures: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.uint8]
    caveat: str = ""

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.labels)

    def part(self, start: int | None, stop: int | None) -> "Split":
        """Return the pictures from `start` up to `stop`, counted as in a slice."""
        return Split(self.pictures[start:stop], self.labels[start:stop])


def data_root(root: Path | None = None) -> Path:
    """Return `root`, else the folder the environment names, else the person's cache folder."""
    if root is not None:
        return root
    named = os.environ.get(ROOT_VARIABLE)
    return Path(named) if named else platformdirs.user_cache_path("ciphersketch") / "data"
