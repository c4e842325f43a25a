"""Any number of bytes as hex, scrollable; only the lines that are seen are written."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea

from app.kit.theme import Theme

LINE_BYTES = 16


class HexView(QAbstractScrollArea):
    """Shows bytes, 16 a line; a list of lines would take long to lay out for millions of bytes.

    `with_text` shows beside them what of it can be read as ASCII. The vertical scroll bar counts
    lines; the keyboard moves it.
    """

    def __init__(self, theme: Theme, name: str, with_text: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._with_text = with_text
        self._data = b""
        self.setProperty("kind", "hex")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)
        theme.apply(self, self._measure)

    @property
    def lines(self) -> int:
        """Return how many lines there are."""
        return -(-len(self._data) // LINE_BYTES)

    def line(self, place: int) -> str:
        """Return a line as it is written: where it begins, then its bytes."""
        begin = place * LINE_BYTES
        data = self._data[begin : begin + LINE_BYTES]
        shown = f"{begin:07x}  {data.hex(' ')}"
        if not self._with_text:
            return shown
        text = "".join(chr(byte) if 32 <= byte < 127 else "\u00b7" for byte in data)
        return f"{shown:<{9 + 3 * LINE_BYTES}} {text}"

    def show_data(self, data: bytes) -> None:
        """Show other bytes, from the first on."""
        self._data = data
        self._measure()
        self.verticalScrollBar().setValue(0)

    def _measure(self) -> None:
        seen = self.viewport().height() // self._line_height()
        bar = self.verticalScrollBar()
        bar.setPageStep(max(1, seen))
        bar.setRange(0, max(0, self.lines - seen))
        self.viewport().update()

    def _line_height(self) -> int:
        return QFontMetrics(self._theme.font("mono")).height()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102 - Qt's
        super().resizeEvent(event)
        self._measure()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: D102 - Qt's
        first, height = self.verticalScrollBar().value(), self._line_height()
        with QPainter(self.viewport()) as painter:
            painter.setFont(self._theme.font("mono"))
            painter.setPen(self._theme.color("encrypted"))
            seen = min(self.lines - first, self.viewport().height() // height)
            for row in range(seen):
                baseline = row * height + painter.fontMetrics().ascent()
                painter.drawText(self._theme.px(1), baseline, self.line(first + row))
