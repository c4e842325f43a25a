"""What the tests of the window share: windows, folders of their own, a watch for what is left."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from studio import Studio, child_processes


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the person's own settings, logs and caches out of the tests."""
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))


@pytest.fixture(autouse=True)
def no_leftovers() -> Iterator[None]:
    """Fail a test that leaves a thread or a child process behind."""
    before = set(threading.enumerate())
    yield
    left = [each for each in threading.enumerate() if each not in before and not each.daemon]
    assert not left
    assert child_processes() == []


@pytest.fixture
def idle(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Studio]:
    """A window that has not been started."""
    studio = Studio(qtbot, qapp, tmp_path)
    yield studio
    studio.window.close()


@pytest.fixture
def studio(idle: Studio) -> Studio:
    """A window that is shown, with keys ready."""
    return idle.start()
