"""A row of tabs, one for each step that is told, in the order of the talk."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from app.kit.theme import Theme
from app.present.story import CHAPTERS, Step
from app.present.telling import Presentation


class Rail(QWidget):
    """Shows where the story is, and goes to any step. Attribute: `tabs` by step."""

    def __init__(self, presentation: Presentation, theme: Theme) -> None:
        super().__init__()
        self._told = presentation
        self._theme = theme
        self.tabs = {step: self._tab(step) for step in Step}
        self._row = QHBoxLayout(self)
        theme.space(self._row, gap=2)
        presentation.planned.connect(self._lay_out)
        presentation.changed.connect(self._mark)
        theme.apply(self, self._leave_room)
        self._lay_out()

    def _tab(self, step: Step) -> QToolButton:
        tab = QToolButton()
        tab.setCheckable(True)
        tab.setProperty("kind", "tab")
        tab.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        tab.clicked.connect(lambda: self._go_to(step))
        return tab

    def _go_to(self, step: Step) -> None:
        self._told.go_to(step)
        self._mark()

    def _lay_out(self) -> None:
        """Show the tabs of the steps that are told, numbered by their places."""
        steps = self._told.plan.steps
        for step, tab in self.tabs.items():
            self._row.removeWidget(tab)
            tab.setVisible(step in steps)
        for place, step in enumerate(steps, start=1):
            chapter, tab = CHAPTERS[step], self.tabs[step]
            tab.setText(f"{place}  {chapter.title}")
            tab.setAccessibleName(f"Step {place}: {chapter.title}")
            tab.setToolTip(f"{chapter.sentence} ({place})")
            self._row.addWidget(tab)
        self._leave_room()
        self._mark()

    def _leave_room(self) -> None:
        metrics = QFontMetrics(self._theme.font("strong"))
        for tab in self.tabs.values():
            tab.setMinimumWidth(metrics.horizontalAdvance(tab.text()) + self._theme.px(5))

    def _mark(self) -> None:
        for step, tab in self.tabs.items():
            tab.setChecked(step is self._told.step)
