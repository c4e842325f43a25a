"""The sample pictures, in a small popup under their button."""

from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QIcon, QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.theme import Theme
from app.widgets.basics import label
from engine.resources import assets_dir

COLUMNS = 7


def sample_files() -> list[Path]:
    """Return the sample pictures that come with the program, sorted by name."""
    return sorted((assets_dir() / "samples").glob("*.png"))


class Gallery(QFrame):
    """A grid of thumbnails over the window; arrow keys move, Return chooses, Esc closes.

    It closes as well when the focus goes elsewhere. Signal `chosen(Path)`.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, content: QWidget) -> None:
        super().__init__(content)
        self.setProperty("panel", "overlay")
        self.setAccessibleName("Sample pictures")
        self._theme = theme
        self._buttons: list[QToolButton] = []
        layout = QVBoxLayout(self)
        theme.space(layout, margin=3, gap=2)
        layout.addWidget(label("Samples, drawn for this program", "caption"))
        self._grid = QGridLayout()
        theme.space(self._grid, gap=1.5)
        layout.addLayout(self._grid)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.focusObjectChanged.connect(self._follow_focus)
        self.hide()

    def open_at(self, corner: QPoint) -> None:
        """Show the thumbnails with their top left corner at a point of the window's content."""
        if not self._buttons:
            self._fill()
        self.move(corner)
        self.show()
        self.raise_()
        self.adjustSize()
        if self._buttons:
            self._buttons[0].setFocus()

    def _follow_focus(self, focused: QObject | None) -> None:
        inside = isinstance(focused, QWidget) and self.isAncestorOf(focused)
        if self.isVisible() and focused is not None and not inside:
            self.hide()

    def buttons(self) -> list[QToolButton]:
        """Return the thumbnails that were made so far, in order."""
        return self._buttons

    def _fill(self) -> None:
        for place, path in enumerate(sample_files()):
            button = QToolButton()
            button.setIcon(QIcon(str(path)))
            button.setIconSize(QSize(self._theme.px(11), self._theme.px(11)))
            button.setProperty("kind", "icon")
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            name = path.stem.replace("-", " ").replace("_", " ")
            button.setAccessibleName(f"Sample {name}")
            button.setToolTip(name)
            button.setProperty("path", str(path))
            button.clicked.connect(self._choose)
            self._grid.addWidget(button, place // COLUMNS, place % COLUMNS)
            self._buttons.append(button)
        if not self._buttons:
            self._grid.addWidget(QLabel("The sample pictures are missing from this installation."))

    def _choose(self) -> None:
        button = self.sender()
        self.hide()
        self.chosen.emit(Path(button.property("path")))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -COLUMNS,
            Qt.Key.Key_Down: COLUMNS,
        }
        focused = self.focusWidget()
        if event.key() in steps and isinstance(focused, QToolButton):
            place = self._buttons.index(focused) + steps[Qt.Key(event.key())]
            if 0 <= place < len(self._buttons):
                self._buttons[place].setFocus()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(
            focused, QToolButton
        ):
            focused.click()
        elif event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
