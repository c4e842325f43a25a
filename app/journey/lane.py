"""One side of the journey: a tinted lane with its name and claim, and a column of equal rows."""

from collections.abc import Mapping
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.kit.basics import label
from app.kit.elided_label import ElidedLabel
from app.kit.theme import Theme
from app.kit.wording import place_text


class Lane(QFrame):
    """Cards are put into rows of equal height, so that both lanes line up."""

    def __init__(
        self, theme: Theme, tone: Literal["clear", "encrypted"], icon: str, title: str, claim: str
    ) -> None:
        super().__init__()
        self.setProperty("panel", tone)
        self._names = f"{title}: {claim}"
        self._place = ElidedLabel("caption")
        outer = QVBoxLayout(self)
        theme.space(outer, margin=3, gap=2.5)
        head = QHBoxLayout()
        theme.space(head, gap=2)
        picture = QLabel()

        def set_icon() -> None:
            side = theme.px(7)
            picture.setPixmap(theme.icon(icon, tone).pixmap(side, side))

        theme.apply(picture, set_icon)
        names = QVBoxLayout()
        theme.space(names, gap=0)
        names.addWidget(label(title, "lane", tone))
        names.addWidget(label(claim, "body"))
        names.addWidget(self._place)
        head.addWidget(picture)
        head.addLayout(names, 1)
        outer.addLayout(head)
        self._fillers: set[QWidget] = set()
        self._rows = QGridLayout()
        theme.space(self._rows, gap=2)
        outer.addLayout(self._rows, 1)

    def say_place(self, where: str) -> None:
        """Say where this side is: host and port, nothing for this computer."""
        self._place.show_text(place_text(where))
        self._place.setToolTip(where)
        self.setAccessibleName(f"{self._names}, {place_text(where)}")

    def arrange(self, widgets: Mapping[int, QWidget], rows: int) -> None:
        """Put widgets into their rows, of `rows` in all; what stood there before is taken out."""
        while (item := self._rows.takeAt(0)) is not None:
            before = item.widget()
            if before in self._fillers:
                before.deleteLater()
        for row in range(max(rows, self._rows.rowCount())):
            self._rows.setRowStretch(row, 1 if row < rows else 0)
        self._fillers = {QWidget() for _ in range(rows - len(widgets))}
        fillers = iter(self._fillers)  # a grid gives no gap to a row that has nothing of its own
        for row in range(rows):
            self._rows.addWidget(widgets[row] if row in widgets else next(fillers), row, 0)

    def cover(self, widget: QWidget, row: int, height: int) -> None:
        """Lay a widget over `height` empty rows."""
        self._rows.addWidget(widget, row, 0, height, 1)
        widget.raise_()


class SecretNote(QWidget):
    """Says, in the empty middle of the person's lane, what never leaves it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        theme.space(layout, gap=2)
        picture = self._picture = QLabel()
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)

        def set_icon() -> None:
            side = theme.px(9)
            picture.setPixmap(theme.icon("lock", "clear").pixmap(side, side))

        theme.apply(picture, set_icon)
        sentence = label("The secret key\nnever leaves this side", "body", "muted")
        sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addStretch()
        layout.addWidget(picture)
        layout.addWidget(sentence)
        layout.addStretch()

    def use_rows(self, rows: int) -> None:
        """Show the lock only where there is room for it."""
        self._picture.setVisible(rows > 1)
