"""What the pages over the window have in common: a title, a way out, and their place."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.kit.basics import label, push_button
from app.kit.theme import Theme

MARGIN = 12


class Overlay(QFrame):
    """Lies over `room` until Esc, its button, or another page over the same room.

    Attributes: `head`, the row of the title, to which a page adds its own; `column`, below which
    it puts what it shows; `done`, the button.
    """

    def __init__(self, theme: Theme, room: QWidget, title: str) -> None:
        super().__init__(room)
        self.setProperty("panel", "overlay")
        self.setAccessibleName(title)
        self.theme = theme
        self._room = room
        self.done = push_button("Close (Esc)", "small")
        self.column = QVBoxLayout(self)
        theme.space(self.column, margin=4, gap=3)
        self.head = QHBoxLayout()
        theme.space(self.head, gap=3)
        self.head.addWidget(label(title, "title"))
        self.column.addLayout(self.head)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.hide)
        self.done.clicked.connect(self.hide)
        room.installEventFilter(self)
        theme.changed.connect(self._place)
        self.hide()

    def open_page(self) -> None:
        """Show the page in place of others."""
        hide_pages(self._room)
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        gap = self.theme.px(MARGIN)
        self.setGeometry(self._room.rect().adjusted(gap, gap // 2, -gap, -gap // 2))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)


def hide_pages(room: QWidget) -> None:
    """Hide whatever page lies over `room`."""
    for page in room.findChildren(Overlay):
        page.hide()
