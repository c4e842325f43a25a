"""The style sheet of the standard controls, made from a palette, a spacing unit and type sizes."""

from collections.abc import Callable, Mapping

from app.kit.palette import Palette

CELL_MARGIN = 3
"""Pixels that the style leaves beside the text of a cell; titles of columns stand over them."""


def style_sheet(
    palette: Palette, px: Callable[[float], int], points: Mapping[str, float], icons: str
) -> str:
    """Return the Qt style sheet.

    `px` maps spacing units to pixels, `points` roles to sizes; `icons` is the icons' folder.
    """
    p = palette
    return f"""
* {{ font-size: {points["body"]:.2f}pt; }}
QWidget#presentation {{ background: {p.window}; }}
QLabel {{ background: transparent; color: {p.text}; }}
QLabel[role="caption"] {{ font-size: {points["caption"]:.2f}pt; color: {p.muted}; }}
QLabel[role="mono"] {{
    font-family: "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace;
    font-size: {points["mono"]:.2f}pt; color: {p.encrypted}; }}
QLabel[role="strong"] {{ font-weight: 600; }}
QLabel[role="title"] {{ font-size: {points["title"]:.2f}pt; font-weight: 600; }}
QLabel[role="lane"] {{ font-size: {points["lane"]:.2f}pt; font-weight: 600; }}
QLabel[role="number"] {{ font-size: {points["number"]:.2f}pt; font-weight: 600; }}
QLabel[role="story"] {{ font-size: {points["story"]:.2f}pt; font-weight: 600; }}
QLabel[role="note"] {{
    font-size: {points["caption"]:.2f}pt; background: {p.danger_tint}; padding: {px(1.5)}px;
    border-radius: {px(1)}px; }}
QLabel[tone="muted"] {{ color: {p.muted}; }}
QLabel[tone="clear"] {{ color: {p.clear}; }}
QLabel[tone="encrypted"] {{ color: {p.encrypted}; }}
QLabel[tone="danger"] {{ color: {p.danger}; }}

QFrame[panel="card"] {{
    background: {p.surface}; border: 1px solid {p.border}; border-radius: {px(2)}px; }}
QFrame[panel="plain"] {{ background: {p.surface}; }}
QFrame[panel="sunken"] {{
    background: {p.sunken}; border: 1px solid {p.border}; border-radius: {px(1.5)}px; }}
QFrame[panel="overlay"] {{
    background: {p.surface}; border: 1px solid {p.control}; border-radius: {px(2)}px; }}
QFrame[panel="clear"] {{
    background: {p.clear_tint}; border: 1px solid {p.clear_edge}; border-radius: {px(2)}px; }}
QFrame[panel="encrypted"] {{
    background: {p.encrypted_tint}; border: 1px solid {p.encrypted_edge};
    border-radius: {px(2)}px; }}
QFrame[panel="danger"] {{
    background: {p.danger_tint}; border: 1px solid {p.danger}; border-radius: {px(2)}px; }}

QPushButton, QToolButton {{
    background: {p.surface}; color: {p.text}; border: 1px solid {p.border};
    border-radius: {px(1.25)}px; padding: {px(0.75)}px {px(2)}px; min-height: {px(4.5)}px; }}
QPushButton:hover, QToolButton:hover {{ border-color: {p.control}; background: {p.sunken}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {p.border}; }}
QPushButton:disabled, QToolButton:disabled {{
    color: {p.control}; border-color: {p.border}; background: {p.sunken}; }}
QPushButton:focus, QToolButton:focus, QComboBox:focus, QSpinBox:focus,
QLineEdit:focus {{
    border: 2px solid {p.encrypted}; padding: {px(0.75) - 1}px {px(2) - 1}px; }}
QToolButton[kind="icon"], QToolButton[kind="icon"]:focus {{ padding: {px(0.5)}px; }}
QPushButton[kind="primary"] {{
    background: {p.encrypted}; color: {p.on_encrypted}; border: 2px solid {p.encrypted};
    font-size: {points["title"]:.2f}pt; font-weight: 600; padding: 0 {px(4)}px;
    min-height: {px(9)}px; }}
QPushButton[kind="primary"]:hover {{
    background: {p.encrypted_hover}; border-color: {p.encrypted_hover}; }}
QPushButton[kind="primary"]:focus {{ border: 2px solid {p.text}; padding: 0 {px(4)}px; }}
QPushButton[kind="primary"]:disabled {{
    background: {p.border}; color: {p.muted}; border-color: {p.border}; }}
QPushButton[kind="stop"] {{
    background: {p.surface}; color: {p.danger}; border: 2px solid {p.danger};
    font-size: {points["title"]:.2f}pt; font-weight: 600; padding: 0 {px(4)}px;
    min-height: {px(9)}px; }}
QPushButton[kind="suggest"] {{
    color: {p.encrypted}; border-color: {p.encrypted}; font-weight: 600; }}
QPushButton[kind="suggest"]:disabled {{ color: {p.control}; border-color: {p.border}; }}
QPushButton[refused="true"] {{ color: {p.muted}; border: 1px dashed {p.control}; }}
QPushButton[refused="true"]:focus {{ border: 2px dashed {p.encrypted}; }}
QPushButton[kind="preset"] {{ padding: {px(0.5)}px {px(1)}px; }}
QPushButton[kind="preset"]:focus {{ padding: {px(0.5) - 1}px {px(1) - 1}px; }}
QPushButton[segment] {{
    border-radius: 0; padding: {px(0.5)}px 0; margin-left: -1px; border-color: {p.border}; }}
QPushButton[segment="first"] {{
    border-top-left-radius: {px(1.25)}px; border-bottom-left-radius: {px(1.25)}px; margin: 0; }}
QPushButton[segment="last"] {{
    border-top-right-radius: {px(1.25)}px; border-bottom-right-radius: {px(1.25)}px; }}
QPushButton[segment]:checked, QPushButton[kind="preset"]:checked,
QPushButton[kind="small"]:checked {{
    background: {p.encrypted_tint}; color: {p.encrypted}; border-color: {p.encrypted}; }}
QPushButton[segment]:checked {{ font-weight: 600; }}
QPushButton[kind="small"] {{ padding: 0 {px(2)}px; min-height: {px(5)}px; }}
QPushButton[segment]:focus {{ border: 2px solid {p.encrypted}; padding: {px(0.5) - 1}px 0; }}
QToolButton[kind="switch"]:checked {{
    background: {p.encrypted_tint}; color: {p.encrypted}; border: 2px solid {p.encrypted};
    font-weight: 600; }}
QPushButton[kind="proof"] {{
    background: transparent; border: 1px solid transparent; text-align: left;
    min-height: {px(8)}px; padding: {px(1)}px {px(2)}px; }}
QPushButton[kind="proof"]:hover {{ background: {p.sunken}; border-color: {p.border}; }}
QPushButton[kind="proof"]:checked {{
    background: {p.encrypted_tint}; color: {p.encrypted}; border-color: {p.encrypted_edge};
    font-weight: 600; }}
QPushButton[kind="proof"]:focus {{
    border: 2px solid {p.encrypted}; padding: {px(1) - 1}px {px(2) - 1}px; }}
QToolButton[kind="tab"] {{
    background: transparent; border: none; border-radius: 0; min-height: {px(4)}px;
    padding: {px(1)}px {px(2)}px; border-bottom: 2px solid transparent; color: {p.muted}; }}
QToolButton[kind="tab"]:hover {{ color: {p.text}; border-bottom-color: {p.control}; }}
QToolButton[kind="tab"]:checked {{
    color: {p.encrypted}; border-bottom-color: {p.encrypted}; font-weight: 600; }}
QToolButton[kind="tab"]:focus {{
    border: 2px solid {p.encrypted}; padding: {px(1) - 2}px {px(2) - 2}px; }}
QToolButton[kind="tool"] {{ padding: {px(0.75)}px {px(1)}px; }}
QToolButton[kind="tool"]:focus {{ padding: {px(0.75) - 1}px {px(1) - 1}px; }}
QToolButton[kind="flat"] {{
    background: transparent; border: 1px solid transparent; text-align: left; }}
QToolButton[kind="flat"]:hover {{ background: {p.sunken}; }}
QToolButton[kind="flat"]:focus {{ border: 2px solid {p.encrypted}; }}

QComboBox, QSpinBox, QLineEdit {{
    background: {p.surface}; color: {p.text}; border: 1px solid {p.border};
    border-radius: {px(1.25)}px; padding: {px(0.75)}px {px(1.25)}px; min-height: {px(4)}px; }}
QSpinBox, QSpinBox:focus {{ padding: {px(0.75)}px 0; }}
QSpinBox::up-button, QSpinBox::down-button {{
    subcontrol-origin: margin; width: 0; height: 0; border: none; }}
QComboBox::drop-down {{ border: none; width: {px(4.5)}px; }}
QComboBox::down-arrow {{ image: url("{icons}/chevron-{p.name}.svg");
    width: {px(3.5)}px; height: {px(3.5)}px; }}
QComboBox:hover, QSpinBox:hover, QLineEdit:hover {{ border-color: {p.control}; }}
QComboBox QAbstractItemView {{
    background: {p.surface}; color: {p.text}; border: 1px solid {p.border};
    selection-background-color: {p.encrypted_tint}; selection-color: {p.encrypted}; }}
QSlider {{ min-height: {px(5)}px; }}
QSlider::groove:horizontal {{ height: {px(1)}px; background: {p.border};
    border-radius: {px(0.5)}px; }}
QSlider::sub-page:horizontal {{ background: {p.control}; border-radius: {px(0.5)}px; }}
QSlider::handle:horizontal {{
    width: {px(3.5)}px; height: {px(3.5)}px; margin: -{px(1.5)}px 0; background: {p.surface};
    border: 2px solid {p.control}; border-radius: {px(1.75) + 1}px; }}
QSlider::handle:horizontal:hover {{ border-color: {p.text}; }}
QSlider::handle:horizontal:focus {{ border-color: {p.encrypted}; background: {p.encrypted}; }}
QProgressBar {{ background: {p.border}; border: none; border-radius: {px(0.75)}px; }}
QProgressBar::chunk {{ background: {p.encrypted}; border-radius: {px(0.75)}px; }}

QMenuBar {{ background: {p.window}; color: {p.text}; padding: 0 {px(2)}px; }}
QMenuBar::item {{ padding: {px(1)}px {px(2)}px; border-radius: {px(1)}px; }}
QMenuBar::item:selected {{ background: {p.border}; }}
QMenu {{ background: {p.surface}; color: {p.text}; border: 1px solid {p.border};
    padding: {px(1)}px; }}
QMenu::item {{ padding: {px(1.25)}px {px(6)}px; border-radius: {px(1)}px; }}
QMenu::item:selected {{ background: {p.encrypted_tint}; color: {p.encrypted}; }}
QMenu::item:disabled {{ color: {p.control}; }}
QMenu::separator {{ height: 1px; background: {p.border}; margin: {px(1)}px {px(2)}px; }}
QToolTip {{ background: {p.surface}; color: {p.text}; border: 1px solid {p.control};
    padding: {px(1)}px; }}

QTableView {{
    background: {p.surface}; alternate-background-color: {p.sunken}; color: {p.text};
    border: none; outline: none; gridline-color: {p.border};
    selection-background-color: {p.encrypted_tint};
    selection-color: {p.text}; }}
QListWidget {{ background: {p.surface}; color: {p.text}; border: none; outline: none; }}
QListWidget::item {{ padding: {px(1)}px {px(1.5)}px; border-radius: {px(1)}px; }}
QListWidget::item:hover {{ background: {p.sunken}; }}
QListWidget::item:selected {{ background: {p.encrypted_tint}; color: {p.encrypted}; }}
QTableView[kind="log"]::item {{ padding: 0 {px(1.25)}px; }}
QHeaderView::section {{
    background: {p.sunken}; color: {p.muted}; border: none; border-bottom: 1px solid {p.border};
    padding: {px(1)}px {CELL_MARGIN}px; font-size: {points["caption"]:.2f}pt; }}
QTableView[kind="log"] QHeaderView::section {{
    padding: {px(1)}px {px(1.25) + CELL_MARGIN}px; }}
QHeaderView::down-arrow {{ image: url("{icons}/chevron-{p.name}.svg");
    width: {px(3)}px; height: {px(3)}px; }}
QHeaderView::up-arrow {{ image: url("{icons}/chevron-up-{p.name}.svg");
    width: {px(3)}px; height: {px(3)}px; }}
QAbstractScrollArea[kind="hex"] {{
    background: {p.sunken}; border: 1px solid {p.border}; border-radius: {px(1)}px;
    padding: {px(1)}px; }}
QAbstractScrollArea[kind="hex"]:focus {{ border: 2px solid {p.encrypted}; }}
QTextEdit, QPlainTextEdit {{
    background: {p.sunken}; color: {p.text}; border: 1px solid {p.border};
    border-radius: {px(1)}px; }}
QScrollBar:vertical {{ width: {px(2.5)}px; background: transparent; }}
QScrollBar:horizontal {{ height: {px(2.5)}px; background: transparent; }}
QScrollBar::handle:vertical {{ min-height: {px(8)}px; }}
QScrollBar::handle {{ background: {p.control}; border-radius: {px(1)}px; margin: 2px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
"""
