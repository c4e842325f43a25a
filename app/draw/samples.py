"""The strokes that the sample pictures were drawn with, to be drawn again by a pen or a mouse."""

import json
from pathlib import Path
from typing import Any

from app.state.drawing import Drawing
from engine.pictures.strokes import Point, Stroke
from engine.resources import assets_dir


def photo_samples(dataset: str) -> list[Path]:
    """Return the picture files to begin with for a data set's networks; none if those are drawn."""
    return sorted((assets_dir() / "samples" / dataset.lower()).glob("*.png"))


def sample_names() -> list[str]:
    """Return the samples' file names, 0 to 9 with one pen, then with the next."""
    return sorted(_samples(), key=lambda name: (name[1:], name[0]))


def sample_strokes(name: str) -> list[list[Point]]:
    """Return the strokes that a sample picture was drawn with, positions from 0 to 1."""
    return [[(x, y) for x, y in stroke] for stroke in _samples()[name]["strokes"]]


def sample_drawing(name: str) -> Drawing:
    """Return a sample as it was drawn, with its own pen."""
    width = _samples()[name]["brush_width"]
    return Drawing(tuple(Stroke(tuple(points), width) for points in sample_strokes(name)))


def _samples() -> dict[str, dict[str, Any]]:
    text = (assets_dir() / "samples" / "strokes.json").read_text(encoding="utf-8")
    samples: dict[str, dict[str, Any]] = json.loads(text)
    return samples
