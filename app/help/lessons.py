"""The lessons as data: notebooks read from the program's own files, and a page for teachers.

A notebook (nbformat 4) is JSON; read is only what a page shows: text, code, and what it printed.
"""

import base64
import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.resources import assets_dir

TEACHERS_PAGE = "README.md"


@dataclass(frozen=True)
class Cell:
    """A cell: text in Markdown, or code with what it printed and the pictures (PNG) it made."""

    text: str
    is_code: bool = False
    printed: str = ""
    pictures: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Lesson:
    """A page with its title."""

    title: str
    cells: tuple[Cell, ...]


def lessons_dir() -> Path:
    """Return the folder of the notebooks."""
    return assets_dir() / "lessons"


@functools.cache
def lessons() -> tuple[Lesson, ...]:
    """Return the lessons in their order, and last the teacher's page."""
    folder = lessons_dir()
    notebooks = [_read(json.loads(_text(path))) for path in sorted(folder.glob("*.ipynb"))]
    return (*notebooks, _titled((Cell(_text(folder / TEACHERS_PAGE)),)))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _read(notebook: Mapping[str, Any]) -> Lesson:
    return _titled(tuple(_cell(each) for each in notebook["cells"]))


def _titled(cells: tuple[Cell, ...]) -> Lesson:
    return Lesson(cells[0].text.splitlines()[0].lstrip("# "), cells)


def _cell(cell: Mapping[str, Any]) -> Cell:
    outputs = cell.get("outputs", ())
    printed = "".join(_joined(each.get("text", "")) for each in outputs)
    found = [each["data"]["image/png"] for each in outputs if "image/png" in each.get("data", {})]
    pictures = tuple(base64.b64decode(_joined(each)) for each in found)
    is_code = cell["cell_type"] == "code"
    return Cell(_joined(cell["source"]), is_code, printed.rstrip(), pictures)


def _joined(text: str | Sequence[str]) -> str:
    """Return a text that a notebook may hold in one piece or in lines."""
    return text if isinstance(text, str) else "".join(text)
