"""A display of the tests' own, and the surroundings of a window on it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MISSING = [program for program in ("Xvfb", "xdotool") if shutil.which(program) is None]


@pytest.fixture
def display() -> Iterator[str]:
    """An X server of the test's own, 1280x720; a slow machine makes no key repeat itself (-r)."""
    if MISSING:
        pytest.skip(f"{' and '.join(MISSING)} not installed")
    read, write = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(write),
        "-screen",
        "0",
        "1280x720x24",
        "-nolisten",
        "tcp",
        "-r",
    ]
    with subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        yield f":{number}"
        server.terminate()


@pytest.fixture
def surroundings(display: str, tmp_path: Path) -> dict[str, str]:
    """The environment of a window on that display, with folders of its own."""
    return {
        **{key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"},
        **{
            f"XDG_{name}_HOME": str(tmp_path / name)
            for name in ("CONFIG", "CACHE", "DATA", "STATE")
        },
        "DISPLAY": display,
        "PYTHONPATH": str(ROOT),
    }
