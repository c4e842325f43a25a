"""Networks that a person brings: an ONNX file becomes a model in a process of its own.

Whatever the file holds, it is that process that stumbles, within its limits of time; the window
hears a sentence.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.link.background import Background
from app.link.crash import is_expected, sentence_of
from engine.ckks.parameters import Settings
from engine.errors import ModelError
from engine.resources import imported_names, model_names
from engine.session.recommended import recommended

ENDING = ".onnx"
MOST_SECONDS = 120
LONGEST_NAME = 40


class Networks(QObject):
    """Signals: `imported(Settings)`, the recommended ones; `began(str)` and `failed(str)`."""

    imported = Signal(object)
    began = Signal(str)
    failed = Signal(str)

    def __init__(self, background: Background, report: Callable[[Exception], None]) -> None:
        super().__init__(background)
        self._background = background
        self._report = report

    def open_file(self, path: Path) -> None:
        """Import a file under a name made of its own; then it can be chosen."""
        self.began.emit(f"Importing {path.name}: it is read, checked and planned\u2026")
        self._background.run("import", lambda: import_file(path), self.imported.emit, self._fail)

    def choose(self, model: str) -> None:
        """Choose a model that has just appeared, under what is recommended for it."""
        work = lambda: recommended(model)  # noqa: E731 - a name for the line below
        self._background.run("import", work, self.imported.emit, self._fail)

    def _fail(self, error: Exception) -> None:
        if not is_expected(error):
            self._report(error)
        self.failed.emit(sentence_of(error))


def import_file(path: Path) -> Settings:
    """Import an ONNX file and return what is recommended for it; raise ModelError."""
    command = [sys.executable, "-m", "engine", "import", str(path), "--name", free_name(path.stem)]
    try:
        done = subprocess.run(  # noqa: S603 - the program itself, and no shell
            [*command, "--json"], capture_output=True, text=True, timeout=MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(
            f"{path.name} was not planned within {MOST_SECONDS} seconds; a smaller network will be."
        ) from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        sentence = said[-1].removeprefix("import: ") if said else ""
        raise ModelError(sentence or f"{path.name} could not be imported.")
    return Settings(**json.loads(done.stdout))


def free_name(stem: str) -> str:
    """Return a model's name made of a file's, with a number if there is one of that name."""
    plain = re.sub(r"[^a-z0-9_-]+", "-", stem.lower()).strip("-_") or "network"
    taken = {*model_names(), *imported_names()}
    names = (
        plain[:LONGEST_NAME],
        *(f"{plain[: LONGEST_NAME - 4]}-{each}" for each in range(2, 999)),
    )
    return next(name for name in names if name not in taken)
