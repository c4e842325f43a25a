"""The lessons as somebody runs them: every cell, from start to end, in a kernel of their own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.resources import assets_dir

LESSONS = sorted((assets_dir() / "lessons").glob("*.ipynb"))
NUMBER = re.compile(r"[-+]?\d[\d,]*(\.\d*)?(e[-+]?\d+)?")
RUN = "import sys; from nbclient.cli import main; sys.argv[0] = 'execute'; main()"


def cells(notebook: Path) -> list[dict[str, Any]]:
    return [
        cell
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]


def printed(cell: dict[str, Any]) -> list[str]:
    """Return the words and signs that a cell printed, without its numbers and its spaces."""
    texts = ["".join(output.get("text", "")) for output in cell["outputs"]]
    return re.sub(r"[\s.\[\]]+", " ", NUMBER.sub(" ", "".join(texts))).split()


def test_there_are_six_lessons_with_questions_and_solutions() -> None:
    assert len(LESSONS) == 6
    for lesson in LESSONS:
        text = lesson.read_text(encoding="utf-8")
        asked = set(re.findall(r"\*\*Question (\d)\.\*\*", text))
        answered = set(re.findall(r"\*\*(\d)\.\*\*", text))
        assert asked == answered != set(), lesson.name


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_keeps_its_promises_and_prints_what_it_says(lesson: Path, tmp_path: Path) -> None:
    pytest.importorskip("nbclient", reason="needs the extra lessons")
    pytest.importorskip("matplotlib", reason="needs the extra lessons")
    result = tmp_path / lesson.name
    environment = {name: str(tmp_path) for name in ("TMPDIR", "XDG_CACHE_HOME", "IPYTHONDIR")}
    ran = subprocess.run(
        [sys.executable, "-c", RUN, f"--output={result}", "--timeout=110", lesson],
        cwd=lesson.parent,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    for saved, made in zip(cells(lesson), cells(result), strict=True):
        assert printed(saved) == printed(made)
