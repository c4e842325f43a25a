"""The sample pictures of the chosen network as thumbnails over the window."""

import math
from pathlib import Path

from PySide6.QtCore import QMetaObject, QObject, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent, QIcon, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QToolButton, QVBoxLayout, QWidget

from app.draw.picture.rendering import drawn_pixmap
from app.draw.picture.samples import photo_samples, sample_drawing, sample_names
from app.kit.basics import label
from app.kit.theme import Theme
from engine.data_sets.preparation import FIRST_DATASET

STEPS = {
    Qt.Key.Key_Left.value: (0, -1),
    Qt.Key.Key_Right.value: (0, 1),
    Qt.Key.Key_Up.value: (-1, 0),
    Qt.Key.Key_Down.value: (1, 0),
}
Place = tuple[int, int]
TITLE = "Samples, drawn for this program"
TITLES = {
    "PneumoniaMNIST": "Chest X-rays of PneumoniaMNIST (CC BY 4.0)\nNot for clinical use",
    "CIFAR10": "Pictures painted for this program",
}
ROWS = 2
THUMBNAIL = 9


def sample_places(dataset: str = FIRST_DATASET) -> dict[Place, str | Path]:
    """Return the samples of a data set by row and column: names of drawn ones, or picture files.

    Of digits, which are called `DIGIT-KIND.png`, each kind has a row; all others take two.
    """
    names = sample_names(dataset)
    if dataset != FIRST_DATASET:
        every: list[str | Path] = [*photo_samples(dataset), *names]
        across = max(1, math.ceil(len(every) / ROWS))
        return {divmod(place, across): each for place, each in enumerate(every)}
    kinds = sorted({name[2:] for name in names}, reverse=True)
    return {(kinds.index(name[2:]), int(name[0])): name for name in names}


class Gallery(QFrame):
    """Arrow keys move, Return chooses, Esc closes; so does a focus that goes elsewhere.

    Signals: `drawn(name, dataset)` for a sample that is drawn again, `chosen(Path)` for a picture
    file.
    """

    drawn = Signal(str, str)
    chosen = Signal(object)

    def __init__(self, theme: Theme, content: QWidget) -> None:
        super().__init__(content)
        self.setProperty("panel", "overlay")
        self.setAccessibleName("Sample pictures")
        self._theme = theme
        self._before: QWidget | None = None
        self._following: QMetaObject.Connection | None = None
        self.buttons: dict[Place, QToolButton] = {}
        self._dataset = ""
        layout = QVBoxLayout(self)
        theme.space(layout, margin=3, gap=2)
        self._title = label(TITLE, "caption")
        layout.addWidget(self._title)
        self._grid = QGridLayout()
        theme.space(self._grid, gap=1)
        layout.addLayout(self._grid)
        self.hide()

    def open_at(self, corner: QPoint, dataset: str) -> None:
        """Show the thumbnails for a data set's networks, top left at a point of the content."""
        self._fill(dataset)
        self._before = QApplication.focusWidget()
        self.move(corner)
        self.show()
        self.raise_()
        self.adjustSize()
        for button in list(self.buttons.values())[:1]:
            button.setFocus()

    def _close(self) -> None:
        if self._before is not None:
            self._before.setFocus()
        self.hide()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: D102 - Qt's
        super().showEvent(event)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        if self._following is None:  # the application outlives the window: only while it is shown
            self._following = application.focusObjectChanged.connect(self._follow_focus)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: D102 - Qt's
        super().hideEvent(event)
        if self._following is not None:
            QObject.disconnect(self._following)
            self._following = None

    @Slot(QObject)
    def _follow_focus(self, focused: QObject | None) -> None:
        inside = isinstance(focused, QWidget) and self.isAncestorOf(focused)
        if focused is not None and not inside:
            self.hide()

    def _fill(self, dataset: str) -> None:
        self._dataset = dataset
        for button in self.buttons.values():
            self._grid.removeWidget(button)
            button.deleteLater()
        self.buttons = {}
        self._title.setText(TITLES.get(dataset, TITLE))
        for place, sample in sorted(sample_places(dataset).items()):  # the order of Tab
            button = self._make_button(sample)
            self._grid.addWidget(button, *place)
            self.buttons[place] = button
        if not self.buttons:
            self._title.setText("The sample pictures are missing from this installation.")

    def _make_button(self, sample: str | Path) -> QToolButton:
        side = self._theme.px(THUMBNAIL)
        button = _Thumbnail()
        if isinstance(sample, Path):
            button.setIcon(QIcon(str(sample)))
        else:
            strokes, pixels = sample_drawing(sample, self._dataset).strokes, self._sharp(side)
            button.setIcon(QIcon(drawn_pixmap(strokes, self._theme.color("clear"), pixels)))
        button.setIconSize(QSize(side, side))
        button.setProperty("kind", "icon")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        name = Path(sample).stem.replace("-", ", " if self._dataset == FIRST_DATASET else " ")
        button.setAccessibleName(f"Sample {name}")
        button.setToolTip(name)
        button.clicked.connect(lambda: self._choose(sample))
        return button

    def _sharp(self, side: int) -> int:
        return round(side * self.devicePixelRatioF())

    def _choose(self, sample: str | Path) -> None:
        self._close()
        if isinstance(sample, Path):
            self.chosen.emit(sample)
        else:
            self.drawn.emit(sample, self._dataset)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        here = next((place for place, each in self.buttons.items() if each.hasFocus()), None)
        if event.key() in STEPS and here is not None:
            down, right = STEPS[event.key()]
            there = self.buttons.get((here[0] + down, here[1] + right))
            if there is not None:
                there.setFocus()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and here is not None:
            self.buttons[here].click()
        elif event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)


class _Thumbnail(QToolButton):
    """Leaves the arrow keys to the gallery; a button would take them as Tab."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in STEPS:
            event.ignore()
        else:
            super().keyPressEvent(event)
