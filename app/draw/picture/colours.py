"""The colours of the pen, for networks that see them."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from app.draw.picture.canvas import Colour
from app.kit.theme import Theme

COLOURS: dict[str, Colour] = {
    "Black": (20, 20, 20),
    "Grey": (130, 130, 130),
    "White": (245, 245, 245),
    "Brown": (120, 80, 45),
    "Red": (200, 45, 40),
    "Yellow": (240, 200, 60),
    "Green": (60, 130, 60),
    "Blue": (60, 120, 200),
}


class Colours(QWidget):
    """A button for each colour. Attribute `colour`: the chosen one. Signal `chosen(Colour)`."""

    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Colour of the pen")
        self.colour = next(iter(COLOURS.values()))
        row = QHBoxLayout(self)
        theme.space(row, gap=0.5)
        self._group = QButtonGroup(self)
        for place, (name, colour) in enumerate(COLOURS.items()):
            button = QToolButton()
            button.setCheckable(True)
            button.setChecked(place == 0)
            button.setAccessibleName(name)
            button.setToolTip(f"Draw in {name.lower()}")
            button.setProperty("kind", "swatch")
            button.setStyleSheet(
                f"QToolButton {{ background-color: rgb{colour}; border: 1px solid gray; "
                "border-radius: 3px; min-height: 0; padding: 0; }"
                "QToolButton:checked { border: 3px solid palette(highlight); }"
            )
            theme.fix(button, 3, 3)
            self._group.addButton(button, place)
            row.addWidget(button)
        self._group.idClicked.connect(self._choose)

    def _choose(self, place: int) -> None:
        self.colour = list(COLOURS.values())[place]
        self.chosen.emit(self.colour)
