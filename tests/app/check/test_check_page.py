import pytest
from pytestqt.qtbot import QtBot
from studio import Studio

from app.measure.check import main


def test_the_check_in_the_window_lists_what_was_found_and_what_to_do(
    studio: Studio, qtbot: QtBot
) -> None:
    studio.window.actions_.check.trigger()
    page = studio.window.shows.check
    assert page is not None
    qtbot.waitUntil(lambda: not page.is_checking, timeout=30_000)
    shown = page.text.toPlainText()
    for finding in page.findings:
        assert finding.name in shown
        assert finding.found in shown
        assert finding.advice in shown
    assert page.again.isEnabled()
    page.done.click()
    assert not page.isVisible()


def test_closing_the_window_ends_a_check(studio: Studio) -> None:
    studio.window.actions_.check.trigger()
    page = studio.window.shows.check
    assert page is not None
    assert page.is_checking
    studio.window.close()


def test_the_command_refuses_what_is_no_address(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cloud", "somewhere"]) == 2
    assert "check: " in capsys.readouterr().err
