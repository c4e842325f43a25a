"""The pictures that a model is judged on, with their labels: those its card calls test pictures.

Where a data set has no training pictures, some of its test pictures trained the model; only the
others, the last of the file, may judge it.
"""

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.data_sets.loading import load_split
from engine.data_sets.registry import CLASSES
from engine.errors import ModelError
from engine.networks.layers import Network

Pictures = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Samples:
    """Pictures, uint8 (n, 28, 28), and their class numbers, uint8 (n,), None where unknown.

    `source` says for people which they are; `first` is the number of the first in its file.
    """

    source: str
    pictures: Pictures
    labels: npt.NDArray[np.uint8] | None
    first: int = 0

    def __len__(self) -> int:
        """Return the number of pictures."""
        return len(self.pictures)

    @functools.cached_property
    def sha256(self) -> str:
        """Return a digest of the pictures and labels in their order."""
        digest = hashlib.sha256(np.ascontiguousarray(self.pictures).tobytes())
        if self.labels is not None:
            digest.update(self.labels.tobytes())
        return digest.hexdigest()


def samples_for(network: Network, root: Path | None = None, limit: int | None = None) -> Samples:
    """Return the test pictures of `network`'s card, at most the first `limit` of them.

    Raises ModelError if the model does not fit its data set, DatasetError without the files.
    """
    card = network.card
    if CLASSES.get(card.dataset) != card.classes:
        raise ModelError(
            f"The model {network.name} was made for {card.dataset!r} with {len(card.classes)} "
            f"classes, none of the data sets {', '.join(CLASSES)}; choose a model made for one."
        )
    split = load_split(card.dataset, "test", root)
    first = len(split) - card.test_pictures
    if not 0 <= first < len(split):
        raise ModelError(
            f"The card of {network.name} names {card.test_pictures} test pictures, but "
            f"{card.dataset} has {len(split)}; evaluate a model trained on it."
        )
    count = card.test_pictures if limit is None else min(max(1, limit), card.test_pictures)
    source = f"{card.dataset}, {'all' if first == 0 else 'the last'} {card.test_pictures:,} "
    source += "test pictures" if first == 0 else f"of {len(split):,} test pictures"
    if first:
        source += " (the others trained the model)"
    if split.caveat:
        source += f" ({split.caveat})"
    if count < card.test_pictures:
        source += f", the first {count:,} of them"
    chosen = slice(first, first + count)
    return Samples(source, split.pictures[chosen], split.labels[chosen], first)
