"""The switch of live mode, beside the big button."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton

from app.actions.window import Actions
from app.kit.theme import Theme
from app.state.everything import AppState


class LiveSwitch(QToolButton):
    """Stays pressed while `state.live.is_on`; the icon then sends more waves."""

    def __init__(self, state: AppState, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._state = state
        self._theme = theme
        self._action = actions.live
        self.setDefaultAction(actions.live)
        self.setProperty("kind", "switch")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setAccessibleName("Live: classify encrypted while you draw")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.fix(self, 22, 11)
        theme.apply(self, self._restyle)
        state.live.changed.connect(self._follow)

    def _follow(self) -> None:
        if self._action.isChecked() != self._state.live.is_on:
            self._action.setChecked(self._state.live.is_on)
        self._show_icon()

    def _restyle(self) -> None:
        side = self._theme.px(4.5)
        self.setIconSize(QSize(side, side))
        self._show_icon()

    def _show_icon(self) -> None:
        name, color = ("live-on", "encrypted") if self._state.live.is_on else ("live-off", "text")
        icon = self._theme.icon(name, color)
        if icon.cacheKey() != self._action.icon().cacheKey():
            self._action.setIcon(icon)
