"""On which test pictures the encrypted answer was once another than the clear one, and where.

Sweeps keep them in their rows, complete evaluations in their outcomes, others in their journals;
the runs of the window have their pictures, which are looked up among the test pictures.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from app.state.stored_run import StoredRun
from app.sweep.figures import setting_text
from app.sweep.store import PICTURE_SOURCE, default_folder, load_rows
from engine.ckks.parameters import Settings
from engine.data_sets.preparation import dataset_of
from engine.data_sets.splits import Split
from engine.errors import ResultsError
from engine.planning.forecast import network_named
from engine.studies.evaluation import evaluations_folder
from engine.studies.journal import read_lines
from engine.studies.outcomes import kept_outcomes, settings_in

Disagreements = dict[int, tuple[str, ...]]
Found = Iterator[tuple[int, Settings]]


def find_disagreements(dataset: str, split: Split, runs: Sequence[StoredRun]) -> Disagreements:
    """Return for each picture's number with which settings it was; ResultsError if damaged.

    `split` has the test pictures of `dataset`, `runs` what the window classified.
    """
    found: dict[int, list[str]] = {}
    for number, settings in (
        *_from_sweeps(dataset),
        *_from_evaluations(dataset, split),
        *_from_runs(dataset, split, runs),
    ):
        name = setting_text(settings)
        if name not in found.setdefault(number, []):
            found[number].append(name)
    return {number: tuple(names) for number, names in sorted(found.items())}


def _from_sweeps(dataset: str) -> Found:
    for row in load_rows(default_folder()):
        settings = row.point.settings
        about_set = row.source != PICTURE_SOURCE and dataset_of(settings.model) == dataset
        if row.summary is not None and about_set:
            for number in row.summary.disagreements:
                yield number, settings


def _from_evaluations(dataset: str, split: Split) -> Found:
    for outcome in kept_outcomes():
        if dataset_of(outcome.settings.model) == dataset:
            for number in outcome.disagreements:
                yield number, outcome.settings
    for path in sorted(evaluations_folder().glob("*.jsonl")):
        header, *parts = read_lines(path) or [{}]
        if header and dataset_of(str(header.get("model"))) == dataset:
            try:
                yield from _from_journal(header, parts, split)
            except (LookupError, TypeError, ValueError) as error:
                raise ResultsError(
                    f"The evaluation {path} is damaged ({error}); move it away."
                ) from error


def _from_journal(header: dict[str, Any], parts: list[dict[str, Any]], split: Split) -> Found:
    settings = settings_in(header)
    first = len(split) - network_named(settings.model).card.test_pictures
    for part in parts:
        answers = zip(part["indices"], part["encrypted"], part["clear"], strict=True)
        for index, encrypted, clear in answers:
            if encrypted != clear:
                yield first + index, settings


def _from_runs(dataset: str, split: Split, runs: Sequence[StoredRun]) -> Found:
    differing = [
        run for run in runs if not run.agrees and dataset_of(run.settings.model) == dataset
    ]
    if differing:
        numbers = {picture.tobytes(): number for number, picture in enumerate(split.pictures)}
        for run in differing:
            if run.picture in numbers:
                yield numbers[run.picture], run.settings
