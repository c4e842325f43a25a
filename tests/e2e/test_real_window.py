"""A person at a real display: a digit is drawn with the mouse and classified encrypted."""

import json
import os
import subprocess
import sys
from pathlib import Path

SEVEN = (
    (0.25, 0.22), (0.4, 0.21), (0.55, 0.21), (0.72, 0.22), (0.66, 0.36), (0.58, 0.52),
    (0.5, 0.68), (0.44, 0.84),
)  # fmt: skip


def mouse(display: str, *steps: object) -> None:
    subprocess.run(
        ["xdotool", *map(str, steps)], env=os.environ | {"DISPLAY": display}, check=True, timeout=30
    )


def draw(display: str, canvas: list[int]) -> None:
    left, top, width, height = canvas
    steps: list[object] = []
    for place, (x, y) in enumerate(SEVEN):
        steps += ["mousemove", round(left + x * width), round(top + y * height)]
        steps += ["mousedown", 1] if place == 0 else []
    mouse(display, *steps, "mouseup", 1)


def test_a_digit_drawn_with_the_mouse_is_classified_encrypted(
    display: str, surroundings: dict[str, str], tmp_path: Path
) -> None:
    command = [sys.executable, str(Path(__file__).with_name("watched_window.py")), str(tmp_path)]
    with subprocess.Popen(
        command, env=surroundings, stdout=subprocess.PIPE, text=True, cwd=tmp_path
    ) as window:
        assert window.stdout is not None
        ready = json.loads(window.stdout.readline())
        assert ready["platform"] == "xcb"
        draw(display, ready["canvas"])
        mouse(display, "mousemove", *ready["button"], "click", 1)
        answer = json.loads(window.stdout.readline())
        assert window.wait(30) == 0

    assert answer["answer"] == answer["clear"] == answer["shown"] == "7"
    assert (tmp_path / "window.png").stat().st_size > 10_000
