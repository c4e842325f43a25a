"""The views of the window, one shown at a time, and the tabs that choose among them."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from app.actions.window import Actions
from app.kit.pages import Pages
from app.kit.theme import Theme

ViewMaker = Callable[[], QWidget]


class ViewStack(Pages):
    """Makes a view when it is first shown, so that the window starts quickly.

    Attribute `shown_key`: the view at the front. Signal `shown(key)` fires after another view was
    brought there.
    """

    shown = Signal(str)

    def __init__(self, makers: Mapping[str, ViewMaker], theme: Theme) -> None:
        super().__init__()
        self._makers = makers
        self._theme = theme
        self._views: dict[str, QWidget] = {}
        self.shown_key = ""

    def show_view(self, key: str) -> None:
        """Bring a view to the front."""
        if key != self.shown_key:
            self.setCurrentWidget(self.view(key))
            self.shown_key = key
            self.shown.emit(key)

    def missing(self) -> list[str]:
        """Return the views that nobody needed yet."""
        return [key for key in self._makers if key not in self._views]

    def view(self, key: str) -> QWidget:
        """Return a view, made now if it was never needed before."""
        if key not in self._views:
            self._views[key] = self._makers[key]()
            self.addWidget(self._views[key])
            self._theme.dress(self._views[key])  # in its place: Qt would style it again for that
        return self._views[key]


class ViewBar(QWidget):
    """A tab for each view; the one that is shown is underlined."""

    def __init__(self, actions: Actions, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Views")
        layout = QHBoxLayout(self)
        theme.space(layout, gap=1)
        for action in actions.views.actions():
            layout.addWidget(_tab(action))


def _tab(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    button.setProperty("kind", "tab")
    button.setAccessibleName(f"View {action.iconText()}")
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
