"""What tests of looks share: a window's controls, and what of it is clipped."""

from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from app.draw.canvas import Canvas
from app.draw.noise_view import NoiseView
from app.draw.preview import Preview
from app.draw.score_bars import ScoreBars
from app.journey.stage_card import StageCard
from app.kit.plots.plot import Plot
from app.prove.hex_view import HexView
from app.settings.chain_bar import ChainBar
from app.sweep.form.grid import SweepGrid

CONTROLS = (
    QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QAbstractItemView,
    QPlainTextEdit, Plot, SweepGrid, HexView,
)  # fmt: skip
PARTS = ("QTableCornerButton", "QHeaderView", "QScrollBar", "QComboBoxPrivateContainer")
"""Parts of controls that have a name themselves."""
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
    """Return the labels, buttons and lists whose texts, the longest too, do not fit into them."""
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
        if button.isVisible()
        and button.text()
        and button.width() < button.minimumSizeHint().width()
    ]
    lists = [
        (combo.currentText(), combo.size(), combo.sizeHint())
        for combo in window.findChildren(QComboBox)
        if combo.isVisible() and combo.width() < combo.sizeHint().width()
    ]
    return [*labels, *buttons, *lists]
