"""The grid of a sweep: a row for each poly modulus degree, a column for each bit scale.

What is chosen is filled, what cannot work is hatched, and the reason is in its tooltip.
"""

import math
from collections import Counter

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from app.kit.theme import Theme
from app.kit.wording import model_text
from app.sweep.choice import Part
from app.sweep.running import Sweeps
from engine.ckks.parameters import POLY_MODULUS_DEGREES, SCALE_BITS_RANGE
from engine.studies.sweeps.records import SweepPoint

ROW = 5.5
HEAD = 4.5
SIDE = 12
MARGIN = 1.5
LABEL_EVERY = 5
COLUMNS = tuple(SCALE_BITS_RANGE)
ROWS = POLY_MODULUS_DEGREES
Cell = tuple[int, int]
"""(row, column); -1 is the heading of a column or of a row."""

STEPS = {
    Qt.Key.Key_Left.value: (0, -1),
    Qt.Key.Key_Right.value: (0, 1),
    Qt.Key.Key_Up.value: (-1, 0),
    Qt.Key.Key_Down.value: (1, 0),
}


class SweepGrid(QWidget):
    """Shows the choice of `sweeps`; a click on a heading or a cell, or Space, asks for a change.

    Signal `toggled(part, value)`: "degrees" or "scales", and which of them. A click on a cell
    that is chosen takes out its column; on any other it puts in its row and its column.
    """

    toggled = Signal(str, int)

    def __init__(self, sweeps: Sweeps, theme: Theme) -> None:
        super().__init__()
        self._sweeps = sweeps
        self._theme = theme
        self._failing: Counter[Cell] = Counter()
        self._cursor: Cell = (1, COLUMNS.index(26))
        self.setAccessibleName("Grid of poly modulus degrees and bit scales")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.fix(self, None, HEAD + ROW * len(ROWS) + 0.5)
        sweeps.choice_changed.connect(self._refresh)
        sweeps.limits_changed.connect(self._count)
        theme.changed.connect(self.update)
        self._count()

    # --- what a cell is

    def is_chosen(self, cell: Cell) -> bool:
        """Tell whether a cell's row and column are both chosen; of a heading, only its own."""
        row, column = cell
        choice = self._sweeps.choice
        rows = row < 0 or ROWS[row] in choice.degrees
        columns = column < 0 or COLUMNS[column] in choice.scales
        return rows and columns

    def reasons(self, cell: Cell) -> list[str]:
        """Return why a cell cannot work, with the models that it is true for; none if it can."""
        row, column = cell
        if row < 0 or column < 0:
            return []
        by_reason: dict[str, list[str]] = {}
        for point, reason in self._sweeps.limits.items():
            if _place(point) == cell:
                by_reason.setdefault(reason, []).append(model_text(point.settings.model))
        return [f"{'; '.join(models)}: {reason}" for reason, models in by_reason.items()]

    def share_that_works(self, cell: Cell) -> float:
        """Return for how many of the chosen models a cell can work, as a share."""
        models = self._sweeps.choice.models
        return 1 - self._failing[cell] / len(models) if models else 1.0

    def describe(self, cell: Cell) -> str:
        """Return a cell in words."""
        row, column = cell
        if row < 0:
            return f"Bit scale {COLUMNS[column]}: choose or leave out"
        if column < 0:
            return f"N = {ROWS[row]}: choose or leave out"
        chosen = "chosen" if self.is_chosen(cell) else "not chosen"
        head = f"N = {ROWS[row]}, bit scale {COLUMNS[column]}: {chosen}"
        return "\n".join([head, *self.reasons(cell)])

    # --- what a person does

    def cell_at(self, point: QPoint | QPointF) -> Cell | None:
        """Return the cell under a place in this widget."""
        row = math.floor((point.y() - self._theme.px(HEAD)) / self._theme.px(ROW))
        column = math.floor((point.x() - self._theme.px(SIDE)) / self._width)
        row, column = max(row, -1), max(column, -1)
        if row >= len(ROWS) or column >= len(COLUMNS) or row == column == -1:
            return None
        return row, column

    def place_of(self, cell: Cell) -> QRectF:
        """Return where a cell lies in this widget."""
        row, column = cell
        side, head, tall = (self._theme.px(each) for each in (SIDE, HEAD, ROW))
        if row < 0:
            return QRectF(side + column * self._width, 0, self._width, head)
        if column < 0:
            return QRectF(0, head + row * tall, side, tall)
        return QRectF(side + column * self._width, head + row * tall, self._width, tall)

    def toggle(self, cell: Cell) -> None:
        """Ask for the change that a click on a cell means."""
        row, column = cell
        was_chosen = self.is_chosen(cell)
        changes: list[tuple[Part, int]] = []
        if row < 0 or (column >= 0 and (was_chosen or not self.is_chosen((-1, column)))):
            changes.append(("scales", COLUMNS[column]))
        if column < 0 or (row >= 0 and not was_chosen and not self.is_chosen((row, -1))):
            changes.append(("degrees", ROWS[row]))
        for change in changes:
            self.toggled.emit(*change)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: D102 - Qt's
        cell = self.cell_at(event.position())
        if cell is not None:
            self._cursor = cell
            self.toggle(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102 - Qt's
        if event.key() in STEPS:
            down, right = STEPS[event.key()]
            row = min(max(self._cursor[0] + down, -1), len(ROWS) - 1)
            column = min(max(self._cursor[1] + right, -1), len(COLUMNS) - 1)
            if (row, column) != (-1, -1):
                self._cursor = row, column
            self._refresh()
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return):
            self.toggle(self._cursor)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:  # noqa: D102 - Qt's
        if isinstance(event, QHelpEvent):
            cell = self.cell_at(event.pos())
            QToolTip.showText(event.globalPos(), self.describe(cell) if cell else "", self)
            return True
        return super().event(event)

    def _count(self) -> None:
        self._failing = Counter(_place(point) for point in self._sweeps.limits)
        self._refresh()

    def _refresh(self) -> None:
        self.setAccessibleDescription(self.describe(self._cursor))
        self.update()

    # --- painting

    @property
    def _width(self) -> float:
        return (self.width() - self._theme.px(SIDE + MARGIN)) / len(COLUMNS)

    def sizeHint(self) -> QSize:  # noqa: D102 - Qt's
        return QSize(self._theme.px(SIDE + 2 * len(COLUMNS)), self.minimumHeight())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        with QPainter(self) as painter:
            painter.setFont(self._theme.font("caption"))
            for column, scale in enumerate(COLUMNS):
                self._paint_heading(painter, (-1, column), str(scale), scale % LABEL_EVERY == 0)
            for row, degree in enumerate(ROWS):
                self._paint_heading(painter, (row, -1), str(degree), shown=True)
                for column in range(len(COLUMNS)):
                    self._paint_cell(painter, (row, column))
            if self.hasFocus():
                painter.setPen(QPen(self._theme.color("text"), self._theme.px(0.5)))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.place_of(self._cursor))

    def _paint_heading(self, painter: QPainter, cell: Cell, text: str, shown: bool) -> None:
        place, chosen = self.place_of(cell), self.is_chosen(cell)
        if chosen:
            bar = QRectF(place)
            if cell[0] < 0:
                bar.setTop(place.bottom() - self._theme.px(0.75))
            else:
                bar.setLeft(place.right() - self._theme.px(0.75))
            painter.fillRect(bar.adjusted(0.5, 0.5, -0.5, -0.5), self._theme.color("encrypted"))
        if shown:
            painter.setPen(self._theme.color("text" if chosen else "muted"))
            wide = place.adjusted(-20, 0, 20, 0) if cell[0] < 0 else place
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(wide, Qt.AlignmentFlag.AlignCenter if cell[0] < 0 else left, text)

    def _paint_cell(self, painter: QPainter, cell: Cell) -> None:
        place = self.place_of(cell).adjusted(0.5, 0.5, -0.5, -0.5)
        chosen, works = self.is_chosen(cell), self.share_that_works(cell)
        painter.fillRect(place, self._theme.color("encrypted" if chosen and works else "sunken"))
        if works < 1:
            ink = "on_encrypted" if chosen and works else "danger" if chosen else "control"
            pattern = Qt.BrushStyle.BDiagPattern if works == 0 else Qt.BrushStyle.Dense6Pattern
            painter.fillRect(place, QBrush(self._theme.color(ink), pattern))
        painter.setPen(QPen(self._theme.color("danger" if chosen and not works else "border"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place)


def _place(point: SweepPoint) -> Cell:
    settings = point.settings
    return ROWS.index(settings.poly_modulus_degree), COLUMNS.index(settings.scale_bits)
