"""The samples of each data set: strokes to be drawn again by a pen or a mouse, or picture files."""

import functools
import json
from pathlib import Path
from typing import Any

from app.state.drawing import Drawing
from engine.data_sets.preparation import FIRST_DATASET
from engine.pictures.strokes import Point, Stroke
from engine.resources import assets_dir


def photo_samples(dataset: str) -> list[Path]:
    """Return the picture files to begin with for a data set's networks; none if those are drawn."""
    return sorted((assets_dir() / "samples" / dataset.lower()).glob("*.png"))


def sample_names(dataset: str = FIRST_DATASET) -> list[str]:
    """Return the names of a data set's drawn samples, in the order in which they are shown.

    Digits come 0 to 9 with one pen, then with the next; the others in the order of their classes.
    """
    names = list(_samples(dataset))
    return sorted(names, key=lambda name: (name[1:], name[0])) if _are_digits(dataset) else names


def sample_strokes(name: str, dataset: str = FIRST_DATASET) -> list[list[Point]]:
    """Return the strokes that a sample picture was drawn with, positions from 0 to 1."""
    return [[(x, y) for x, y in stroke] for stroke in _samples(dataset)[name]["strokes"]]


def sample_drawing(name: str, dataset: str = FIRST_DATASET) -> Drawing:
    """Return a sample as it was drawn, with its own pen."""
    width = _samples(dataset)[name]["brush_width"]
    return Drawing(tuple(Stroke(tuple(points), width) for points in sample_strokes(name, dataset)))


def _are_digits(dataset: str) -> bool:
    return dataset == FIRST_DATASET


@functools.cache
def _samples(dataset: str) -> dict[str, dict[str, Any]]:
    folder = assets_dir() / "samples"
    folder = folder if _are_digits(dataset) else folder / dataset.lower()
    try:
        text = (folder / "strokes.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    samples: dict[str, dict[str, Any]] = json.loads(text)
    return samples
