"""What tests of looks share: a window's controls, and what of it is clipped."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QPixmap
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QWidget,
)

from app.draw.answer.score_bars import ScoreBars
from app.draw.noise_view import NoiseView
from app.draw.picture.canvas import Canvas
from app.draw.picture.preview import Preview
from app.journey.stage_card import StageCard
from app.kit.plots.plot import Plot
from app.prove.hex_view import HexView
from app.settings.chain_bar import ChainBar
from app.shell.main_window import MainWindow
from app.sweep.form.grid import SweepGrid

CONTROLS = (
    QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QAbstractItemView,
    QPlainTextEdit, Plot, SweepGrid, HexView,
)  # fmt: skip
PARTS = ("QTableCornerButton", "QHeaderView", "QScrollBar", "QComboBoxPrivateContainer")
"""Parts of controls that have a name themselves."""
MOST_ROWS = 60
MARGIN = 3
"""Beside the text of a cell, in pixels, each side; the style's own."""
PAINTED = (Canvas, Preview, StageCard, ChainBar, ScoreBars, NoiseView)


def own_children(window: QWidget, kinds: tuple[type[QWidget], ...]) -> list[QWidget]:
    return [
        child
        for child in window.findChildren(QWidget)
        if isinstance(child, kinds)
        and not child.objectName().startswith("qt_")
        and not any(each.metaObject().className() in PARTS for each in (child, child.parent()))
    ]


def clipped(window: QWidget) -> list[object]:
    """Return the labels, buttons, lists and cells whose texts, the longest too, do not fit.

    What was just shown is laid out first: before that everything would seem to fit.
    """
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    labels = [
        (label.text(), label.size(), label.sizeHint())
        for label in window.findChildren(QLabel)
        if label.isVisible()
        and not label.wordWrap()
        and (label.width() < label.sizeHint().width() or label.height() < 1)
    ]
    buttons = [
        (button.text(), button.size(), button.sizeHint())
        for button in window.findChildren(QAbstractButton)
        if button.isVisible() and button.text() and button.width() < _room(button)
    ]
    lists = [
        (combo.currentText(), combo.size(), combo.sizeHint())
        for combo in window.findChildren(QComboBox)
        if combo.isVisible() and combo.width() < combo.sizeHint().width()
    ]
    wrapped = [
        (label.text(), label.size(), label.heightForWidth(label.width()))
        for label in window.findChildren(QLabel)
        if label.isVisible()
        and label.wordWrap()
        and label.text()
        and label.height() < label.heightForWidth(label.width())
    ]
    tables = [table for table in window.findChildren(QTableView) if table.isVisible()]
    cells = [cell for table in tables for cell in clipped_cells(table)]
    return [*labels, *buttons, *lists, *wrapped, *cells]


def _room(button: QAbstractButton) -> int:
    """Return how wide a button must be, also while its text is bold because it is pressed."""
    least = button.minimumSizeHint().width()
    window = button.window()
    if button.property("kind") != "switch" or not isinstance(window, MainWindow):
        return least
    bold = QFontMetrics(window.theme.font("strong")).horizontalAdvance(button.text())
    return max(least, bold + 2 * window.theme.px(2) + 4)


def clipped_cells(table: QTableView) -> list[object]:
    """Return the titles and the cells of a table whose texts do not fit into them."""
    window = table.window()
    assert isinstance(window, MainWindow)
    titles, padding = QFontMetrics(window.theme.font("caption")), window.theme.px(2)
    model, header = table.model(), table.horizontalHeader()
    found: list[object] = []
    for column in range(model.columnCount()):
        if table.isColumnHidden(column):
            continue
        title = str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        wide = titles.horizontalAdvance(title) + 2 * padding
        if header.isVisible() and wide > header.sectionSize(column):
            found.append((title, header.sectionSize(column), wide))
        for row in range(min(model.rowCount(), MOST_ROWS)):
            index = model.index(row, column)
            text = str(index.data() or "")
            if not text or table.columnSpan(row, column) > 1:
                continue
            own = index.data(Qt.ItemDataRole.FontRole)
            metrics = QFontMetrics(own or table.font())
            room = table.visualRect(index).adjusted(MARGIN, 0, -MARGIN, 0)
            picture = index.data(Qt.ItemDataRole.DecorationRole)
            if isinstance(picture, QPixmap):
                room.setLeft(room.left() + picture.width() + 2 * MARGIN)
            flags = Qt.TextFlag.TextWordWrap if table.wordWrap() else Qt.TextFlag.TextSingleLine
            needs = metrics.boundingRect(room, flags, text)
            if needs.width() > room.width() or needs.height() > table.rowHeight(row) + 2:
                found.append((table.accessibleName(), title, text, room.size(), needs.size()))
    return found
