"""Architectures as text: TOML for files, one short line for tables and as a name.

`1x28x28 c4k7s3 d64 d10` is a picture of one channel, a convolution of 4 channels with 7x7 kernels
and stride 3, and dense layers of 64 and 10. After all but the last comes an activation of degree 2;
`^3` and `^4` at a layer are other degrees, `^1` is none. `p1` is padding, `a2` an average pool.
"""

import dataclasses
import re
import tomllib
from pathlib import Path
from typing import Any

from engine.errors import ModelError
from engine.networks.architecture import Architecture, ConvSpec, DenseSpec, Spec

MOST_BYTES = 1 << 16
LETTERS = {"kernel": "k", "stride": "s", "pool": "a", "padding": "p", "degree": "^"}
_NOTATION = re.compile(r"(\d{1,3})x(\d{1,3})x(\d{1,3})( \S+)+")
_LAYER = re.compile(r"([cd])(\d{1,5})((?:[ksap^]\d{1,4})*)")


def as_notation(architecture: Architecture) -> str:
    """Return an architecture as one short line."""
    size = "x".join(map(str, architecture.input_shape))
    return " ".join((size, *map(_noted, architecture.layers)))


def without_input(notation: str) -> str:
    """Return an architecture's line without the pictures that it reads."""
    return notation.split(" ", 1)[1]


def as_toml(architecture: Architecture) -> str:
    """Return an architecture as a file has it."""
    parts = [f"input = {list(architecture.input_shape)}\n"]
    for layer in architecture.layers:
        lines = [f"{name} = {value}" for name, value in dataclasses.asdict(layer).items()]
        parts.append("\n".join(("[[layers]]", *lines, "")))
    return "\n".join(parts)


def is_notation(text: str) -> bool:
    """Tell whether a text may be an architecture in one line; no name of a model is."""
    return _NOTATION.fullmatch(text) is not None


def from_notation(text: str) -> Architecture:
    """Read an architecture from one line; raise ModelError."""
    sizes, *words = text.split()
    layers = [_read_layer(word) for word in words]
    channels, height, width = map(int, sizes.split("x")) if is_notation(text) else (0, 0, 0)
    return Architecture((channels, height, width), tuple(layers)).checked()


def from_toml(text: str) -> Architecture:
    """Read an architecture from the text of a file; raise ModelError."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ModelError(f"The architecture is no TOML ({error}).") from error
    if set(data) - {"input", "layers"}:
        raise ModelError(f"An architecture has an input and layers, not {', '.join(data)}.")
    shape, tables = data.get("input", [1, 28, 28]), data.get("layers", [])
    if not isinstance(shape, list) or len(shape) != 3 or not all(map(_is_number, shape)):
        raise ModelError(f"The input is {shape!r}; write it like [1, 28, 28].")
    if not isinstance(tables, list):
        raise ModelError("Layers are written as tables, each under [[layers]].")
    layers = tuple(_from_table(table, number) for number, table in enumerate(tables, 1))
    return Architecture((shape[0], shape[1], shape[2]), layers).checked()


def read_architecture(path: Path) -> Architecture:
    """Read a file; raise ModelError if it is none."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ModelError(f"{path.name} is larger than {MOST_BYTES >> 10} kB.")
        return from_toml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path.name} cannot be read ({error}).") from error


def _noted(layer: Spec) -> str:
    first, *rest = dataclasses.fields(layer)
    text = f"{first.name[0] if first.name == 'channels' else 'd'}{getattr(layer, first.name)}"
    for field in rest:
        value = getattr(layer, field.name)
        if value != field.default:
            text += f"{LETTERS[field.name]}{value}"
    return text


def _read_layer(word: str) -> Spec:
    match = _LAYER.fullmatch(word)
    if match is None:
        raise ModelError(f"{word!r} is no layer; write c4k7s3 or d64.")
    kind, count, rest = match.groups()
    names = {letter: name for name, letter in LETTERS.items()}
    values = {names[letter]: int(value) for letter, value in re.findall(r"([ksap^])(\d+)", rest)}
    table = {"channels" if kind == "c" else "width": int(count), **values}
    return _from_table(table, 0)


def _from_table(table: Any, number: int) -> Spec:  # noqa: ANN401 - whatever a file has
    where = f"Layer {number}" if number else "A layer"
    if not isinstance(table, dict) or ("channels" in table) == ("width" in table):
        raise ModelError(f"{where} needs either channels, for a convolution, or a width, if dense.")
    kind = ConvSpec if "channels" in table else DenseSpec
    known = [field.name for field in dataclasses.fields(kind)]
    for name, value in table.items():
        if name not in known:
            raise ModelError(f"{where} has {name!r}; it can have {', '.join(known)}.")
        if not _is_number(value):
            raise ModelError(f"{where} has a {name} of {value!r}; it is a whole number.")
    if kind is ConvSpec and "kernel" not in table:
        raise ModelError(f"{where} is a convolution without a kernel; give one, like 5.")
    return kind(**table)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
