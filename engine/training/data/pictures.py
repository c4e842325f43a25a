"""The pictures of a training: what it learns from, is judged on, and what is kept aside."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.data_sets.loading import is_missing, load_split
from engine.data_sets.pen_digits import Pens
from engine.data_sets.registry import DATA_SETS
from engine.data_sets.splits import Split
from engine.training.data.pens import renderings

HELD_OUT = 5000
KMNIST_TRAINED = 8000


@dataclass(frozen=True)
class Pictures:
    """What to train on and what to judge on, and in words where both are from.

    What is `kept` of the training pictures, if any, tells how sure the network may be.
    """

    training: Split
    test: Split
    origin: str
    kept: Split | None = None


def load_pictures(dataset: str, root: Path | None) -> Pictures:
    """Return the official split of a data set.

    Where KMNIST's training pictures are missing: the first KMNIST_TRAINED official test pictures
    and the others. Such figures do not compare with published ones.
    """
    if dataset == "KMNIST" and is_missing(dataset, "train", root):
        training, test = _cut(load_split(dataset, "test", root), KMNIST_TRAINED)
        origin = (
            f"the first {len(training):,} of the official test pictures, since the training "
            f"pictures were missing; judged on the last {len(test):,}"
        )
        return Pictures(training, test, origin)
    training, test = load_split(dataset, "train", root), load_split(dataset, "test", root)
    caveat = f" ({training.caveat})" if training.caveat else ""
    origin = (
        f"the {len(training):,} official training pictures{caveat}; "
        f"judged on the {len(test):,} test pictures"
    )
    if "val" not in DATA_SETS[dataset].releases[0].files:
        return Pictures(training, test, origin)
    kept = load_split(dataset, "val", root)
    origin += f"; temperature from the {len(kept):,} validation pictures"
    return Pictures(training, test, origin, kept)


def held_out(split: Split) -> Pictures:
    """Return training pictures with the last HELD_OUT of them in place of test pictures."""
    training, test = _cut(split, len(split) - HELD_OUT)
    origin = f"the first {len(training):,} training pictures; judged on {len(test):,} held out"
    return Pictures(training, test, origin)


def kept_aside(pictures: Pictures, kept: int) -> Pictures:
    """Keep the last training pictures aside."""
    training, aside = _cut(pictures.training, len(pictures.training) - kept)
    origin = (
        f"the first {len(training):,} training pictures; judged on the {len(pictures.test):,} "
        f"test pictures; temperature from {len(aside):,} kept aside"
    )
    return Pictures(training, pictures.test, origin, aside)


def with_pens(pictures: Pictures, pens: Pens, each: int, seed: int) -> Pictures:
    """Add pen digits to learn from, and others to those that are kept aside."""
    origin = (
        f"{pictures.origin}; besides {each} renderings of each of {len(pens.known):,} pen digits, "
        f"and {len(pens.kept):,} kept aside"
    )
    training = _joined(pictures.training, renderings(pens.known, each, seed))
    drawn = renderings(pens.kept, 1, seed)
    kept = _joined(pictures.kept, drawn) if pictures.kept else drawn
    return Pictures(training, pictures.test, origin, kept)


def _joined(first: Split, second: Split) -> Split:
    return Split(
        np.concatenate((first.pictures, second.pictures)),
        np.concatenate((first.labels, second.labels)),
    )


def _cut(split: Split, first: int) -> tuple[Split, Split]:
    return split.part(None, first), split.part(first, None)
