"""The steps in large type, for an audience: slots, what the step is called, the time line."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.inside.revealing import Revealing
from app.inside.slots.card import SlotsCard
from app.inside.time_line import TimeLine, stage_title
from app.inside.viewing import Viewing
from app.kit.basics import label, push_button
from app.kit.following import Following
from app.kit.theme import Theme
from engine.inside.words import tell

SENTENCE_HEIGHT = 9
NAME = "presentation"
"""Who wants traces while these steps are seen."""


class BigSteps(QWidget):
    """Shows `viewing`. Attributes: `slots`, `title`, `sentence`, `close_button`.

    The keys stay with the window that it is in.
    """

    def __init__(self, viewing: Viewing, revealing: Revealing, theme: Theme) -> None:
        super().__init__()
        self._viewing = viewing
        self.slots = SlotsCard(viewing, revealing, theme)
        self.title = label("", "lane")
        self.close_button = push_button("Close (I)", "small")
        self.sentence = label(viewing.reason, "title", wrap=True)
        self._where = label("", "body", "muted")
        self._formula = label("", "mono")
        column = QVBoxLayout(self)
        theme.space(column, gap=2)
        heading = QHBoxLayout()
        theme.space(heading, gap=4)
        heading.addWidget(self.title)
        heading.addWidget(self._formula)
        heading.addStretch()
        heading.addWidget(self._where)
        heading.addWidget(self.close_button)
        column.addLayout(heading)
        column.addWidget(self.slots, 1)
        column.addWidget(self.sentence)
        theme.fix(self.sentence, None, SENTENCE_HEIGHT)
        line = TimeLine(viewing, theme)
        column.addWidget(line)
        for each in (*self.slots.views, line, self.close_button):
            each.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        Following(self, self._show, viewing.traced, viewing.stepped)

    def _show(self) -> None:
        trace = self._viewing.trace
        if trace is None:
            self.sentence.setText(self._viewing.reason)
            return
        telling = tell(trace, self._viewing.number)
        self.title.setText(telling.title)
        self.sentence.setText(telling.sentence)
        self._formula.setText(telling.formula)
        self._where.setText(
            f"{stage_title(self._viewing.span)}, step {self._viewing.number + 1} of "
            f"{len(trace.steps)}"
        )
