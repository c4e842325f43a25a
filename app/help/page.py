"""The page of the help over the window: a field to search, and below it all that fits."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QTextBrowser, QVBoxLayout, QWidget

from app.help.content import as_html, sections
from app.kit.basics import label, push_button
from app.kit.theme import Theme

MARGIN = 12


class HelpPage(QFrame):
    """Lies over `room` until Esc or its button. Attributes: `search`, `text`, `done`."""

    def __init__(self, theme: Theme, window: QWidget, room: QWidget) -> None:
        super().__init__(room)
        self.setProperty("panel", "overlay")
        self.setAccessibleName("Help")
        self._theme = theme
        self._room = room
        self._sections = sections(window.actions())
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search terms, keys and views")
        self.search.setAccessibleName("Search the help")
        self.done = push_button("Close (Esc)", "small")
        self.text = QTextBrowser()
        self.text.setAccessibleName("What the help says")
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        column = QVBoxLayout(self)
        theme.space(column, margin=4, gap=3)
        head = QHBoxLayout()
        theme.space(head, gap=3)
        head.addWidget(label("Help", "title"))
        head.addWidget(self.search, 1)
        head.addWidget(self.done)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.hide)
        self.done.clicked.connect(self.hide)
        self.search.textChanged.connect(self._show)
        room.installEventFilter(self)
        theme.changed.connect(self._place)
        self.hide()
        self._show("")

    def open_page(self) -> None:
        """Show the page, in front, ready for a word to search."""
        self._place()
        self.show()
        self.raise_()
        self.search.setFocus()
        self.search.selectAll()

    def _place(self) -> None:
        gap = self._theme.px(MARGIN)
        self.setGeometry(self._room.rect().adjusted(gap, gap // 2, -gap, -gap // 2))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _show(self, wanted: str) -> None:
        self.text.setHtml(as_html(self._sections, wanted.lower().split()))
