"""A person measures a few settings, cancels, starts again, closes the window, and goes on later."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Facts = dict[str, Any]


def click(surroundings: dict[str, str], place: list[int]) -> None:
    subprocess.run(
        ["xdotool", "mousemove", *map(str, place), "click", "1"],
        env=surroundings,
        check=True,
        timeout=30,
    )


@contextmanager
def window(surroundings: dict[str, str], folder: Path, act: str) -> Iterator[Callable[[], Facts]]:
    script = str(Path(__file__).with_name("sweep_window.py"))
    with subprocess.Popen(
        [sys.executable, script, str(folder), act],
        env=surroundings,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
    ) as process:
        assert process.stdout is not None
        lines = process.stdout
        yield lambda: json.loads(lines.readline())
        assert process.wait(30) == 0


def test_a_sweep_is_cancelled_and_after_a_restart_resumed(
    surroundings: dict[str, str], tmp_path: Path
) -> None:
    with window(surroundings, tmp_path, "first") as facts:
        shown = facts()
        assert shown["platform"] == "xcb"
        click(surroundings, shown["start"])
        assert facts() == {"rows": 1, "remaining": True}
        click(surroundings, shown["cancel"])
        cancelled = facts()
        assert cancelled["said"] == "Start"
        assert cancelled["rows"] < 3
        click(surroundings, shown["start"])
        closed = facts()
    assert closed == {"rows": 2, "phase": "running", "processes": 0}

    with window(surroundings, tmp_path, "second") as facts:
        shown = facts()
        assert (shown["said"], shown["rows"]) == ("Resume", 2)
        click(surroundings, shown["start"])
        ended = facts()
    assert ended == {"rows": 3, "phase": "idle", "processes": 0}
