"""A presenter at a real display: draws, steps through the story both ways, and leaves."""

import json
import subprocess
import sys
from pathlib import Path
from typing import IO

from test_real_window import draw, mouse

from app.present.story import CHAPTERS, Step


def read(output: IO[str]) -> dict[str, object]:
    facts: dict[str, object] = json.loads(output.readline())
    return facts


def present(
    display: str, window: subprocess.Popen[str]
) -> tuple[dict[Step, dict[str, object]], list[object]]:
    """Step to the end and back to the sending; return what was shown."""
    output = window.stdout
    assert output is not None
    assert read(output) == {"ready": True}
    mouse(display, "key", "F11")
    first = read(output)
    assert first["step"] == Step.DRAW
    assert first["size"] == [1280, 720]
    draw(display, first["canvas"])  # type: ignore[arg-type]
    shown, back = {}, []
    for step in list(Step)[1:]:
        mouse(display, "key", "space")
        shown[step] = read(output)
    for _ in range(3):
        mouse(display, "key", "shift+space")
        back.append(read(output)["step"])
    mouse(display, "key", "Escape")
    assert read(output) == {"left": True, "runs": 1}
    assert window.wait(30) == 0
    return shown, back


def test_a_presentation_is_stepped_through(
    display: str, surroundings: dict[str, str], tmp_path: Path
) -> None:
    command = [sys.executable, str(Path(__file__).with_name("presented_window.py")), str(tmp_path)]
    with subprocess.Popen(
        command, env=surroundings, stdout=subprocess.PIPE, text=True, cwd=tmp_path
    ) as window:
        try:
            shown, back = present(display, window)
        finally:
            window.kill()

    assert [facts["step"] for facts in shown.values()] == list(Step)[1:]
    assert back == [Step.RETURN, Step.COMPUTE, Step.SEND]
    for step, facts in shown.items():
        assert facts["sentence"] == CHAPTERS[step].sentence
    assert "7" in shown[Step.DECRYPT]["texts"]  # type: ignore[operator]
    assert any("as large" in text for text in shown[Step.ENCRYPT]["texts"])  # type: ignore[attr-defined]
