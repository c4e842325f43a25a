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
from engine.planning.recommended import recommended
from engine.resources import imported_names, model_names

ENDING = ".onnx"
MOST_SECONDS = 120
LONGEST_NAME = 40


class Networks(QObject):
    """Signals: `imported(Settings)`, the recommended ones; `began(str)` and `failed(str)`.

    `found(Settings)` are those searched for a network that is there.
    """

    imported = Signal(object)
    found = Signal(object)
    began = Signal(str)
    failed = Signal(str)

    def __init__(self, report: Callable[[Exception], None], parent: QObject) -> None:
        super().__init__(parent)
        self._background = Background(self)  # its own: nothing else waits for an import
        self._report = report
        self._process: subprocess.Popen[str] | None = None
        self._is_closed = False

    def open_file(self, path: Path) -> None:
        """Import a file under a name made of its own; then it can be chosen."""
        self.began.emit(f"Importing {path.name}: it is read, checked and planned\u2026")
        work = lambda: import_file(path, self._hold)  # noqa: E731 - a name for the line below
        self._background.run("import", work, self.imported.emit, self._fail)

    def close(self) -> None:
        """End an import that is still going on."""
        self._is_closed = True
        if self._process is not None:
            self._process.kill()
        self._background.close()

    def _hold(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        if self._is_closed:
            process.kill()

    def choose(self, model: str) -> None:
        """Choose a model that has just appeared, under what is recommended for it."""
        work = lambda: recommended(model)  # noqa: E731 - a name for the line below
        self._background.run("import", work, self.imported.emit, self._fail)

    def find(self, settings: Settings, most_error: float) -> None:
        """Find the fastest setting of a model and protocol with at most this error expected."""
        work = lambda: recommended(settings.model, settings.protocol, None, most_error)  # noqa: E731 - a name for the line below
        self._background.run("find", work, self.found.emit, self._fail)

    def _fail(self, error: Exception) -> None:
        if not is_expected(error):
            self._report(error)
        self.failed.emit(sentence_of(error))


def import_file(
    path: Path, hold: Callable[["subprocess.Popen[str]"], None] = lambda process: None
) -> Settings:
    """Import an ONNX file and return what is recommended for it; raise ModelError.

    `hold` is given the process that does it, so that it can be ended.
    """
    command = [sys.executable, "-m", "engine", "import", str(path), "--name", free_name(path.stem)]
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - the program itself, and no shell
        [*command, "--json"], stdout=pipe, stderr=pipe, text=True
    ) as process:
        hold(process)
        try:
            answer, errors = process.communicate(timeout=MOST_SECONDS)
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise ModelError(
                f"{path.name} was not planned within {MOST_SECONDS} seconds; a smaller network "
                "will be."
            ) from error
    if process.returncode:
        raise ModelError(_refusal(answer, errors) or f"{path.name} could not be imported.")
    return Settings(**json.loads(answer))


def _refusal(answer: str, errors: str) -> str:
    """Return why an import failed: what it said as JSON, else its last line."""
    if answer:
        return f"{json.loads(answer)['not_polynomial']}, or open it in Architecture to adapt it."
    said = errors.strip().splitlines()
    return said[-1].removeprefix("import: ") if said else ""


def free_name(stem: str) -> str:
    """Return a model's name made of a file's, with a number if there is one of that name."""
    plain = re.sub(r"[^a-z0-9_-]+", "-", stem.lower()).strip("-_") or "network"
    taken = {*model_names(), *imported_names()}
    names = (
        plain[:LONGEST_NAME],
        *(f"{plain[: LONGEST_NAME - 4]}-{each}" for each in range(2, 999)),
    )
    return next(name for name in names if name not in taken)
