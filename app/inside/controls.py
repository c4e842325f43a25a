"""Play, pause, single steps, pace and distance; every button has a key."""

import functools
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.inside.time_line import LEGEND
from app.inside.viewing import PACES, Viewing
from app.kit.basics import label, push_button
from app.kit.segmented import Segmented
from app.kit.theme import Theme


class Controls(QWidget):
    """Attributes: `play`, `keys` (what each key of the view does)."""

    def __init__(self, viewing: Viewing, theme: Theme) -> None:
        super().__init__()
        self._viewing = viewing
        row = QHBoxLayout(self)
        theme.space(row, gap=2)
        self.play = push_button("Play", "small")
        theme.fix(self.play, 22, None)
        buttons: tuple[tuple[QPushButton, str, Callable[[], None]], ...] = (
            (push_button("\u23ee", "small"), "First step (Home)", viewing.first),
            (push_button("\u25c0", "small"), "One step back (Left)", viewing.back),
            (self.play, "Play or pause (Space)", viewing.toggle),
            (push_button("\u25b6", "small"), "One step on (Right)", viewing.forward),
            (push_button("\u23ed", "small"), "Last step (End)", viewing.last),
        )
        for button, tip, act in buttons:
            button.setToolTip(tip)
            button.setAccessibleName(tip)
            button.clicked.connect(act)
            row.addWidget(button)
        self._pace = Segmented(
            "Steps a second", PACES, "How many steps are shown a second (Up, Down)",
            ("slow", "medium", "fast"),
        )  # fmt: skip
        self._pace.set_value(viewing.pace)
        self._pace.chosen.connect(viewing.set_pace)
        row.addWidget(self._pace)
        row.addStretch()
        for name, color in LEGEND:
            square = label("\u25a0", "caption")
            theme.apply(functools.partial(_tint, square, theme, color))
            row.addWidget(square)
            row.addWidget(label(name, "caption", "muted"))
        self.keys: dict[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_Space: viewing.toggle,
            Qt.Key.Key_Right: viewing.forward,
            Qt.Key.Key_Left: viewing.back,
            Qt.Key.Key_Period: viewing.forward,
            Qt.Key.Key_Comma: viewing.back,
            Qt.Key.Key_PageDown: viewing.next_stage,
            Qt.Key.Key_PageUp: viewing.previous_stage,
            Qt.Key.Key_Home: viewing.first,
            Qt.Key.Key_End: viewing.last,
            Qt.Key.Key_Plus: lambda: viewing.zoom(1),
            Qt.Key.Key_Equal: lambda: viewing.zoom(1),
            Qt.Key.Key_Minus: lambda: viewing.zoom(-1),
        }
        viewing.played.connect(self._show)
        viewing.traced.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.play.setText("Pause" if self._viewing.is_playing else "Play")
        self._pace.set_value(self._viewing.pace)


def _tint(square: QWidget, theme: Theme, color: str) -> None:
    square.setStyleSheet(f"color: {theme.color(color).name()};")
