"""The list of values, and the titles over it; the selected one is the next operation's first."""

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QToolTip, QVBoxLayout, QWidget

from app.kit.basics import label
from app.kit.table import Index
from app.kit.theme import Theme
from app.playground.formulas import number_text, plain_text, spoken
from app.playground.value_columns import TIPS, TITLES, columns
from app.playground.value_painter import ValuePainter
from app.playground.workbench import Workbench

EMPTY = (
    "No values yet. Type numbers on the left and encrypt them, or begin a lesson below: "
    "each ciphertext gets a row here, with all that can be known of it."
)
TITLE_HEIGHT = 6


class ValueModel(QAbstractListModel):
    """A row for each value of the program."""

    def __init__(self, workbench: Workbench, parent: QObject) -> None:
        super().__init__(parent)
        self._workbench = workbench
        self._count = 0
        workbench.changed.connect(self._take)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102 - Qt's
        return 0 if parent.isValid() else self._count

    def data(self, index: Index, role: int = 0) -> object:  # noqa: D102 - Qt's
        place, values = index.row(), self._workbench.program.values
        wanted = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if role not in wanted or place >= len(values):
            return None
        return spoken(place, values[place], self._workbench.shown(place))

    def _take(self) -> None:
        count = len(self._workbench.program.values)
        if count > self._count:
            self.beginInsertRows(QModelIndex(), self._count, count - 1)
            self._count = count
            self.endInsertRows()
        elif count < self._count:
            self.beginRemoveRows(QModelIndex(), count, self._count - 1)
            self._count = count
            self.endRemoveRows()
        if count:
            self.dataChanged.emit(self.index(0), self.index(count - 1))


class ValueList(QFrame):
    """Attribute `list`. Signal `selected(place)` fires when another value was."""

    selected = Signal(int)

    def __init__(self, workbench: Workbench, theme: Theme) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("Values")
        self._workbench = workbench
        self.list = _Rows(workbench, theme)
        self._empty = label(EMPTY, "body", "muted", wrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        theme.apply(self._empty, lambda: self._empty.setMargin(theme.px(24)))
        column = QVBoxLayout(self)
        theme.space(column, margin=2, gap=1)
        titles = _Titles(theme, self.list)
        self.list.verticalScrollBar().rangeChanged.connect(titles.update)
        column.addWidget(titles)
        column.addWidget(self.list, 1)
        column.addWidget(self._empty, 1)
        self.list.selectionModel().currentChanged.connect(self._select)
        self._count = 0
        workbench.changed.connect(self._follow)
        self._follow()

    @property
    def place(self) -> int:
        """Return the selected value's place, -1 without values."""
        return self.list.currentIndex().row()

    def select(self, place: int) -> None:
        """Select a value."""
        self.list.setCurrentIndex(self.list.model().index(place, 0))

    def _select(self, current: QModelIndex) -> None:
        self.selected.emit(current.row())

    def _follow(self) -> None:
        """Go to the newest value whenever there are more or fewer."""
        count = len(self._workbench.program.values)
        self._empty.setVisible(count == 0)
        self.list.setVisible(count > 0)
        if count != self._count:
            self._count = count
            if count:
                self.select(count - 1)
        self.list.scrollTo(self.list.currentIndex())


class _Rows(QListView):
    """The rows; a slot's number is told in full where the mouse rests."""

    def __init__(self, workbench: Workbench, theme: Theme) -> None:
        super().__init__()
        self._workbench = workbench
        self._theme = theme
        self.setAccessibleName("List of values")
        self.setModel(ValueModel(workbench, self))
        self._painter = ValuePainter(workbench, theme)
        self.setItemDelegate(self._painter)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.viewport().setAutoFillBackground(False)
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    def viewportEvent(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            self.setToolTip(self.tip(event.pos()))
        return super().viewportEvent(event)  # type: ignore[arg-type]  # every event passes here

    def tip(self, spot: QPoint) -> str:
        """Return what is told where the mouse rests."""
        index = self.indexAt(spot)
        values = self._workbench.program.values
        if not index.isValid() or index.row() >= len(values):
            return ""
        value, boxes = values[index.row()], columns(self.visualRect(index), self._theme)
        for slot, exact in enumerate(value.clear):
            if boxes.slot(slot, len(value.clear)).contains(spot):
                shown = self._workbench.shown(index.row())
                if not shown:
                    return f"Slot {slot}: encrypted. Exact arithmetic gives {plain_text(exact)}."
                return (
                    f"Slot {slot}: {number_text(shown[slot], 1e-12, 12)} decrypted, "
                    f"{plain_text(exact)} by exact arithmetic"
                )
        tips = zip(boxes.all(), TIPS, strict=True)
        return next((tip for box, tip in tips if box.contains(spot)), "")


class _Titles(QWidget):
    """What stands over the rows' parts."""

    def __init__(self, theme: Theme, rows: QListView) -> None:
        super().__init__()
        self._theme = theme
        self._rows = rows
        self.setAccessibleName("Titles of the values' parts")
        theme.fix(self, None, TITLE_HEIGHT)
        theme.changed.connect(self.update)

    def event(self, event: QEvent) -> bool:
        """Explain the title where the mouse rests."""
        if isinstance(event, QHelpEvent):
            pairs = zip(self._boxes(), TIPS, strict=True)
            tip = next((tip for box, tip in pairs if box.contains(event.pos())), "")
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def _boxes(self) -> tuple[QRect, ...]:
        width = self._rows.viewport().width() if self._rows.isVisible() else self.width()
        return columns(QRect(0, 0, width, self._theme.px(TITLE_HEIGHT)), self._theme).all()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setFont(self._theme.font("caption"))
            painter.setPen(self._theme.color("muted"))
            pairs = zip(TITLES, self._boxes(), strict=True)
            for place, (title, box) in enumerate(pairs):
                side = Qt.AlignmentFlag.AlignRight if place > 3 else Qt.AlignmentFlag.AlignLeft
                painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, title)
