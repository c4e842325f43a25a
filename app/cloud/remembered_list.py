"""The clouds of earlier times: each with a button to use it again, and one to forget it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.cloud.clouds import Clouds
from app.kit.basics import frame, label, push_button
from app.kit.elided_label import ElidedLabel
from app.kit.theme import Theme
from app.state.cloud import Cloud

NONE_YET = "None yet. A cloud that you have connected to is kept here, for this user only."


class RememberedList(QScrollArea):
    """Shows `state.cloud.remembered`. Attribute `rows`: the widgets, by where each cloud is.

    Signal `focus_lost`: the button that had the focus cannot be pressed now.
    """

    focus_lost = Signal()

    def __init__(self, cloud: Cloud, clouds: Clouds, theme: Theme) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Remembered clouds")
        self._cloud = cloud
        self._clouds = clouds
        self._theme = theme
        self.rows: dict[str, RememberedCloud] = {}
        self._empty = label(NONE_YET, "body", "muted", wrap=True)
        inner = frame("plain", "Remembered clouds")
        self._column = QVBoxLayout(inner)
        theme.space(self._column, gap=1)
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        self.setWidget(inner)
        cloud.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        wheres = [address.where for address in self._cloud.remembered]
        is_other = wheres != list(self.rows)
        focused = next((row for row in self.rows.values() if row.has_focus), None)
        if focused is not None and (is_other or self._is_blocked(focused.where)):
            self.focus_lost.emit()  # Qt would look for another place, maybe under the panel
        if is_other:
            self._fill(wheres)
        for where, row in self.rows.items():
            row.show_use(where == self._cloud.where, self._is_blocked(where))

    def _is_blocked(self, where: str) -> bool:
        return where == self._cloud.where or bool(self._cloud.wanted)

    def _fill(self, wheres: list[str]) -> None:
        for row in self.rows.values():
            row.setParent(None)
            row.deleteLater()
        self.rows = {}
        for place, where in enumerate(wheres):
            row = self.rows[where] = RememberedCloud(where, self._theme)
            row.use.clicked.connect(lambda _=False, where=where: self._clouds.use_remembered(where))
            row.forget.clicked.connect(lambda _=False, where=where: self._clouds.forget(where))
            self._column.insertWidget(place, row)
        self._empty.setVisible(not wheres)


class RememberedCloud(QWidget):
    """The cloud at `where`, with its buttons `use` and `forget`."""

    def __init__(self, where: str, theme: Theme) -> None:
        super().__init__()
        self.where = where
        self._name = ElidedLabel("body")
        self._name.show_text(where)
        self.use = push_button("Connect", "small")
        self.use.setAccessibleName(f"Connect to {where}")
        self.forget = push_button("Forget", "small")
        self.forget.setAccessibleName(f"Forget {where}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(2))
        row.addWidget(self._name, 1)
        row.addWidget(self.use)
        row.addWidget(self.forget)

    @property
    def has_focus(self) -> bool:
        """Tell whether one of its buttons has the focus."""
        return self.use.hasFocus() or self.forget.hasFocus()

    def show_use(self, is_used: bool, is_blocked: bool) -> None:
        """Show whether this cloud is in use, and whether it cannot be chosen now."""
        self.use.setText("In use" if is_used else "Connect")
        self.use.setEnabled(not is_blocked)
