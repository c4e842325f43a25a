"""The small pieces that every card is put together from: frames, labels, buttons."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from app.kit.theme import Theme

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
"""Where values stand beside their names."""

Panel = Literal["card", "plain", "clear", "encrypted", "danger", "sunken"]


class WhenSeen(QObject):
    """Calls `act` whenever a widget comes to be seen or is no longer."""

    def __init__(self, widget: QWidget, act: Callable[[], None]) -> None:
        super().__init__(widget)
        self._act = act
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            self._act()
        return super().eventFilter(watched, event)


def frame(panel: Panel, name: str) -> QFrame:
    """Return an empty panel with an accessible name."""
    widget = QFrame()
    widget.setProperty("panel", panel)
    widget.setAccessibleName(name)
    return widget


def label(text: str, role: str = "body", tone: str = "", wrap: bool = False) -> QLabel:
    """Return a label in a role of the type scale and a tone of the palette."""
    widget = QLabel(text)
    widget.setTextFormat(Qt.TextFormat.PlainText)
    widget.setProperty("role", role)
    widget.setProperty("tone", tone)
    widget.setWordWrap(wrap)
    return widget


def set_tone(widget: QWidget, tone: str) -> None:
    """Change a label's tone."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def icon_button(action: QAction, theme: Theme) -> QToolButton:
    """Return a square button that shows only its action's icon."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setProperty("kind", "icon")
    button.setAccessibleName(action.iconText())
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    theme.fix(button, 8.5, 8)
    theme.apply(button, lambda: button.setIconSize(QSize(theme.px(4.5), theme.px(4.5))))
    return button


def text_button(action: QAction, theme: Theme) -> QToolButton:
    """Return a button with its action's icon and text."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    button.setAccessibleName(action.iconText())
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    theme.apply(button, lambda: button.setIconSize(QSize(theme.px(4), theme.px(4))))
    return button


def switch_button(action: QAction, theme: Theme) -> QToolButton:
    """Return a button that stays pressed, with room for its text in bold, as it then is."""
    button = text_button(action, theme)
    button.setProperty("kind", "switch")

    def keep_room() -> None:
        bold = QFontMetrics(theme.font("strong")).horizontalAdvance(button.text())
        button.setMinimumWidth(bold + 2 * theme.px(2) + theme.px(2))  # padding, frame and a margin

    theme.apply(button, keep_room)
    return button


class PushButton(QPushButton):
    """A button that Return presses as well as Space; outside a dialog Qt's own only knows Space."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
        else:
            super().keyPressEvent(event)


def push_button(text: str, kind: str = "") -> QPushButton:
    """Return a push button of a kind that the style sheet knows."""
    button = PushButton(text)
    button.setProperty("kind", kind)
    button.setAccessibleName(text)
    button.setAutoDefault(False)
    return button
