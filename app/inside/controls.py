"""Play, pause, single steps, pace and distance; every button has a key."""

import functools
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.actions.inside import InsideActions
from app.inside.time_line import LEGEND
from app.inside.viewing import PACES, Viewing
from app.kit.basics import icon_button, label, switch_button
from app.kit.segmented import Segmented
from app.kit.theme import Theme


class Controls(QWidget):
    """Attribute `keys`: what each key of the view does, beside those of the actions."""

    def __init__(self, viewing: Viewing, theme: Theme, actions: InsideActions) -> None:
        super().__init__()
        self._viewing = viewing
        self._theme = theme
        self._actions = actions
        row = QHBoxLayout(self)
        theme.space(row, gap=1.5)
        for action in (actions.first, actions.back, actions.play, actions.forward, actions.last):
            row.addWidget(icon_button(action, theme))
        self._pace = Segmented(
            "Pace", PACES, "How fast steps follow one another (Ctrl+Up, Ctrl+Down)",
            ("slow", "medium", "fast"),
        )  # fmt: skip
        self._pace.chosen.connect(viewing.set_pace)
        theme.fix(self._pace, 46, None)
        row.addWidget(self._pace)
        row.addStretch()
        for name, color, tip in LEGEND:
            square, named = label("\u25a0", "caption"), label(name, "caption", "muted")
            theme.apply(square, functools.partial(_tint, square, theme, color))
            for each in (square, named):
                each.setToolTip(tip)
                row.addWidget(each)
        row.addStretch()
        for action in (actions.decrypted, actions.export):
            row.addWidget(switch_button(action, theme))
        self._connect()
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
            Qt.Key.Key_Plus: actions.nearer.trigger,
            Qt.Key.Key_Equal: actions.nearer.trigger,
            Qt.Key.Key_Minus: actions.farther.trigger,
        }
        viewing.played.connect(self._show)
        viewing.traced.connect(self._show)
        theme.changed.connect(self._show)
        self._show()

    def _connect(self) -> None:
        actions, viewing = self._actions, self._viewing
        for action, act in (
            (actions.first, viewing.first),
            (actions.back, viewing.back),
            (actions.play, viewing.toggle),
            (actions.forward, viewing.forward),
            (actions.last, viewing.last),
            (actions.previous_stage, viewing.previous_stage),
            (actions.next_stage, viewing.next_stage),
            (actions.faster, lambda: viewing.set_pace_by(1)),
            (actions.slower, lambda: viewing.set_pace_by(-1)),
            (actions.nearer, lambda: viewing.zoom(1)),
            (actions.farther, lambda: viewing.zoom(-1)),
        ):
            action.triggered.connect(act)
        actions.decrypted.toggled.connect(viewing.show_decrypted)

    def _show(self) -> None:
        is_there = self._viewing.trace is not None
        for action in self._actions.listed():
            if action is not None:
                action.setEnabled(is_there)
        icon = "pause" if self._viewing.is_playing else "play"
        self._actions.play.setIcon(self._theme.icon(icon))
        self._pace.set_value(self._viewing.pace)


def _tint(square: QWidget, theme: Theme, color: str) -> None:
    square.setStyleSheet(f"color: {theme.color(color).name()};")
