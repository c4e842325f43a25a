"""Where the cloud is and how it answers, always in sight in the bottom bar; opens the panel."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton

from app.cloud.wording import badge_text, details, tone_of
from app.kit.theme import Theme
from app.state.cloud import Cloud
from app.state.records import Tone


class CloudBadge(QToolButton):
    """Shows `state.cloud`; as wide as it ever was, so that nothing beside it jumps."""

    def __init__(self, cloud: Cloud, theme: Theme, action: QAction) -> None:
        super().__init__()
        self._cloud = cloud
        self._theme = theme
        self._action = action
        self.setProperty("kind", "flat")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clicked.connect(action.trigger)
        cloud.changed.connect(self._show)
        theme.apply(self, self._restyle)

    def _restyle(self) -> None:
        side = self._theme.px(4)
        self.setIconSize(QSize(side, side))
        self.setMinimumWidth(0)
        self._show()

    def _show(self) -> None:
        text, cloud = badge_text(self._cloud), self._cloud
        self.setText(text)
        self.setAccessibleName(f"{text}: choose another")
        self.setToolTip(f"{details(cloud)}\n{self._action.toolTip()}")
        is_trouble = tone_of(cloud) is Tone.ERROR
        color = "danger" if is_trouble else "encrypted" if cloud.where else "muted"
        self.setIcon(self._theme.icon("warning" if is_trouble else "cloud", color))
        if cloud.where:
            self.setMinimumWidth(max(self.minimumWidth(), self.sizeHint().width()))
        else:
            self.setMinimumWidth(0)
