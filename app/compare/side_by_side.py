"""Runs side by side: a column for each, differing lines marked, times and scores with bars."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from app.compare.columns import when_text
from app.compare.lines import PICTURE, Bar, Line, compare
from app.compare.model import thumbnail
from app.kit.basics import RIGHT
from app.kit.table import LEFT, Index, TableModel, make_plain
from app.kit.theme import Theme
from app.state.stored_run import StoredRun

MOST_RUNS = 4
Role = Qt.ItemDataRole
BARS = Role.UserRole
WRAPPED = Qt.TextFlag.TextWordWrap.value
BESIDE_TEXT = 3
"""In pixels, as the style leaves it in other tables."""
MARK = "\u2260 "
DIFFERS = (
    "Differs between these runs; measured values count from a tenth on, "
    "and never between equal settings"
)
NAME_ROOM = 4
COLUMN_WIDTH = 24
"""The least, in spacing units; a longer text takes two lines."""
PANEL_WIDTH = 98
BESIDE = 8
"""What the panel needs beside the columns: its margins and the scroll bar."""
ROW_HEIGHT, LINE_HEIGHT = 5.5, 4.5
PICTURE_SIDE = 7


class ComparisonModel(TableModel):
    """The lines of `app.compare.lines`. Attributes: `lines`, `runs`, `only_differences`."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__((), parent)
        self._theme = theme
        self.runs: list[StoredRun] = []
        self.lines: list[Line] = []
        self.only_differences = False

    def show_runs(self, runs: Sequence[StoredRun]) -> None:
        """Compare these runs, at most MOST_RUNS of them."""
        self.beginResetModel()
        self.runs = list(runs[:MOST_RUNS])
        self.lines = compare(self.runs)
        if self.only_differences:
            self.lines = [line for line in self.lines if line.differs]
        self.endResetModel()

    def row_count(self) -> int:
        """Return how many lines are shown."""
        return len(self.lines)

    def column_count(self) -> int:
        """Return a column for the names, and one a run."""
        return 1 + len(self.runs) if self.runs else 0

    def title(self, column: int) -> str:
        """Return when a run ended."""
        return when_text(self.runs[column - 1].at) if column else ""

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """Return where texts stand: names to the left."""
        return RIGHT if column else LEFT

    def data(self, index: Index, role: int = 0) -> object:  # noqa: D102 - Qt's
        line, column = self.lines[index.row()], index.column()
        if role == Role.DisplayRole:
            return self._text(line, column)
        if role == Role.TextAlignmentRole:
            return self.alignment(column)
        if role == Role.ForegroundRole:
            return self._theme.color("text" if line.differs or not line.texts else "muted")
        if role == Role.FontRole:
            return self._theme.font("strong" if line.differs or not line.texts else "body")
        if role == Role.BackgroundRole and not line.texts:
            return self._theme.color("sunken")
        if role == Role.ToolTipRole:
            return self._text(line, column) if column else DIFFERS if line.differs else None
        if role == Role.AccessibleTextRole and line.differs and not column:
            return f"{line.name}, differs"
        if role == Role.DecorationRole and column and line.name == PICTURE:
            return thumbnail(self.runs[column - 1], self._theme.px(PICTURE_SIDE))
        if role == BARS and column and line.bars:
            return line.bars[column - 1]
        return None

    def _text(self, line: Line, column: int) -> str:
        if column == 0:
            return f"{MARK}{line.name}" if line.differs else line.name
        return line.texts[column - 1] if line.texts else ""


class CellDelegate(QStyledItemDelegate):
    """Paints a cell: its text or picture, and thin bars under it.

    By itself, since Qt's own asks a model eight things a cell and its style for as many rules: of
    100 cells, three times as long.
    """

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: D102 - Qt's
        cell, is_chosen = option.rect, bool(option.state & QStyle.StateFlag.State_Selected)
        ground = (
            self._theme.color("encrypted_tint") if is_chosen else index.data(Role.BackgroundRole)
        )
        if ground is not None:
            painter.fillRect(cell, ground)
        room = cell.adjusted(BESIDE_TEXT, 0, -BESIDE_TEXT, 0)
        picture = index.data(Role.DecorationRole)
        if picture is not None:
            place = QRect(QPoint(), picture.deviceIndependentSize().toSize())
            place.moveCenter(room.center())
            place.moveRight(room.right())
            painter.drawPixmap(place, picture)
        text = index.data()
        if text:
            painter.setFont(index.data(Role.FontRole))
            painter.setPen(
                self._theme.color("text") if is_chosen else index.data(Role.ForegroundRole)
            )
            painter.drawText(room, (RIGHT if index.column() else LEFT).value | WRAPPED, text)
        self._paint_bars(painter, QRectF(cell), index.data(BARS) or ())

    def _paint_bars(self, painter: QPainter, cell: QRectF, bars: tuple[Bar, ...]) -> None:
        inset, thick = self._theme.px(1), max(2.0, self._theme.px(0.5))
        width = cell.width() - 2 * inset
        for place, bar in enumerate(bars):
            if not (math.isfinite(bar.start) and math.isfinite(bar.end)):
                continue
            top = cell.bottom() - (len(bars) - place) * thick - 1
            long = max(1.0, (bar.end - bar.start) * width)
            color = self._theme.color(bar.color)
            painter.fillRect(
                QRectF(cell.left() + inset + bar.start * width, top, long, thick), color
            )


class ComparisonTable(QTableView):
    """Shows a ComparisonModel; titles of sections reach over all columns.

    Attribute: `panel_width`, so wide that no text is cut off, in pixels.
    """

    def __init__(self, model: ComparisonModel, theme: Theme) -> None:
        super().__init__()
        self._lines = model
        self._theme = theme
        self.panel_width = 0
        self.setModel(model)
        self.setItemDelegate(CellDelegate(theme, self))
        make_plain(self, "Selected runs side by side")
        self.setWordWrap(True)
        self.setAlternatingRowColors(False)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setSectionsClickable(False)
        model.modelReset.connect(self._arrange)
        theme.apply(self, self._arrange)

    def _arrange(self) -> None:
        px, header = self._theme.px, self.horizontalHeader()
        self.verticalHeader().setDefaultSectionSize(px(ROW_HEIGHT))
        header.setFixedHeight(px(8))
        for column in range(self._lines.columnCount()):
            stretch = header.ResizeMode.Stretch if column else header.ResizeMode.Fixed
            header.setSectionResizeMode(column, stretch)
        self.clearSpans()
        strong = QFontMetrics(self._theme.font("strong"))
        named = [f"{MARK}{line.name}" for line in self._lines.lines if line.texts]
        names = max(map(strong.horizontalAdvance, named), default=0) + px(NAME_ROOM)
        columns = max(1, len(self._lines.runs))
        column = max(px(COLUMN_WIDTH), (px(PANEL_WIDTH - BESIDE) - names) // columns)
        self.panel_width = max(px(PANEL_WIDTH), names + columns * column + px(BESIDE))
        if self._lines.columnCount():
            self.setColumnWidth(0, names)
        for row, line in enumerate(self._lines.lines):
            if not line.texts and self._lines.columnCount() > 1:
                self.setSpan(row, 0, 1, self._lines.columnCount())
            widest = max(map(strong.horizontalAdvance, line.texts), default=0)
            if line.name == PICTURE:
                self.setRowHeight(row, px(PICTURE_SIDE + 1))
            elif line.texts and widest > column - px(2):
                self.setRowHeight(row, px(2 * LINE_HEIGHT))
