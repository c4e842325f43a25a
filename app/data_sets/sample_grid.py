"""Thousands of test pictures as a grid: only those in sight are ever painted."""

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    QStringListModel,
    Qt,
)
from PySide6.QtGui import QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from app.data_sets.browsing import Browser
from app.draw.picture.preview import tinted_image
from app.kit.theme import Theme

CELL = 14
PICTURE = 12
AnyIndex = QModelIndex | QPersistentModelIndex


class SampleModel(QStringListModel):
    """A row for each picture that the browser shows; made of numbers, not of pictures.

    Qt's own list, of empty texts, as laying out 10,000 rows asks 120,000 times how many there are:
    80 ms of answers from Python at each change of size or theme (measured).
    """

    def __init__(self, browser: Browser) -> None:
        super().__init__(browser)
        self._browser = browser
        browser.pictures_changed.connect(self._reset)

    def _reset(self) -> None:
        self.setStringList([""] * len(self._browser.shown))

    def data(self, index: AnyIndex, role: int = 0) -> object:  # noqa: D102 - Qt's
        number = int(self._browser.shown[index.row()])
        if role == Qt.ItemDataRole.UserRole:
            return number
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"Test picture {number}: {self._browser.label(number)}"
        return None


class SampleGrid(QListView):
    """The pictures of a browser; the arrow keys, Page and Home move the selection."""

    def __init__(self, browser: Browser, theme: Theme) -> None:
        super().__init__()
        self._browser = browser
        self.setAccessibleName("Test pictures")
        self.setModel(SampleModel(browser))
        self.setItemDelegate(_Painter(self, browser, theme))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.selectionModel().currentChanged.connect(self._select)
        browser.pictures_changed.connect(self._follow)
        browser.selected_changed.connect(self._follow)
        self._theme = theme
        theme.apply(self, self._fit_grid)
        theme.changed.connect(self.viewport().update)

    def _fit_grid(self) -> None:
        """Let as many columns as there is room for share the whole width."""
        cell = self._theme.px(CELL)
        width = self.viewport().width()
        self.setGridSize(QSize(width // max(1, width // cell), cell))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102 - Qt's
        self._fit_grid()
        super().resizeEvent(event)

    def _select(self, current: QModelIndex) -> None:
        if current.isValid():
            self._browser.select(int(current.data(Qt.ItemDataRole.UserRole)))

    def _follow(self) -> None:
        number, shown = self._browser.selected, self._browser.shown
        row = int(shown.searchsorted(number)) if number is not None else len(shown)
        if row < len(shown) and self.model().rowCount() == len(shown):
            index = self.model().index(row, 0)
            if index != self.currentIndex():
                clear_and_select = QItemSelectionModel.SelectionFlag.ClearAndSelect
                self.selectionModel().setCurrentIndex(index, clear_and_select)
                self.scrollTo(index)


class _Painter(QStyledItemDelegate):
    """Paints a picture in shades of the colour that means clear; a frame marks the chosen one."""

    def __init__(self, view: QListView, browser: Browser, theme: Theme) -> None:
        super().__init__(view)
        self._view = view
        self._browser = browser
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        return self._view.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        number = int(index.data(Qt.ItemDataRole.UserRole))
        side = self._theme.px(PICTURE)
        place = QRect(0, 0, side, side)
        place.moveCenter(option.rect.center())
        low, high = self._theme.color("sunken"), self._theme.color("clear")
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, tinted_image(self._browser.picture(number), low, high))
        is_selected = option.state & QStyle.StateFlag.State_Selected
        if is_selected:
            thick = self._theme.px(0.75)
            painter.setPen(QPen(self._theme.color("encrypted"), thick))
            painter.drawRect(place)
        painter.restore()
