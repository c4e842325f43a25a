"""Paints a value's row: name, formula, slots, primes left, scale, polynomials, error."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.kit.table import Index
from app.kit.theme import Theme
from app.kit.wording import time_text
from app.playground.formulas import (
    error_text,
    formula,
    number_text,
    power_text,
    word_text,
)
from app.playground.value_columns import ROW_HEIGHT, Columns, columns
from app.playground.workbench import Workbench
from engine.playground.operations import Encrypt, name_of
from engine.playground.values import Value

_CENTRE = Qt.AlignmentFlag.AlignCenter
_LEFT = Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignRight
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
FEW_SLOTS = 8


class ValuePainter(QStyledItemDelegate):
    """Encrypted slots show what the cloud has, in its colour; decrypted ones the numbers."""

    def __init__(self, workbench: Workbench, theme: Theme) -> None:
        super().__init__()
        self._workbench = workbench
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: D102 - Qt's
        return QSize(0, self._theme.px(ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: D102 - Qt's
        place = index.row()
        values = self._workbench.program.values
        if place >= len(values):
            return
        row: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, row, bool(state & QStyle.StateFlag.State_Selected))
        value, boxes = values[place], columns(row, self._theme)
        self._paint_name(painter, boxes, place, value)
        self._paint_slots(painter, boxes, place, value)
        self._paint_chain(painter, boxes.chain, value)
        self._paint_texts(painter, boxes, place, value)
        painter.restore()

    def _paint_ground(self, painter: QPainter, row: QRect, selected: bool) -> None:
        theme = self._theme
        if selected:
            painter.setPen(QPen(theme.color("encrypted"), 1.5))
            painter.setBrush(theme.color("sunken"))
            inset = row.adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(inset, theme.px(1.25), theme.px(1.25))
        else:
            painter.setPen(QPen(theme.color("border"), 1))
            painter.drawLine(row.bottomLeft(), row.bottomRight())

    def _paint_name(self, painter: QPainter, boxes: Columns, place: int, value: Value) -> None:
        theme, name = self._theme, name_of(place)
        side = min(boxes.name.width(), boxes.name.height())
        disc = QRect(0, 0, side, side)
        disc.moveCenter(boxes.name.center())
        painter.setPen(QPen(theme.color("encrypted_edge"), 1))
        painter.setBrush(theme.color("encrypted_tint"))
        painter.drawEllipse(disc)
        painter.setFont(theme.font("title"))
        painter.setPen(theme.color("encrypted"))
        painter.drawText(disc, _CENTRE, name)
        self._two_lines(
            painter, boxes.formula, formula(value.operation), self._when(place, value), _LEFT
        )

    def _when(self, place: int, value: Value) -> str:
        computed = self._workbench.computed(place)
        if computed is None:
            return "computing\u2026"
        side = "by you" if isinstance(value.operation, Encrypt) else "in the cloud"
        return f"{time_text(computed.seconds)} {side}"

    def _paint_slots(self, painter: QPainter, boxes: Columns, place: int, value: Value) -> None:
        theme, count = self._theme, len(value.clear)
        shown, computed = self._workbench.shown(place), self._workbench.computed(place)
        kind = "clear" if shown else "encrypted"
        if shown:
            most = 4 if count == FEW_SLOTS else 2
            texts = [number_text(each, value.bound, most) for each in shown]
        else:
            words = computed.words if computed is not None else ()
            digits = 4 if count == FEW_SLOTS else 2
            texts = [word_text(each, digits) for each in words[:count]] or [""] * count
        font = theme.font("strong" if shown else "mono")
        if shown and count > FEW_SLOTS:
            font.setPointSizeF(theme.points("caption"))
        for slot, text in enumerate(texts):
            box = boxes.slot(slot, count).adjusted(0, 0, -max(1, theme.px(0.5)), 0)
            painter.setPen(QPen(theme.color(f"{kind}_edge"), 1))
            painter.setBrush(theme.color(f"{kind}_tint"))
            painter.drawRoundedRect(box, theme.px(0.75), theme.px(0.75))
            painter.setPen(theme.color("text" if shown else "encrypted"))
            painter.setFont(font)
            fitted = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideRight, box.width()
            )
            painter.drawText(box, _CENTRE, fitted)

    def _paint_chain(self, painter: QPainter, box: QRect, value: Value) -> None:
        theme = self._theme
        bits = self._workbench.program.setting.chain.coeff_modulus_bits[:-1]
        painter.setFont(theme.font("caption"))
        height, total, left = theme.px(4.5), sum(bits), float(box.left())
        for place, each in enumerate(bits):
            width = box.width() * each / total
            part = QRect(round(left), 0, round(left + width) - round(left) - 2, height)
            part.moveCenter(QRect(part.left(), box.top(), part.width(), box.height()).center())
            left += width
            held = place < value.level
            painter.setPen(QPen(theme.color("encrypted_edge" if held else "border"), 1))
            painter.setBrush(theme.color("encrypted_tint") if held else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(part, theme.px(0.75), theme.px(0.75))
            painter.setPen(theme.color("encrypted" if held else "control"))
            painter.drawText(part, _CENTRE, str(each) if held else "\u00d7")

    def _paint_texts(self, painter: QPainter, boxes: Columns, place: int, value: Value) -> None:
        theme = self._theme
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("text"))
        painter.drawText(boxes.scale, _RIGHT | _MIDDLE, power_text(value.scale))
        painter.drawText(boxes.size, _RIGHT | _MIDDLE, str(value.size))
        shown = self._workbench.shown(place)
        worst = ""
        if shown:
            pairs = zip(shown, value.clear, strict=True)
            worst = f"is {error_text(max(abs(found - exact) for found, exact in pairs))}"
        self._two_lines(painter, boxes.error, f"below {error_text(value.bound)}", worst, _RIGHT)

    def _two_lines(
        self, painter: QPainter, box: QRect, first: str, second: str, side: Qt.AlignmentFlag
    ) -> None:
        """Write a line, and a smaller one under it if there is one."""
        theme = self._theme
        half = box.height() // 2
        upper = QRect(box.left(), box.top(), box.width(), half) if second else box
        lower = QRect(box.left(), box.top() + half, box.width(), box.height() - half)
        for text, font, colour, where in (
            (first, "body", "text", upper),
            (second, "caption", "muted", lower),
        ):
            painter.setFont(theme.font(font))
            painter.setPen(theme.color(colour))
            fitted = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideRight, where.width()
            )
            painter.drawText(where, side | _MIDDLE, fitted)
