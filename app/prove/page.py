"""The frame of every proof: its name and buttons, what is to be seen, and what to make of it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.kit.basics import frame, label
from app.kit.pages import Pages
from app.kit.theme import Theme
from app.prove.texts import ProofText

NOTHING_YET = "Nothing to look at yet: draw a picture and classify it, and its proofs are here."


class ProofPage(QFrame):
    """Its content is hidden behind a sentence until there is something to see.

    Attributes: `content`, to be given a layout; `buttons`, the row beside the title.
    """

    def __init__(self, theme: Theme, text: ProofText, nothing: str = NOTHING_YET) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName(text.title)
        self.content = QWidget()
        self.buttons = QHBoxLayout()
        self._stack = Pages()
        empty = label(nothing, "body", "muted", wrap=True)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(empty)
        self._stack.addWidget(self.content)
        layout = QVBoxLayout(self)
        theme.space(layout, margin=4, gap=3)
        head = QHBoxLayout()
        theme.space(head, gap=2)
        theme.space(self.buttons, gap=2)
        title = label(text.title, "lane", "encrypted")
        theme.fix(title, None, 8)  # as high as the buttons, where there are any
        head.addWidget(title)
        head.addStretch(1)
        head.addLayout(self.buttons)
        layout.addLayout(head)
        self._above = QVBoxLayout()
        layout.addLayout(self._above)
        layout.addWidget(self._stack, 1)
        notes = QHBoxLayout()
        theme.space(notes, gap=3)
        notes.addWidget(_note(theme, "check", "encrypted", "What it shows", text.shows), 1)
        notes.addWidget(_note(theme, "warning", "muted", "What it does not", text.limit), 1)
        layout.addLayout(notes)

    def arrange_above(self, widget: QWidget) -> None:
        """Put a widget between the title and what is to be seen, or the sentence in its place."""
        self._above.addWidget(widget)

    def show_content(self, shown: bool) -> None:
        """Show the content, or the sentence in its place."""
        self._stack.setCurrentIndex(int(shown))


def captioned(
    theme: Theme, widget: QWidget, title: str, tone: str, below: QWidget | None = None
) -> QLayout:
    """Return a widget under its title, and over what is said of it."""
    column = QVBoxLayout()
    theme.space(column, gap=1.5)
    column.addWidget(label(title, "title", tone))
    column.addWidget(widget)
    if below is not None:
        column.addWidget(below)
    return column


def _note(theme: Theme, icon: str, tone: str, title: str, text: str) -> QFrame:
    note = frame("sunken", title)
    row = QHBoxLayout(note)
    theme.space(row, margin=3, gap=3)
    picture = QLabel()

    def set_icon() -> None:
        size = QSize(theme.px(5), theme.px(5))
        picture.setPixmap(theme.icon(icon, tone).pixmap(size, note.devicePixelRatioF()))

    theme.apply(picture, set_icon)
    row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    theme.space(words, gap=0.5)
    words.addWidget(label(title, "title"))
    sentence = label(text, "body", wrap=True)
    sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
    sentence.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    theme.fix(sentence, None, 13)
    words.addWidget(sentence)
    row.addLayout(words, 1)
    return note
