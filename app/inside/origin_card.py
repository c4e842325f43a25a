"""The slot that is pointed at: what it holds, and the pixels and weights that it came from."""

import math

import numpy as np
from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.inside.slots.tensor_view import TensorView
from app.inside.viewing import Viewing
from app.kit.basics import label
from app.kit.following import Following
from app.kit.theme import Theme
from app.kit.wording import score_text
from engine.arrays import Array
from engine.circuits.diagonals import power_of_two
from engine.inside.holdings import NOTHING
from engine.inside.names import slot_name, value_name
from engine.inside.provenance import Origin
from engine.inside.trace import Trace
from engine.networks.layers import Shape

POINT = (
    "A ciphertext holds {:,} numbers, each in a slot. Point at one to see where it came from; the "
    "wheel or + comes nearer."
)
COLOURS = (
    "Orange numbers are positive, green ones negative; in masks they are purple and grey. Nothing "
    "reads what is in pale slots."
)
MOST_TERMS = 3


class OriginCard(QFrame):
    """Shows `viewing.origin` in the labels `title`, `holds`, `number`, `sums`, and as pictures."""

    def __init__(self, viewing: Viewing, theme: Theme) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("The slot")
        self._viewing = viewing
        self.title = label("", "title")
        self.holds = label("", "body", wrap=True)
        self.number = label("", "number")
        self.sums = label("", "caption", "muted", wrap=True)
        self.pixels = TensorView(theme, "The picture, with the pixels that it came from")
        self.weights = TensorView(theme, "The weights that it was multiplied by")
        self._heading = label("", "caption", "muted")
        column = QVBoxLayout(self)
        theme.space(column, margin=3, gap=1.5)
        for each in (self.title, self.holds, self.number, self.sums):
            column.addWidget(each)
        theme.fix(self.holds, None, 18)
        theme.fix(self.sums, None, 16)
        column.addWidget(label("The picture, its pixels marked", "caption", "muted"))
        column.addWidget(self.pixels, 3)
        column.addWidget(self._heading)
        column.addWidget(self.weights, 2)
        Following(self, self._show, viewing.traced, viewing.stepped, viewing.pointed)

    def _show(self) -> None:
        trace, origin = self._viewing.trace, self._viewing.origin
        if trace is None:
            return
        if origin is None:
            self.title.setText("The slots")
            self.holds.setText(POINT.format(trace.slots))
            self.number.setText("")
            self.sums.setText(COLOURS)
            self.pixels.show_values(trace.picture, None)
            self._heading.setText("")
            self.weights.show_values(None, None)
            return
        self.title.setText(f"Slot {origin.slot:,}")
        name = slot_name(trace, self._viewing.number, origin.slot)
        self.holds.setText(name[:1].upper() + name[1:] + ".")
        step = self._viewing.step
        numbers = step.values if origin.part == 0 or step.imaginary is None else step.imaginary
        self.number.setText(score_text(float(numbers[origin.slot])))
        self.sums.setText(sum_text(trace, origin))
        self.pixels.show_values(trace.picture, origin.pixels)
        self._show_weights(trace, origin)

    def _show_weights(self, trace: Trace, origin: Origin) -> None:
        known = origin.sources != NOTHING
        if not len(origin.weights) or not known.any():
            self._heading.setText("")
            self.weights.show_values(None, None)
            return
        shape = trace.tensors[origin.tensor]
        weights = np.zeros(int(np.prod(shape)))
        np.add.at(weights, origin.sources[known], origin.weights[known])
        weights = as_planes(weights, shape)
        here = np.argwhere(weights)
        (top, left), (bottom, right) = here[:, 1:].min(axis=0), here[:, 1:].max(axis=0)
        cut = weights[:, top : bottom + 1, left : right + 1]
        self._heading.setText("Its weight" if len(here) == 1 else f"Its {len(here):,} weights")
        self.weights.show_values(cut, None, "mask")


def as_planes(values: Array, shape: Shape) -> Array:
    """Return values as planes (channels, height, width); a vector fills lines of one plane."""
    if shape[1:] != (1, 1):
        return values.reshape(shape)
    width = power_of_two(math.ceil(math.sqrt(len(values))))
    height = math.ceil(len(values) / width)
    return np.append(values, np.zeros(height * width - len(values))).reshape(1, height, width)


def sum_text(trace: Trace, origin: Origin) -> str:
    """Return the sum that a slot is, as far as there is room."""
    if not len(origin.weights):
        return ""
    order = np.argsort(-np.abs(origin.weights * origin.inputs))[:MOST_TERMS]
    lines = [
        f"{score_text(float(origin.weights[at]))} \u00b7 {score_text(float(origin.inputs[at]))}"
        f"  {_source(trace, origin, int(origin.sources[at]))}"
        for at in order
    ]
    more = len(origin.weights) - len(lines)
    if more:
        lines.append(f"+ {more} more products")
    if origin.bias:
        lines.append(f"+ bias {score_text(origin.bias)}")
    return "\n".join(lines)


def _source(trace: Trace, origin: Origin, value: int) -> str:
    return "left over" if value == NOTHING else value_name(trace, origin.tensor, value)
