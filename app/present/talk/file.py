"""A prepared talk as one file, to be opened on another machine: settings, drawings, steps, notes.

Runs that were rehearsed go along, to stand in where that machine fails.

The file may come from anybody: it is JSON of a declared form, its size and numbers are checked, and
nothing of it is taken unless all of it can be.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from app.link.recording import RecordedRun
from app.present.plan import Plan
from app.present.story import Step
from app.present.talk.notes import MOST_BYTES
from engine.ckks.parameters import (
    OUTER_BITS_RANGE,
    POLY_MODULUS_DEGREES,
    SCALE_BITS_RANGE,
    ProtocolName,
    Settings,
)
from engine.errors import ResultsError
from engine.files import write_whole
from engine.pictures.strokes import Stroke
from engine.resources import imported_names, model_names

ENDING = ".talk"
MOST_FILE_BYTES = 64 << 20
"""A rehearsed run takes 0.4 MB with network 1, 1.1 MB with network 2."""
MOST_DRAWINGS = 100
STEPS = {step.name.lower(): step for step in Step}
_Share = Annotated[float, msgspec.Meta(ge=-1, le=2)]
_Width = Annotated[float, msgspec.Meta(gt=0, le=1)]
_Channel = Annotated[int, msgspec.Meta(ge=0, le=255)]


class _Stroke(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    points: Annotated[
        tuple[tuple[_Share, _Share], ...], msgspec.Meta(min_length=1, max_length=20_000)
    ]
    width: _Width
    colour: tuple[_Channel, _Channel, _Channel] | None = None


_Strokes = Annotated[tuple[_Stroke, ...], msgspec.Meta(min_length=1, max_length=1000)]


class _Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    strokes: _Strokes
    run: RecordedRun


class _Talk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ciphersketch_talk: Literal[1]
    model: Annotated[str, msgspec.Meta(max_length=100)]
    poly_modulus_degree: int
    scale_bits: int
    outer_bits: int | None
    protocol: ProtocolName
    steps: Annotated[tuple[str, ...], msgspec.Meta(max_length=len(Step))]
    drawings: Annotated[tuple[_Strokes, ...], msgspec.Meta(max_length=MOST_DRAWINGS)]
    notes: Annotated[str, msgspec.Meta(max_length=MOST_BYTES)]
    runs: Annotated[tuple[_Run, ...], msgspec.Meta(max_length=MOST_DRAWINGS)]


@dataclass(frozen=True)
class Rehearsed:
    """A run of the drawing of these strokes, under the settings of the talk."""

    strokes: tuple[Stroke, ...]
    run: RecordedRun


@dataclass(frozen=True)
class Talk:
    """What a speaker prepares; `notes` is Markdown as `app.present.talk.notes` reads it."""

    settings: Settings
    plan: Plan
    notes: str
    rehearsed: tuple[Rehearsed, ...] = ()


def save_talk(talk: Talk, path: Path) -> None:
    """Write a talk; raise OSError if it cannot be."""
    settings = talk.settings
    told = _Talk(
        1,
        settings.model,
        settings.poly_modulus_degree,
        settings.scale_bits,
        settings.outer_bits,
        settings.protocol,
        tuple(step.name.lower() for step in talk.plan.steps),
        tuple(_written(strokes) for strokes in talk.plan.drawings),
        talk.notes,
        tuple(_Run(_written(each.strokes), each.run) for each in talk.rehearsed),
    )
    write_whole(path, msgspec.json.format(msgspec.json.encode(told)).decode())


def _written(strokes: tuple[Stroke, ...]) -> tuple[_Stroke, ...]:
    return tuple(_Stroke(each.points, each.width, each.colour) for each in strokes)


def _read(strokes: tuple[_Stroke, ...]) -> tuple[Stroke, ...]:
    return tuple(Stroke(each.points, each.width, each.colour) for each in strokes)


def load_talk(path: Path) -> Talk:
    """Read a talk; raise ResultsError, which says what is wrong with it."""
    try:
        if path.stat().st_size > MOST_FILE_BYTES:
            raise ResultsError(f"{path.name} is larger than {MOST_FILE_BYTES >> 20} MB: no talk.")
        told = msgspec.json.decode(path.read_bytes(), type=_Talk)
    except OSError as error:
        raise ResultsError(f"{path.name} cannot be read ({error.strerror}).") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ResultsError(f"{path.name} is no talk of this program ({error}).") from error
    if told.model not in (*model_names(), *imported_names()):
        raise ResultsError(
            f"The talk {path.name} needs the network {told.model!r}, which is not on this "
            "computer: open its ONNX file first."
        )
    if (
        told.poly_modulus_degree not in POLY_MODULUS_DEGREES
        or told.scale_bits not in SCALE_BITS_RANGE
        or (told.outer_bits is not None and told.outer_bits not in OUTER_BITS_RANGE)
    ):
        raise ResultsError(f"The talk {path.name} has settings that this program does not know.")
    settings = Settings(
        told.model, told.poly_modulus_degree, told.scale_bits, told.outer_bits, told.protocol
    )
    runs = tuple(Rehearsed(_read(each.strokes), each.run) for each in told.runs)
    if not all(_is_whole(each.run, settings) for each in runs):
        raise ResultsError(f"The talk {path.name} has a recorded run that is none of its settings.")
    try:
        steps = tuple(STEPS[name] for name in told.steps)
        plan = Plan(steps, tuple(_read(strokes) for strokes in told.drawings))
    except (KeyError, ValueError) as error:
        raise ResultsError(f"The talk {path.name} cannot be told: {error}.") from error
    return Talk(settings, plan, told.notes, runs)


def _is_whole(run: RecordedRun, settings: Settings) -> bool:
    """Tell whether a run can be shown: of these settings, with a score for each of its classes."""
    result = run.result
    counts = {len(result.classes), len(result.encrypted), len(result.clear)}
    answers = result.prediction, result.clear_prediction
    scores = (*result.encrypted, *result.clear, result.relative_error, result.temperature)
    return (
        run.keys.settings == result.settings == settings
        and counts == {len(result.classes)}
        and all(0 <= answer < len(result.classes) for answer in answers)
        and all(math.isfinite(score) for score in scores)
        and result.temperature > 0
    )
