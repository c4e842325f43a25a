"""On which test pictures the encrypted answer was once another than the clear one, and where.

Sweeps keep them in their rows, evaluations that are not complete yet in their journals.
"""

from collections.abc import Iterator
from typing import Any

import platformdirs

from app.sweep_store import PICTURE_SOURCE, default_folder, load_rows
from app.wording import model_text
from engine.datasets import load_split
from engine.errors import ResultsError
from engine.forecast import network_named
from engine.journal import read_lines
from engine.parameters import Settings
from engine.preparation import dataset_of

Disagreements = dict[int, tuple[str, ...]]


def find_disagreements(dataset: str) -> Disagreements:
    """Return for each picture's number with which settings it was; ResultsError if damaged."""
    found: dict[int, list[str]] = {}
    for number, settings in (*_from_sweeps(dataset), *_from_evaluations(dataset)):
        name = (
            f"{model_text(settings.model)}, N = {settings.poly_modulus_degree}, "
            f"bit scale {settings.scale_bits}"
        )
        if name not in found.setdefault(number, []):
            found[number].append(name)
    return {number: tuple(names) for number, names in sorted(found.items())}


def _from_sweeps(dataset: str) -> Iterator[tuple[int, Settings]]:
    for row in load_rows(default_folder()):
        settings = row.point.settings
        about_set = row.source != PICTURE_SOURCE and dataset_of(settings.model) == dataset
        if row.summary is not None and about_set:
            for number in row.summary.disagreements:
                yield number, settings


def _from_evaluations(dataset: str) -> Iterator[tuple[int, Settings]]:
    folder = platformdirs.user_cache_path("ciphersketch") / "evaluations"
    for path in sorted(folder.glob("*.jsonl")):
        header, *parts = read_lines(path) or [{}]
        if header and dataset_of(str(header.get("model"))) == dataset:
            try:
                yield from _from_journal(header, parts)
            except (LookupError, TypeError, ValueError) as error:
                raise ResultsError(
                    f"The evaluation {path} is damaged ({error}); move it away."
                ) from error


def _from_journal(
    header: dict[str, Any], parts: list[dict[str, Any]]
) -> Iterator[tuple[int, Settings]]:
    model = str(header["model"])
    settings = Settings(model, header["poly_modulus_degree"], header["scale_bits"])
    card = network_named(model).card
    first = len(load_split(card.dataset, "t10k")) - card.test_pictures
    for part in parts:
        answers = zip(part["indices"], part["encrypted"], part["clear"], strict=True)
        for index, encrypted, clear in answers:
            if encrypted != clear:
                yield first + index, settings
