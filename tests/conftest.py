"""What every test needs: a Qt that draws into memory, and garbage that waits for the main thread.

Left to itself Python collects garbage in any thread. What a test of the window leaves behind must
not be destroyed in a thread of a later test, so it is collected between tests.
"""

import gc
import itertools
import os
from collections.abc import Iterator

import hypothesis
import pytest
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before Qt is loaded
gc.disable()
WINDOWS, WINDOWS_BETWEEN_COLLECTIONS = itertools.count(), 4  # a full collection takes 60 ms
# A busy machine is slow, not wrong.
QtBot.waitUntil.__kwdefaults__["timeout"] = 60_000
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Collect after every test what it left; everything after some that had a window."""
    try:
        yield
    finally:
        has_window = "qtbot" in getattr(item, "fixturenames", ())
        is_due = has_window and next(WINDOWS) % WINDOWS_BETWEEN_COLLECTIONS == 0
        gc.collect(2 if is_due else 1)
