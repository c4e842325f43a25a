"""The clouds of earlier times: each with a button to use it again, and one to forget it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.cloud.clouds import Clouds
from app.kit.basics import frame, label, push_button
from app.kit.theme import Theme
from app.kit.wording import short_where
from app.state.cloud import Cloud

NONE_YET = "None yet. A cloud that you have connected to is kept here, for this user only."


class RememberedList(QScrollArea):
    """Shows `state.cloud.remembered`. Attribute `rows`: the widgets, by where each cloud is."""

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
        if wheres != list(self.rows):
            self._fill(wheres)
        for where, row in self.rows.items():
            row.show_use(where == self._cloud.where, bool(self._cloud.wanted))

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
    """Where one cloud is. Attributes: `use`, `forget`, its buttons."""

    def __init__(self, where: str, theme: Theme) -> None:
        super().__init__()
        self._name = label(short_where(where), "body")
        self._name.setToolTip(where)
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

    def show_use(self, is_used: bool, is_busy: bool) -> None:
        """Show whether this cloud is in use, and whether another is just being connected."""
        self.use.setText("In use" if is_used else "Connect")
        self.use.setEnabled(not is_used and not is_busy)
