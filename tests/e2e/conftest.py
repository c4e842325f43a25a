"""Displays of the tests' own, and the surroundings of a window on them."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MISSING = [program for program in ("Xvfb", "xdotool") if shutil.which(program) is None]


@contextmanager
def x_server(size: str) -> Iterator[str]:
    """Run an X server for every user here (-ac); no key repeats itself on a slow machine (-r)."""
    if MISSING:
        pytest.skip(f"{' and '.join(MISSING)} not installed")
    read, write = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(write),
        "-screen",
        "0",
        f"{size}x24",
        "-nolisten",
        "tcp",
        "-ac",
        "-r",
    ]
    with subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        yield f":{number}"
        server.terminate()


@pytest.fixture
def display() -> Iterator[str]:
    """An X server of the test's own, 1280x720."""
    with x_server("1280x720") as name:
        yield name


@pytest.fixture
def wide_display() -> Iterator[str]:
    """An X server with room for two monitors of 1280x720 beside each other."""
    with x_server("2560x720") as name:
        yield name


@pytest.fixture
def surroundings_of(tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """The environment of a window on a display, with folders of its own."""
    return lambda display: {
        **{key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"},
        **{
            f"XDG_{name}_HOME": str(tmp_path / name)
            for name in ("CONFIG", "CACHE", "DATA", "STATE")
        },
        "DISPLAY": display,
        "PYTHONPATH": str(ROOT),
    }


@pytest.fixture
def surroundings(display: str, surroundings_of: Callable[[str], dict[str, str]]) -> dict[str, str]:
    """The environment of a window on the display of one monitor."""
    return surroundings_of(display)
