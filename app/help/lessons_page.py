"""The lessons over the window: their titles on the left, one of them with its results beside."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QTextBrowser, QWidget

from app.help.lesson_document import lay_out
from app.help.lessons import lessons, lessons_dir
from app.kit.basics import label
from app.kit.overlay import Overlay
from app.kit.theme import Theme

LIST_WIDTH = 66


class LessonsPage(Overlay):
    """Lies over `room` until Esc or its button. Attributes: `titles`, `text`."""

    def __init__(self, theme: Theme, room: QWidget) -> None:
        super().__init__(theme, room, "Lessons")
        self.titles = QListWidget()
        self.titles.setAccessibleName("The lessons")
        self.titles.setFrameShape(QFrame.Shape.NoFrame)
        self.titles.addItems([each.title for each in lessons()])
        self.titles.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme.fix(self.titles, LIST_WIDTH, None)
        theme.apply(self.titles, lambda: self.titles.setSpacing(theme.px(0.75)))
        self.text = QTextBrowser()
        self.text.setAccessibleName("What the lesson says")
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setOpenExternalLinks(True)
        place = label(f"To run them yourself: jupyter lab {lessons_dir()}", "caption", "muted")
        self.head.addWidget(place, 1)
        self.head.addWidget(self.done)
        row = QHBoxLayout()
        theme.space(row, gap=3)
        row.addWidget(self.titles)
        row.addWidget(self.text, 1)
        self.column.addLayout(row, 1)
        self.titles.currentRowChanged.connect(self._lay_out)
        self.titles.setCurrentRow(0)
        theme.changed.connect(self._lay_out)

    def open_page(self) -> None:
        """Show the page, in front, at the lesson that was open."""
        super().open_page()
        self.titles.setFocus()

    def _lay_out(self) -> None:
        lay_out(self.text.document(), lessons()[self.titles.currentRow()], self.theme)
        self.text.verticalScrollBar().setValue(0)
