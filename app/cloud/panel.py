"""The panel in which a person says where the cloud is: over the window, until Esc or its button."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.cloud.clouds import Clouds
from app.cloud.remembered_list import RememberedList
from app.cloud.status_card import StatusCard
from app.kit.basics import label, push_button, set_tone
from app.kit.segmented import Segmented
from app.kit.theme import Theme
from app.kit.wording import TERMS
from app.state.cloud import Cloud

WIDTH = 132
MARGIN, BAR = 3, 11
HERE_PAGE, AWAY_PAGE = 0, 1
HEIGHTS = (52, 110)
"""By page, in spacing units."""


class CloudPanel(QFrame):
    """Shows `state.cloud` and asks `Clouds` for what is chosen.

    Attributes: `place` (this computer or another machine), `address`, `paste`, `connect_button`,
    `message`, `remembered`, `status`, `done`.
    """

    def __init__(self, cloud: Cloud, clouds: Clouds, theme: Theme, room: QWidget) -> None:
        super().__init__(room)
        self.setProperty("panel", "overlay")
        self.setAccessibleName("Where the cloud is")
        self._cloud = cloud
        self._clouds = clouds
        self._theme = theme
        self._room = room
        self._before: QWidget | None = None
        self.place = Segmented(
            "Cloud",
            (HERE_PAGE, AWAY_PAGE),
            "Where the cloud computes; the secret key stays on this side either way",
            ("This computer", "Another machine"),
        )
        self.address = QLineEdit()
        self.address.setAccessibleName("Pairing address")
        self.address.setToolTip(TERMS["pairing_address"])
        self.address.setPlaceholderText("ciphersketch://HOST:PORT/FINGERPRINT/TOKEN")
        self.address.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        self.paste = push_button("Paste and connect")
        self.paste.setToolTip("Takes the address from the clipboard without showing it")
        self.connect_button = push_button("Connect", "suggest")
        self.message = label("", "body", wrap=True)
        self.remembered = RememberedList(cloud, clouds, theme)
        self.status = StatusCard(cloud, clouds, theme)
        self.done = push_button("Close (Esc)", "small")
        self._away = QWidget(self)
        self._arrange(theme)
        self.hide()
        self._connect()

    def _arrange(self, theme: Theme) -> None:
        column = QVBoxLayout(self)
        theme.space(column, margin=4, gap=3)
        head = QHBoxLayout()
        head.addWidget(label("Where the cloud is", "lane"))
        head.addStretch(1)
        head.addWidget(self.done)
        column.addLayout(head)
        column.addWidget(self.status)
        column.addWidget(self.place)
        column.addWidget(self._away, 1)
        column.addStretch()
        self._arrange_away(theme)

    def _arrange_away(self, theme: Theme) -> None:
        rows = QVBoxLayout(self._away)
        theme.space(rows, gap=2)
        rows.addWidget(
            label(
                "Start ciphersketch-cloud on the other machine. It prints a pairing address, also "
                "as a QR code; give it here once.",
                "body",
                "muted",
                wrap=True,
            )
        )
        typed, pasted = QHBoxLayout(), QHBoxLayout()
        for row in (typed, pasted):
            theme.space(row, gap=2)
            rows.addLayout(row)
        typed.addWidget(self.address, 1)
        typed.addWidget(self.connect_button)
        pasted.addWidget(self.paste)
        pasted.addWidget(label("keeps the token off the screen", "caption"), 1)
        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)
        theme.fix(self.message, None, 10)
        rows.addWidget(self.message)
        rows.addWidget(label("Remembered", "title"))
        rows.addWidget(self.remembered, 1)

    def _connect(self) -> None:
        self.place.chosen.connect(self._choose)
        self.connect_button.clicked.connect(self._pair)
        self.address.returnPressed.connect(self._pair)
        self.address.textEdited.connect(lambda _text: self._cloud.say(""))
        self.paste.clicked.connect(self._paste)
        self.done.clicked.connect(self.close_panel)
        self.remembered.focus_lost.connect(self.address.setFocus)
        self._cloud.changed.connect(self._show)
        self._cloud.message_changed.connect(self._show)
        self._cloud.used.connect(self.address.clear)
        self._room.installEventFilter(self)
        self._theme.changed.connect(self._lie)

    def toggle(self) -> None:
        """Show the panel, ready for an address, or close it."""
        if self.isVisible():
            self.close_panel()
            return
        self._before = QApplication.focusWidget()
        self._turn(AWAY_PAGE if self._cloud.where else self.place.value())
        self._show()
        self._lie()
        self.show()
        self.raise_()
        self.place.button(self.place.value()).setFocus()

    def close_panel(self) -> None:
        """Close it; what it asked for goes on."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()

    # --- choosing

    def _choose(self, page: int) -> None:
        self._turn(page)
        if page == AWAY_PAGE:
            self.address.setFocus()
        elif self._cloud.where or self._cloud.wanted:
            self._clouds.use(None)

    def _turn(self, page: int) -> None:
        self.place.set_value(max(page, HERE_PAGE))
        self._away.setVisible(page == AWAY_PAGE)
        self._lie()

    def _pair(self) -> None:
        self._clouds.pair(self.address.text())

    def _paste(self) -> None:
        self._clouds.pair(QGuiApplication.clipboard().text())

    # --- showing

    def _show(self) -> None:
        is_free = not self._cloud.wanted
        self.address.setReadOnly(not is_free)
        for button in (self.paste, self.connect_button):
            if not is_free and button.hasFocus():
                self.address.setFocus()  # Qt would look for another place, maybe under the panel
            button.setEnabled(is_free)
        self.message.setText(self._cloud.message.text)
        self.message.setToolTip(self._cloud.message.text)
        set_tone(self.message, self._cloud.message.tone.value)

    def _lie(self) -> None:
        """Lie in the lower left corner, over the badge's bar."""
        theme, room = self._theme, self._room
        below = room.height() - theme.px(BAR)
        height = min(theme.px(HEIGHTS[max(self.place.value(), HERE_PAGE)]), below)
        self.setGeometry(theme.px(MARGIN), below - height, theme.px(WIDTH), height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if event.type() == QEvent.Type.Resize:
            self._lie()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()  # as an override too: here Esc is not the window's Cancel
            if event.type() == QEvent.Type.KeyPress:
                self.close_panel()
            return True
        return super().event(event)
