"""What the window's tables have in common: how they look, and what Qt asks every model."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHeaderView, QTableView

from app.kit.theme import Theme

Index = QModelIndex | QPersistentModelIndex
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


PADDING = 4
"""In the theme's units, beside the text of a cell, both sides together."""


class TableModel(QAbstractTableModel):
    """Rows under `titles`; a subclass says how many, and what stands in a cell for each role."""

    def __init__(self, titles: tuple[str, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._titles = titles

    def row_count(self) -> int:
        """Return how many rows there are."""
        raise NotImplementedError

    def column_count(self) -> int:
        """Return how many columns there are."""
        return len(self._titles)

    def title(self, column: int) -> str:
        """Return what stands over a column."""
        return self._titles[column]

    def alignment(self, column: int) -> Qt.AlignmentFlag:
        """Return where texts stand in a column, its title too."""
        return LEFT

    def title_tip(self, column: int) -> str | None:
        """Return what explains a column's title, if anything."""
        return None

    # --- Qt's

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102
        return 0 if parent.isValid() else self.row_count()

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102
        return 0 if parent.isValid() else self.column_count()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:  # noqa: D102
        if orientation is not Qt.Orientation.Horizontal or section >= self.column_count():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.title(section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.alignment(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.title_tip(section)
        return None


def make_plain(table: QTableView, name: str) -> None:
    """Give a table the look of all: whole rows selected, no lines, Tab leaves it."""
    table.setAccessibleName(name)
    table.setAlternatingRowColors(True)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    for header in (table.verticalHeader(), table.horizontalHeader()):
        header.setMinimumSectionSize(1)  # Qt's is that of a larger type, if the window was larger


def fit_columns(
    table: QTableView, theme: Theme, titles: tuple[str, ...], widest: tuple[str, ...]
) -> None:
    """Give each column the width of its title or its `widest` text; the one without takes the rest.

    Asking Qt to fit columns to their contents reads every row whenever the theme or the size of
    the window changes: 4.6 s for 800 rows (measured).
    """
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    header.setSectionResizeMode(widest.index(""), QHeaderView.ResizeMode.Stretch)

    def fit() -> None:
        metrics = QFontMetrics(theme.font("body"))
        for column, texts in enumerate(zip(titles, widest, strict=True)):
            width = max(map(metrics.horizontalAdvance, texts))
            table.setColumnWidth(column, width + theme.px(PADDING))

    theme.apply(table, fit)
