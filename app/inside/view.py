"""The view of a run's inside: slots before and after each step, in pictures and words."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.inside.controls import Controls
from app.inside.origin_card import OriginCard
from app.inside.parts import PartOfStep, counted, parts_of
from app.inside.slot_view import SlotView
from app.inside.step_card import StepCard
from app.inside.tensor_view import TensorView
from app.inside.time_line import TimeLine
from app.inside.viewing import Viewing
from app.kit.basics import WhenSeen, label
from app.kit.theme import Theme

MOST_PARTS = 3
ORIGIN_WIDTH = 66
STEP_HEIGHT = 25


class InsideView(QWidget):
    """Attributes: `slots` (pictures), `step`, `origin`, `time_line`, `controls`, `empty`."""

    def __init__(self, viewing: Viewing, theme: Theme) -> None:
        super().__init__()
        self._viewing = viewing
        self._theme = theme
        self.step = StepCard(viewing, theme)
        self.origin = OriginCard(viewing, theme)
        self.time_line = TimeLine(viewing, theme)
        self.controls = Controls(viewing, theme)
        self._frames = [PartFrame(viewing, theme) for _ in range(MOST_PARTS)]
        self.slots = [each.view for each in self._frames]
        self._picture = TensorView(theme, "The picture")
        self.empty = label("", "lane", "muted", wrap=True)
        self._pages = QStackedWidget()
        self._arrange()
        viewing.traced.connect(self._show)
        viewing.stepped.connect(self._show)
        WhenSeen(self, lambda: viewing.want(self.isVisible()))
        self._show()

    def _arrange(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        page = QWidget()
        column = QVBoxLayout(page)
        upper, left = QHBoxLayout(), QVBoxLayout()
        for layout in (column, upper, left):
            self._theme.space(layout, gap=3)
        card = QFrame()
        card.setProperty("panel", "card")
        card.setAccessibleName("The slots")
        row = QHBoxLayout(card)
        self._theme.space(row, margin=3, gap=2)
        row.addWidget(self._picture, 1)
        for each in self._frames:
            row.addWidget(each.sign)
            row.addWidget(each, 1)
        left.addWidget(card, 1)
        left.addWidget(self.step)
        self._theme.fix(self.step, None, STEP_HEIGHT)
        self._theme.fix(self.origin, ORIGIN_WIDTH, None)
        upper.addLayout(left, 1)
        upper.addWidget(self.origin)
        column.addLayout(upper, 1)
        foot = QFrame()
        foot.setProperty("panel", "card")
        lower = QVBoxLayout(foot)
        self._theme.space(lower, margin=3, gap=2)
        lower.addWidget(self.time_line)
        lower.addWidget(self.controls)
        column.addWidget(foot)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages.addWidget(page)
        self._pages.addWidget(self.empty)
        outer.addWidget(self._pages)

    def _show(self) -> None:
        trace = self._viewing.trace
        self._pages.setCurrentIndex(1 if trace is None else 0)
        if trace is None:
            self.empty.setText(self._viewing.reason)
            return
        parts = parts_of(trace, self._viewing.number)
        packs = self._viewing.step.operation == "pack"
        self._picture.setVisible(packs)
        if packs:
            assert self._viewing.step.places is not None
            marks = self._viewing.packed_pixels
            self._picture.show_values(trace.picture, marks)
        for frame, part in zip(self._frames, (*parts, *(None,) * MOST_PARTS), strict=False):
            frame.show_part(part)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        act = self.controls.keys.get(Qt.Key(event.key()))
        if act is not None and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            act()
        else:
            super().keyPressEvent(event)


class PartFrame(QWidget):
    """A picture of slots under its title. Attributes: `view`, and the `sign` that stands before."""

    def __init__(self, viewing: Viewing, theme: Theme) -> None:
        super().__init__()
        self.view = SlotView(viewing, theme)
        self.sign: QLabel = label("", "story", "muted")
        self._title = label("", "strong")
        self._count = label("", "caption", "muted")
        column = QVBoxLayout(self)
        theme.space(column, gap=1)
        column.addWidget(self._title)
        column.addWidget(self.view, 1)
        column.addWidget(self._count)

    def show_part(self, part: PartOfStep | None) -> None:
        """Show another part of a step, or none."""
        self.setVisible(part is not None)
        self.sign.setVisible(part is not None and bool(part.sign))
        if part is not None:
            self.sign.setText(part.sign)
            self._title.setText(part.title)
            self._count.setText(counted(part.shown))
            self.view.show_slots(part.shown, part.title)
