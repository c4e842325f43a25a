"""A prepared talk as one file: settings, drawing and notes, to be opened on another machine.

The file may come from anybody: it is JSON of a declared form, its size and numbers are checked, and
nothing of it is taken unless all of it can be.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from app.present.notes import MOST_BYTES
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
MOST_FILE_BYTES = 4 << 20
_Share = Annotated[float, msgspec.Meta(ge=-1, le=2)]
_Width = Annotated[float, msgspec.Meta(gt=0, le=1)]
_Channel = Annotated[int, msgspec.Meta(ge=0, le=255)]


class _Stroke(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    points: Annotated[
        tuple[tuple[_Share, _Share], ...], msgspec.Meta(min_length=1, max_length=20_000)
    ]
    width: _Width
    colour: tuple[_Channel, _Channel, _Channel] | None = None


class _Talk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ciphersketch_talk: Literal[1]
    model: Annotated[str, msgspec.Meta(max_length=100)]
    poly_modulus_degree: int
    scale_bits: int
    outer_bits: int | None
    protocol: ProtocolName
    strokes: Annotated[tuple[_Stroke, ...], msgspec.Meta(max_length=1000)]
    notes: Annotated[str, msgspec.Meta(max_length=MOST_BYTES)]


@dataclass(frozen=True)
class Talk:
    """What a speaker prepares; `notes` is Markdown as `app.present.notes` reads it."""

    settings: Settings
    strokes: tuple[Stroke, ...]
    notes: str


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
        tuple(_Stroke(each.points, each.width, each.colour) for each in talk.strokes),
        talk.notes,
    )
    write_whole(path, msgspec.json.format(msgspec.json.encode(told)).decode())


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
    strokes = tuple(Stroke(each.points, each.width, each.colour) for each in told.strokes)
    return Talk(settings, strokes, told.notes)
