import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot
from studio import Studio

from app.link.crash import UNEXPECTED, CrashReporter
from engine.errors import InternalError


@pytest.fixture
def reporter(tmp_path: Path) -> Iterator[CrashReporter]:
    reporter = CrashReporter(tmp_path / "deep" / "log.txt")
    reporter.install()
    yield reporter
    reporter.uninstall()


def raise_through_hook(text: str = "a surprise") -> None:
    try:
        raise RuntimeError(text)
    except RuntimeError:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]


def test_an_exception_is_shown_once_and_logged_each_time(
    reporter: CrashReporter, tmp_path: Path
) -> None:
    seen: list[str] = []
    reporter.crashed.connect(lambda sentence, _details: seen.append(sentence))
    raise_through_hook()
    raise_through_hook()

    assert len(seen) == 1
    assert "RuntimeError" in seen[0]
    assert (tmp_path / "deep" / "log.txt").read_text().count("a surprise") == 2


def test_an_exception_of_a_thread_is_shown_too(reporter: CrashReporter, qtbot: QtBot) -> None:
    def fail() -> None:
        raise KeyError("from a thread")

    with qtbot.waitSignal(reporter.crashed):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()


def test_a_log_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    reporter = CrashReporter(tmp_path / "file" / "log.txt")
    reporter.install()
    reporter.uninstall()


def test_nothing_is_written_to_other_logs(
    reporter: CrashReporter, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        raise_through_hook()
    assert caplog.records == []


def test_a_slot_that_raises_leaves_the_window_working(studio: Studio) -> None:
    reporter = studio.window.program.reporter
    try:
        with studio.qtbot.captureExceptions():  # pytest-qt has the hook otherwise
            reporter.install()
            QTimer.singleShot(0, studio.window, raise_in_slot)
            studio.qtbot.waitUntil(studio.window.notices.show_details.isVisible)
    finally:
        reporter.uninstall()
    studio.draw()
    studio.classify()
    studio.window.notices.copy.click()

    assert "ValueError: in a slot" in QGuiApplication.clipboard().text()
    studio.window.notices.show_details.click()
    assert studio.window.notices.details.isVisible()
    studio.window.notices.close_notice.click()
    assert not studio.window.notices.details.isVisible()
    assert studio.window.notices.sentence.text() == ""


def raise_in_slot() -> None:
    raise ValueError("in a slot")


def test_a_fault_inside_an_engine_process_is_shown_with_its_details(
    studio: Studio,
) -> None:
    told: list[str] = []
    studio.window.program.reporter.crashed.connect(lambda _sentence, details: told.append(details))
    studio.draw()
    studio.session.failure = InternalError("Something went wrong.", "File server.py line 3")
    studio.window.actions_.classify.trigger()
    studio.qtbot.waitUntil(lambda: bool(told))

    assert "File server.py line 3" in told[0]
    assert studio.state.run.message.text == UNEXPECTED
