"""The page of the help over the window: a field to search, and below it all that fits."""

from PySide6.QtWidgets import QFrame, QLineEdit, QTextBrowser, QWidget

from app.help.content import as_html, sections
from app.kit.overlay import Overlay
from app.kit.theme import Theme


class HelpPage(Overlay):
    """Lies over `room` until Esc or its button. Attributes: `search`, `text`."""

    def __init__(self, theme: Theme, window: QWidget, room: QWidget) -> None:
        super().__init__(theme, room, "Help")
        self._sections = sections(window.actions())
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search terms, keys and views")
        self.search.setAccessibleName("Search the help")
        self.text = QTextBrowser()
        self.text.setAccessibleName("What the help says")
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.head.addWidget(self.search, 1)
        self.head.addWidget(self.done)
        self.column.addWidget(self.text, 1)
        self.search.textChanged.connect(self._show)
        self._show("")

    def open_page(self) -> None:
        """Show the page, in front, ready for a word to search."""
        super().open_page()
        self.search.setFocus()
        self.search.selectAll()

    def _show(self, wanted: str) -> None:
        self.text.setHtml(as_html(self._sections, wanted.lower().split()))
