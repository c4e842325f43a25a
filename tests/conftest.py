"""What every test needs: a Qt that draws into memory, and garbage that waits for the main thread.

Left to itself Python collects garbage in any thread. What a test of the window leaves behind must
not be destroyed in a thread of a later test, so it is collected between tests.
"""

import gc
import os
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before Qt is loaded
gc.disable()
QtBot.waitUntil.__kwdefaults__["timeout"] = 60_000  # a busy machine is slow, not wrong


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Collect after every test what it left; everything after those that had a window."""
    try:
        yield
    finally:
        fixtures = getattr(item, "fixturenames", ())
        gc.collect(2 if "qtbot" in fixtures else 1)
