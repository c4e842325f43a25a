"""A row of buttons of which exactly one is pressed; the arrow keys move along it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QPushButton, QWidget


class Segmented(QWidget):
    """A choice among numbers. Signal `chosen(value)` fires when the person picks another.

    With `texts` the buttons show those in place of the numbers.
    """

    chosen = Signal(int)

    def __init__(
        self, name: str, values: Sequence[int], tooltip: str, texts: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for place, value in enumerate(values):
            text = texts[place] if texts else str(value)
            button = QPushButton(text)
            button.setCheckable(True)
            edge = {0: "first", len(values) - 1: "last"}.get(place, "inner")
            button.setProperty("segment", edge)
            button.setAccessibleName(f"{name} {text}")
            button.setToolTip(tooltip)
            self._group.addButton(button, value)
            layout.addWidget(button, len(text) if texts else 1)
        self._group.idClicked.connect(self.chosen)

    def value(self) -> int:
        """Return the chosen number."""
        return self._group.checkedId()

    def button(self, value: int) -> QAbstractButton:
        """Return the button of a number."""
        return self._group.button(value)

    def set_value(self, value: int) -> None:
        """Show a number as chosen, without a signal."""
        self._group.button(value).setChecked(True)
