"""One layer's row: its kind, a field for each of its sizes, what comes out, a way to drop it."""

import dataclasses
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QPushButton, QSpinBox, QWidget

from app.kit.basics import label, push_button
from engine.networks.architecture import MOST_CHANNELS, MOST_WIDTH, ConvSpec, Spec
from engine.networks.layers import Shape

FIELDS = ("kernel", "stride", "padding", "pool")
RANGES = {"kernel": (1, 64), "stride": (1, 64), "padding": (0, 8), "pool": (1, 32)}
HEADINGS = ("", "Channels", "Kernel", "Stride", "Padding", "Pool", "Activation", "Gives", "")
EXPLAINED = {
    "Channels": "How many channels a convolution has, or how wide a dense layer is",
    "Kernel": "The side of the window that a convolution looks through",
    "Stride": "How far apart windows are; 2 halves each side",
    "Padding": "Rows and columns of zeros around the picture",
    "Pool": "The average of so many neighbours each way; free when the next layer is linear",
    "Activation": "Between linear layers: x² costs one multiplication, degrees 3 and 4 cost two",
    "Gives": "Channels, height and width of the result",
}
ACTIVATIONS = {1: "none", 2: "x\u00b2", 3: "degree 3", 4: "degree 4"}


class LayerRow(QObject):
    """Widgets in a row of a grid. Signals: `changed(Spec)`, `dropped`."""

    changed = Signal(object)
    dropped = Signal()

    def __init__(self, layer: Spec, number: int, is_last: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._layer = layer
        kind = "Convolution" if isinstance(layer, ConvSpec) else "Scores" if is_last else "Dense"
        self._name = f"Layer {number}, {kind.lower()}"
        self._head = label(f"{number}  {kind}", "body")
        self.spins: dict[str, QSpinBox] = {}
        size = "channels" if isinstance(layer, ConvSpec) else "width"
        self._spin(size, 1, MOST_CHANNELS if isinstance(layer, ConvSpec) else MOST_WIDTH)
        if isinstance(layer, ConvSpec):
            for name in FIELDS:
                self._spin(name, *RANGES[name])
        self.activation = QComboBox()
        self.activation.setAccessibleName(f"{self._name}: activation")
        for degree, text in ACTIVATIONS.items():
            self.activation.addItem(text, degree)
        self.activation.setCurrentIndex(self.activation.findData(layer.degree))
        self.activation.currentIndexChanged.connect(self._change)
        self._gives = label("", "body", "muted")
        self.drop = push_button("\u00d7", "small")
        self.drop.setAccessibleName(f"Take out {self._name.lower()}")
        self.drop.setToolTip(f"Take out {self._name.lower()}")
        self.drop.clicked.connect(self.dropped)
        if is_last:
            self.spins["width"].setEnabled(False)
            self.spins["width"].setToolTip("One score for each class of the data set")
            self.activation.hide()
            self.drop.hide()

    def _spin(self, name: str, least: int, most: int) -> None:
        spin = QSpinBox()
        spin.setRange(least, most)
        spin.setValue(getattr(self._layer, name))
        spin.setAccessibleName(f"{self._name}: {name}")
        spin.setToolTip(EXPLAINED[name.capitalize() if name != "width" else "Channels"])
        spin.setAlignment(Qt.AlignmentFlag.AlignCenter)
        spin.setKeyboardTracking(False)
        spin.valueChanged.connect(self._change)
        self.spins[name] = spin

    def set_field_width(self, pixels: int) -> None:
        """Make every number's field so wide; the rows come and go, so no theme keeps them."""
        for spin in self.spins.values():
            spin.setFixedWidth(pixels)

    def place(self, grid: QGridLayout, row: int) -> None:
        """Put the widgets into a row of the grid."""
        grid.addWidget(self._head, row, 0)
        for column, spin in enumerate(self.spins.values(), 1):
            grid.addWidget(spin, row, column)
        grid.addWidget(self.activation, row, 6)
        grid.addWidget(self._gives, row, 7)
        grid.addWidget(self.drop, row, 8)

    @property
    def layer(self) -> Spec:
        """Return the layer as the row has it."""
        return self._layer

    def show_shape(self, shape: Shape | None) -> None:
        """Show what comes out of the layer, or nothing where that cannot be."""
        self._gives.setText("\u00d7".join(map(str, shape)) if shape else "\u2013")

    def gives(self) -> QLabel:
        """Return the label with the shape."""
        return self._gives

    def drop_button(self) -> QPushButton:
        """Return the button that takes the layer out."""
        return self.drop

    def _change(self) -> None:
        values: dict[str, Any] = {name: spin.value() for name, spin in self.spins.items()}
        self._layer = dataclasses.replace(
            self._layer, **values, degree=self.activation.currentData()
        )
        self.changed.emit(self._layer)
