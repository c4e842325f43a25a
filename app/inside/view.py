"""The view of a run's inside: slots before and after each step, in pictures and words."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.actions.inside import InsideActions
from app.actions.views import INSIDE
from app.inside.controls import Controls
from app.inside.origin_card import OriginCard
from app.inside.precision_card import PrecisionCard
from app.inside.reveal_page import RevealPage
from app.inside.revealing import Revealing
from app.inside.slots.card import SlotsCard
from app.inside.step_card import StepCard
from app.inside.time_line import TimeLine
from app.inside.viewing import Viewing
from app.kit.basics import WhenSeen, label
from app.kit.following import Following
from app.kit.pages import Pages
from app.kit.picture_file import png_bytes, svg_bytes
from app.kit.save_dialog import ask_where_to_save
from app.kit.theme import Theme
from app.state.everything import AppState

KINDS = ("SVG picture (*.svg)", "PNG picture (*.png)")
SIDE_WIDTH = 66
STEP_HEIGHT = 25


class InsideView(QWidget):
    """Attributes: `slots`, `step`, `origin`, `precision`, `reveal`, `time_line`, `controls`.

    `shown` is what is exported; `empty` says why there is nothing to see.
    """

    def __init__(
        self,
        state: AppState,
        viewing: Viewing,
        revealing: Revealing,
        theme: Theme,
        actions: InsideActions,
        save: Callable[[bytes, Path], None],
    ) -> None:
        super().__init__()
        self._viewing = viewing
        self._revealing = revealing
        self._theme = theme
        self._save = save
        self.slots = SlotsCard(viewing, revealing, theme)
        self.reveal = RevealPage(viewing, revealing, theme)
        self.step = StepCard(viewing, theme)
        self.origin = OriginCard(viewing, theme)
        self.precision = PrecisionCard(state, revealing, theme)
        self.time_line = TimeLine(viewing, theme)
        self.controls = Controls(viewing, theme, actions)
        self.shown = QWidget()
        self.shown.setAccessibleName("The step")
        self.empty = label("", "body", "muted", wrap=True)
        self.empty.setProperty("panel", "card")
        self._upper, self._side, self._pages = Pages(), Pages(), Pages()
        self._arrange()
        signals = viewing.traced, viewing.stepped, viewing.turned, revealing.changed
        Following(self, self._show, *signals)
        revealing.found.connect(self._go_to_what_was_found)
        actions.export.triggered.connect(self._ask_where_to_save)
        WhenSeen(self, self._follow)

    def _arrange(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        row, left = QHBoxLayout(), QVBoxLayout(self.shown)
        for layout in (column, row, left):
            self._theme.space(layout, gap=3)
        card = QFrame()
        card.setProperty("panel", "card")
        card.setAccessibleName("The slots")
        inside = QVBoxLayout(card)
        self._theme.space(inside, margin=3)
        inside.addWidget(self._upper)
        self._upper.addWidget(self.slots)
        self._upper.addWidget(self.reveal)
        left.addWidget(card, 1)
        left.addWidget(self.step)
        self._theme.fix(self.step, None, STEP_HEIGHT)
        self._side.addWidget(self.origin)
        self._side.addWidget(self.precision)
        self._theme.fix(self._side, SIDE_WIDTH, None)
        row.addWidget(self.shown, 1)
        row.addWidget(self._side)
        column.addLayout(row, 1)
        foot = QFrame()
        foot.setProperty("panel", "card")
        foot.setAccessibleName("The run")
        lower = QVBoxLayout(foot)
        self._theme.space(lower, margin=3, gap=2)
        lower.addWidget(self.time_line)
        lower.addWidget(self.controls)
        column.addWidget(foot)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages.addWidget(page)
        self._pages.addWidget(self.empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def _show(self) -> None:
        viewing = self._viewing
        if viewing.trace is None:
            self.empty.setText(viewing.reason)
            self._pages.setCurrentIndex(1)
            return
        hides = viewing.is_decrypted and self._revealing.look_of(viewing.span.key) is None
        self._upper.setCurrentIndex(int(hides))
        self._side.setCurrentIndex(int(viewing.is_decrypted))
        self._pages.setCurrentIndex(0)

    def _go_to_what_was_found(self) -> None:
        """Show the first stage that a teaching run has shown, unless the one at hand is one."""
        viewing, look_of = self._viewing, self._revealing.look_of
        if viewing.trace is not None and look_of(viewing.span.key) is None:
            shown = [span.begin for span in viewing.trace.spans if look_of(span.key) is not None]
            viewing.go_to(next(iter(shown), viewing.number))

    def _follow(self) -> None:
        """Have the run traced while the view is seen, and the keys at hand."""
        self._viewing.want(INSIDE.key, self.isVisible())
        if self.isVisible():
            self.time_line.setFocus()

    def _ask_where_to_save(self) -> None:
        viewing = self._viewing
        if viewing.trace is None:
            return
        name = f"step-{viewing.number + 1}-{viewing.step.stage}.svg"
        ask_where_to_save(self, "Export the step", name, KINDS, self.save_step)

    def save_step(self, path: Path) -> None:
        """Write the step as it is shown, its slots and its words."""
        is_svg = path.suffix.lower() == ".svg"
        self._save(svg_bytes(self.shown) if is_svg else png_bytes(self.shown), path)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        act = self.controls.keys.get(Qt.Key(event.key()))
        if act is not None and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            act()
        else:
            super().keyPressEvent(event)
