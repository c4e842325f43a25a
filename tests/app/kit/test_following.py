"""A widget follows what happens while it is seen, and catches up once when it is shown."""

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.kit.following import Following


class Source(QObject):
    """Something that happens, with and without a value."""

    changed = Signal()
    counted = Signal(int)


class Watched:
    """A widget in a window that counts how often it was brought up to date."""

    def __init__(self, qtbot: QtBot, pause_ms: int = 0, *, is_behind: bool = True) -> None:
        self.window, self.widget, self.source = QWidget(), QWidget(), Source()
        qtbot.addWidget(self.window)
        self.widget.setParent(self.window)
        self.times = 0
        signals = self.source.changed, self.source.counted
        self.following = Following(
            self.widget, self._show, *signals, pause_ms=pause_ms, is_behind=is_behind
        )

    def _show(self) -> None:
        self.times += 1


def test_what_happens_while_it_is_seen_is_shown_at_once(qtbot: QtBot) -> None:
    watched = Watched(qtbot)
    watched.window.show()
    assert watched.times == 1
    watched.source.changed.emit()
    watched.source.counted.emit(3)
    assert watched.times == 3


def test_what_happened_while_it_was_hidden_is_caught_up_with_once(qtbot: QtBot) -> None:
    watched = Watched(qtbot)
    watched.window.show()
    watched.widget.hide()
    for _ in range(5):
        watched.source.changed.emit()
    assert watched.times == 1
    watched.widget.show()
    assert watched.times == 2
    watched.widget.hide()
    watched.widget.show()
    assert watched.times == 2


@pytest.mark.parametrize(("is_behind", "times"), [(True, 1), (False, 0)])
def test_the_first_time_it_is_shown_it_is_filled_unless_it_was_before(
    qtbot: QtBot, is_behind: bool, times: int
) -> None:
    watched = Watched(qtbot, is_behind=is_behind)
    watched.window.show()
    assert watched.times == times


def test_what_comes_in_a_short_time_is_shown_together(qtbot: QtBot) -> None:
    watched = Watched(qtbot, pause_ms=1)
    watched.window.show()
    for _ in range(5):
        watched.source.changed.emit()
    assert watched.times == 1
    qtbot.waitUntil(lambda: watched.times > 1)
    assert watched.times == 2
