"""How things stand with the cloud: where, round trip, protocol; and what can be done about it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel

from app.cloud.clouds import Clouds
from app.cloud.wording import details, headline, tone_of
from app.kit.basics import label, push_button, set_tone
from app.kit.elided_label import ElidedLabel
from app.kit.theme import Theme
from app.state.cloud import Cloud
from app.state.records import Tone


class StatusCard(QFrame):
    """Shows `state.cloud`. Attributes: `title`, `text`, `act` (stop connecting, or try again)."""

    def __init__(self, cloud: Cloud, clouds: Clouds, theme: Theme) -> None:
        super().__init__()
        self.setProperty("panel", "sunken")
        self.setAccessibleName("How things stand")
        self._cloud = cloud
        self._clouds = clouds
        self._theme = theme
        self._picture = QLabel()
        self.title = ElidedLabel("title")
        self.text = label("", "body", "muted", wrap=True)
        self.act = push_button("Try again now", "small")
        grid = QGridLayout(self)
        theme.space(grid, margin=3, gap=0.5)
        theme.apply(grid, lambda: grid.setHorizontalSpacing(theme.px(3)))
        theme.fix(self, None, 23)
        grid.addWidget(self._picture, 0, 0, 2, 1)
        grid.addWidget(self.title, 0, 1)
        grid.addWidget(self.act, 0, 2)
        self.text.setAlignment(Qt.AlignmentFlag.AlignTop)
        theme.fix(self.text, None, 9)
        grid.addWidget(self.text, 1, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        self.act.clicked.connect(self._act)
        cloud.changed.connect(self._show)
        theme.apply(self, self._show)

    def _show(self) -> None:
        cloud = self._cloud
        self.title.show_text(headline(cloud))
        self.text.setText(details(cloud))
        self.text.setToolTip(details(cloud))
        is_trouble = tone_of(cloud) is Tone.ERROR
        set_tone(self.title, "danger" if is_trouble else "")
        color = "danger" if is_trouble else "encrypted" if cloud.where else "muted"
        self._picture.setPixmap(self._theme.drawing("warning" if is_trouble else "cloud", color, 7))
        self.act.setText("Stop" if cloud.wanted else "Try again now")
        self.act.setAccessibleName("Stop connecting" if cloud.wanted else "Try again now")
        self.act.setVisible(bool(cloud.wanted) or cloud.is_lost)

    def _act(self) -> None:
        if self._cloud.wanted:
            self._clouds.stop_connecting()
        else:
            self._clouds.try_again()
