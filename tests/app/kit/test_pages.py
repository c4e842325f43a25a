"""Pages that lie on each other: only the one at the front counts."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QLabel, QLayout, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.kit.pages import Pages


class Asked(QWidget):
    """A page that counts how often it was asked for its size."""

    def __init__(self, size: QSize) -> None:
        super().__init__()
        self.size_wanted = size
        self.times = 0

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's
        self.times += 1
        return self.size_wanted

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's
        self.times += 1
        return self.size_wanted

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's
        self.times += 1
        return False


def _shown(qtbot: QtBot, *pages: QWidget) -> tuple[QWidget, Pages]:
    window, stack = QWidget(), Pages()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
    layout.addWidget(stack)
    for page in pages:
        stack.addWidget(page)
    window.show()
    QApplication.processEvents()
    return window, stack


def test_a_page_behind_is_not_asked_for_its_size_when_the_one_at_the_front_changes(
    qtbot: QtBot,
) -> None:
    front, words = QWidget(), QLabel("one")
    QVBoxLayout(front).addWidget(words)
    behind = Asked(QSize(10, 10))
    window, stack = _shown(qtbot, front, behind)
    before, narrow = behind.times, stack.minimumSizeHint().width()
    words.setText("a text that wants more room than the one before")
    QApplication.processEvents()
    stack.updateGeometry()
    window.sizeHint()
    window.minimumSizeHint()
    assert stack.minimumSizeHint().width() > narrow
    assert behind.times == before


def test_pages_want_as_much_room_as_the_one_at_the_front(qtbot: QtBot) -> None:
    _, stack = _shown(qtbot, Asked(QSize(300, 200)), Asked(QSize(500, 100)))
    assert stack.sizeHint() == stack.minimumSizeHint() == QSize(300, 200)
    stack.setCurrentIndex(1)
    assert stack.sizeHint() == stack.minimumSizeHint() == QSize(500, 100)
