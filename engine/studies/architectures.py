"""The study of architectures as a table: what each trained one is worth, and what it costs.

`engine.training.commands.study` makes the rows; the report and the window read them.
"""

import csv
import dataclasses
import io
import statistics
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.circuits.diagonals import LinearPlan
from engine.circuits.stages import LinearStage
from engine.ckks.parameters import Settings
from engine.data_sets.samples import samples_for
from engine.errors import ResultsError
from engine.files import write_results
from engine.networks.architecture import Architecture
from engine.networks.architecture_text import as_notation, without_input
from engine.planning.forecast import Forecast, circuit_for, forecast, network_named
from engine.planning.recommended import recommended
from engine.session.relay import Session

FILE_NAME = "study.csv"
PICTURES = 12


@dataclass(frozen=True)
class StudyRow:
    """One architecture on one data set, trained as `model`; times in ms, medians over `pictures`.

    `accuracy` is in percent of the `judged` test pictures, in the clear; `same` counts how many of
    the `pictures` were answered alike encrypted. Errors are relative to the largest score.
    """

    data_set: str
    notation: str
    model: str
    accuracy: float
    judged: int
    weights: int
    squares: int
    poly_modulus_degree: int
    scale_bits: int
    levels: int
    rotations: int
    masks: int
    ciphertext_bytes: int
    key_bytes: int
    cloud_ms: float
    predicted_ms: float
    error: float
    expected_error: float
    pictures: int
    same: int

    @property
    def described(self) -> str:
        """The architecture in one line without the pictures that it reads."""
        return without_input(self.notation)


_KINDS = typing.get_type_hints(StudyRow)


def measure(name: str, data_set: str, architecture: Architecture) -> StudyRow:
    """Run a trained model encrypted on the first test pictures, under its recommended setting."""
    settings = recommended(name)
    network = network_named(name)
    pictures = samples_for(network, limit=PICTURES + 1).pictures
    with Session() as session:
        session.calibrate()
        session.prepare(settings)
        answers = [session.classify(picture) for picture in pictures][1:]
    expected = forecast(settings)
    assert isinstance(expected, Forecast)  # it has just run
    return StudyRow(
        data_set=data_set,
        notation=as_notation(architecture),
        model=name,
        accuracy=network.card.clear_accuracy,
        judged=network.card.test_pictures,
        weights=architecture.weights,
        squares=architecture.squares,
        poly_modulus_degree=settings.poly_modulus_degree,
        scale_bits=settings.scale_bits,
        levels=expected.levels,
        rotations=sum(len(plan.rotations) for plan in _plans(settings)),
        masks=sum(len(list(plan.masks)) for plan in _plans(settings)),
        ciphertext_bytes=expected.ciphertext_bytes,
        key_bytes=expected.relin_key_bytes + expected.galois_key_bytes,
        cloud_ms=1000 * statistics.median(each.server_seconds for each in answers),
        predicted_ms=1000 * (expected.server_seconds or 0.0),
        error=float(np.median([each.relative_error for each in answers])),
        expected_error=expected.relative_error,
        pictures=len(answers),
        same=sum(each.prediction == each.clear_prediction for each in answers),
    )


def _plans(settings: Settings) -> list[LinearPlan]:
    stages = circuit_for(settings).stages
    return [stage.plan for stage in stages if isinstance(stage, LinearStage)]


def read_study(folder: Path) -> tuple[StudyRow, ...]:
    """Return the rows of the study in `folder`, none if there is none; raise ResultsError."""
    path = folder / FILE_NAME
    if not path.exists():
        return ()
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if reader.fieldnames is None or set(reader.fieldnames) != set(_KINDS):
                raise ValueError("other columns")
            return tuple(map(_parse, reader))
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:
        raise ResultsError(
            f"{path} is no table of a study ({error!r}); name another folder."
        ) from error


def write_study(rows: tuple[StudyRow, ...], folder: Path) -> None:
    """Write the table anew; raise ResultsError if it cannot be."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(_KINDS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(dataclasses.asdict(row) for row in rows)
    folder.mkdir(parents=True, exist_ok=True)
    write_results(folder / FILE_NAME, text.getvalue())


def _parse(row: dict[str, str]) -> StudyRow:
    values: dict[str, Any] = {
        name: row[name] if kind is str else kind(row[name]) for name, kind in _KINDS.items()
    }
    return StudyRow(**values)


def front(rows: Sequence[StudyRow], cost: Callable[[StudyRow], float]) -> tuple[StudyRow, ...]:
    """Return the rows for which no other is as accurate and cheaper, or as cheap and better."""
    return tuple(
        row
        for row in rows
        if not any(
            other.accuracy >= row.accuracy
            and cost(other) <= cost(row)
            and (other.accuracy, cost(other)) != (row.accuracy, cost(row))
            for other in rows
        )
    )
