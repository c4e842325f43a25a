"""The view of the data sets: choose a set and a class, look through its test pictures, pick one."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.actions.window import Actions
from app.data_sets.browsing import Browser
from app.data_sets.downloading import Downloads
from app.data_sets.missing_page import MissingPage
from app.data_sets.sample_card import SampleCard
from app.data_sets.sample_grid import SampleGrid
from app.data_sets.shelves import SHELVES
from app.draw.view import RIGHT_WIDTH
from app.kit.basics import label
from app.kit.pages import Pages
from app.kit.segmented import Segmented
from app.kit.theme import Theme
from app.state.everything import AppState

FOLDER = len(SHELVES)
EVERY_CLASS = "Every class"
DISAGREEING = "Encrypted and clear differ"


class DataView(QWidget):
    """Attributes: `sets`, `classes`, `number`, `grid`, `card`, `missing`.

    Signal `wanted(dataset, picture, label)`: the person wants this picture classified.
    """

    wanted = Signal(str, object, str)

    def __init__(
        self,
        state: AppState,
        browser: Browser,
        downloads: Downloads,
        theme: Theme,
        actions: Actions,
    ) -> None:
        super().__init__()
        self._browser = browser
        self._theme = theme
        self.sets = Segmented(
            "Data set",
            range(FOLDER + 1),
            "Look through the test pictures of this data set",
            [*(shelf.title for shelf in SHELVES), "Folder\u2026"],
        )
        self.sets.button(FOLDER).setToolTip(
            "Look through a folder of your own pictures, with a subfolder for each class"
        )
        self.sets.chosen.connect(self._choose_shelf)
        self.classes = QComboBox()
        self.classes.setAccessibleName("Class")
        self.classes.setToolTip(
            "Show one class, or what a sweep or an evaluation answered differently when encrypted"
        )
        self.classes.activated.connect(self._choose_class)
        self.number = self._make_number()
        self._reading = label("", "body", "muted")
        self.grid = SampleGrid(browser, theme)
        self.card = SampleCard(state, browser, theme, actions)
        self.missing = MissingPage(browser, downloads, theme, actions)
        self._pages = Pages()
        self._arrange()
        actions.classify_sample.triggered.connect(self._want)
        actions.find_sample.setEnabled(True)
        actions.find_sample.triggered.connect(self._find)
        browser.pictures_changed.connect(self._show)
        browser.selected_changed.connect(self._show_number)
        self._show()
        browser.open()

    def _make_number(self) -> QSpinBox:
        spin = QSpinBox()
        spin.setAccessibleName("Number of the picture")
        spin.setToolTip("Go to a test picture by its number in the file, counted from 0 (Ctrl+F)")
        spin.setAlignment(Qt.AlignmentFlag.AlignCenter)
        spin.setKeyboardTracking(False)
        spin.valueChanged.connect(self._browser.find)
        self._theme.fix(spin, 18, None)
        return spin

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        self._theme.space(row, gap=3)
        panel = QFrame()
        panel.setProperty("panel", "card")
        panel.setAccessibleName("Data set")
        column = QVBoxLayout(panel)
        self._theme.space(column, margin=3, gap=3)
        column.addWidget(self.sets)
        column.addLayout(self._make_bar())
        column.addWidget(self._pages, 1)
        self._pages.addWidget(self.grid)
        self._pages.addWidget(self.missing)
        self._theme.fix(self.card, RIGHT_WIDTH, None)
        row.addWidget(panel, 1)
        row.addWidget(self.card)

    def _make_bar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        self._theme.space(bar, gap=2)
        self._theme.fix(self.classes, 58, None)
        bar.addWidget(self.classes)
        bar.addWidget(label("Number", "body", "muted"))
        bar.addWidget(self.number)
        bar.addStretch()
        bar.addWidget(self._reading)
        return bar

    def _show(self) -> None:
        browser = self._browser
        self.sets.set_value(SHELVES.index(browser.shelf) if browser.shelf in SHELVES else FOLDER)
        self._show_classes()
        self._pages.setCurrentIndex(1 if browser.fault else 0)
        there = browser.split is not None
        self.number.setEnabled(there)
        self.classes.setEnabled(there)
        self.number.setMaximum(max(0, len(browser.split) - 1) if browser.split is not None else 0)
        self._reading.setText("" if there or browser.fault else "Reading\u2026")

    def _show_classes(self) -> None:
        browser = self._browser
        names = [f"{name} ({browser.count(k):,})" for k, name in enumerate(browser.shelf.classes)]
        every = f"{EVERY_CLASS} ({0 if browser.split is None else len(browser.split):,})"
        items = [every, *names, f"{DISAGREEING} ({len(browser.disagreements)})"]
        if [self.classes.itemText(k) for k in range(self.classes.count())] != items:
            self.classes.clear()
            self.classes.addItems(items)
        place = 0 if browser.only_class is None else browser.only_class + 1
        self.classes.setCurrentIndex(len(items) - 1 if browser.only_disagreeing else place)

    def _show_number(self) -> None:
        if self._browser.selected is not None:
            self.number.blockSignals(True)
            self.number.setValue(self._browser.selected)
            self.number.blockSignals(False)

    def _choose_shelf(self, place: int) -> None:
        if place < FOLDER:
            self._browser.choose(SHELVES[place])
            return
        self._show()  # until a folder is chosen, what was shown stays
        dialog = QFileDialog(self, "Open a folder with a subfolder for each class")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self._browser.choose_folder(Path(path)))
        dialog.open()

    def _choose_class(self, index: int) -> None:
        if index == self.classes.count() - 1:
            self._browser.choose_disagreeing()
        else:
            self._browser.choose_class(index - 1 if index else None)

    def _find(self) -> None:
        self.number.setFocus()
        self.number.selectAll()

    def _want(self) -> None:
        browser = self._browser
        if browser.selected is not None and browser.split is not None:
            number = browser.selected
            self.wanted.emit(
                browser.shelf.network_set, browser.picture(number), browser.label(number)
            )
