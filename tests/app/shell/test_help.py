from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from studio import Studio

from app.kit.wording import TERMS


def test_the_help_has_every_term_and_every_key_and_finds_them(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.actions_.show_help.trigger()
    page = window.help
    assert page is not None
    qtbot.waitUntil(page.isVisible)
    text = page.text.toPlainText()
    for sentence in TERMS.values():
        assert sentence.partition(": ")[2] in text
    for action in window.actions():
        assert action.shortcut().toString() in text
    assert isinstance(page.search, QLineEdit)
    qtbot.keyClicks(page.search, "galois")
    found = page.text.toPlainText()
    assert "one key for each distance" in found
    assert "Bit scale" not in found
    page.search.setText("no such words")
    assert "Nothing here" in page.text.toPlainText()
    page.done.click()
    assert not page.isVisible()
