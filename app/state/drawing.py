"""What the person has put on the canvas, free of Qt: strokes as vectors over an optional picture.

Positions are (x, y) from 0 to 1, so a drawing is sharp at any size. Every change makes a new
frozen `Drawing`; `History` keeps them all, so that loading or clearing can be undone as well.
"""

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.errors import ImageError
from engine.pictures.fitting import INK_SIDE, SIDE, Centre, to_network_input
from engine.pictures.images import Photo
from engine.pictures.strokes import Stroke

Grey = npt.NDArray[np.uint8]
Picture = npt.NDArray[np.uint8]
"""What a network sees: grey (height, width), or colour (3, height, width)."""

DISPLAY_SIDE = 640
"""A loaded picture is kept for display at no more than about this many pixels a side."""


def as_shown(picture: Picture) -> npt.NDArray[np.uint8]:
    """Return what a network sees as pictures are kept elsewhere: (h, w), or colours (h, w, 3)."""
    return picture.transpose(1, 2, 0) if picture.ndim == 3 else picture


@dataclass(frozen=True, eq=False)
class Backdrop:
    """A loaded picture (height, width) as a viewer shows it, and what networks make of it.

    `network_inputs` has the (28, 28) for each way of centring ink; without ink there is none, and
    `refused` says so. `photo` has its colours (height, width, 3), for networks that read photos;
    `exact` is a data set's picture, which its own networks read as it is. `label` is the name of
    its class, where that is known.
    """

    grey: Grey
    paper: int
    network_inputs: dict[Centre, Grey]
    photo: Photo
    label: str = ""
    exact: Picture | None = None
    refused: str = ""


@dataclass(frozen=True, eq=False)
class Drawing:
    """A picture under strokes; either may be missing."""

    strokes: tuple[Stroke, ...] = ()
    backdrop: Backdrop | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to classify."""
        return not self.strokes and self.backdrop is None

    @property
    def label(self) -> str:
        """Return the name of its class, where a data set says it."""
        return "" if self.backdrop is None or self.strokes else self.backdrop.label

    @property
    def paper(self) -> int:
        """Return the grey level around the ink, 0 black to 255 white."""
        return 255 if self.backdrop is None else self.backdrop.paper

    @property
    def ink(self) -> int:
        """Return the grey level that the pen draws with, far from the paper's."""
        return 0 if self.paper >= 128 else 255

    def with_stroke(self, stroke: Stroke) -> "Drawing":
        """Return this drawing with one more stroke."""
        return dataclasses.replace(self, strokes=(*self.strokes, stroke))


def make_backdrop(grey: Grey, photo: Photo) -> Backdrop:
    """Prepare a loaded picture for networks of every kind."""
    network_inputs, refused = {}, ""
    try:
        network_inputs = {centre: to_network_input(grey, centre) for centre in INK_SIDE}
    except ImageError as error:
        refused = str(error)
    step = max(1, -(-max(grey.shape) // DISPLAY_SIDE))
    small = np.ascontiguousarray(grey[::step, ::step])
    edges = (small[0], small[-1], small[:, 0], small[:, -1])
    paper = int(np.median(np.concatenate(edges)))
    return Backdrop(small, paper, network_inputs, photo, refused=refused)


def dataset_backdrop(picture: Picture, label: str = "") -> Backdrop:
    """Return a data set's picture, which networks of its shape read exactly as it is."""
    shown = as_shown(picture)
    photo = shown if picture.ndim == 3 else np.stack([picture] * 3, axis=2)
    if picture.shape == (SIDE, SIDE):
        inputs = dict.fromkeys(INK_SIDE, picture)
        return Backdrop(picture, 0, inputs, photo, label, exact=picture)
    grey = np.rint(photo.mean(axis=2)).astype(np.uint8)
    backdrop = make_backdrop(grey, np.ascontiguousarray(photo))
    return dataclasses.replace(backdrop, label=label, exact=picture)


class History:
    """The drawings made so far and which of them is shown."""

    def __init__(self) -> None:
        self._past: list[Drawing] = []
        self._future: list[Drawing] = []
        self.current = Drawing()

    @property
    def can_undo(self) -> bool:
        """Tell whether there is an earlier drawing."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Tell whether an undone drawing can come back."""
        return bool(self._future)

    def push(self, drawing: Drawing) -> None:
        """Show `drawing`; the one before can be undone to."""
        self._past.append(self.current)
        self._future.clear()
        self.current = drawing

    def undo(self) -> None:
        """Show the drawing before, if there is one."""
        if self._past:
            self._future.append(self.current)
            self.current = self._past.pop()

    def redo(self) -> None:
        """Show the drawing that was undone last, if there is one."""
        if self._future:
            self._past.append(self.current)
            self.current = self._future.pop()
