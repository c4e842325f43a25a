"""What a person does with the picture: draw, undo, load; and what the network sees of it."""

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot

from app.draw.picture.rendering import RENDER_SIDE, render_photo, render_picture, render_strokes
from app.draw.picture.samples import sample_drawing
from app.kit.wording import unfit_text
from app.link.background import Background
from app.link.crash import is_expected, sentence_of
from app.state.drawing import (
    Backdrop,
    Drawing,
    History,
    Picture,
    dataset_backdrop,
    make_backdrop,
)
from app.state.everything import AppState
from app.state.records import Tone
from engine.data_sets.preparation import as_photo_input
from engine.data_sets.registry import Fitting
from engine.errors import ImageError
from engine.networks.layers import Shape
from engine.pictures.fitting import to_network_input
from engine.pictures.images import decode_photo, decode_picture, read_bytes
from engine.pictures.strokes import strokes_to_input

PREVIEW_DELAY_MS = 25


class Pictures(QObject):
    """Changes the state's drawing and keeps `state.drawn.picture` in step with it.

    `report` is called with exceptions that nobody expected.
    """

    def __init__(
        self, state: AppState, background: Background, report: Callable[[Exception], None]
    ) -> None:
        super().__init__(state)
        self._state = state
        self._background = background
        self._report = report
        self._shown = Drawing()
        self._reading = state.chosen.shape, state.chosen.fitting
        state.chosen.changed.connect(self._follow_model)
        self._sampled_at = 0.0
        self._timer = QTimer(self, singleShot=True, interval=PREVIEW_DELAY_MS)
        self._timer.timeout.connect(self._update)

    def warm_up(self) -> None:
        """Run the engine's preparation once where nobody waits for it."""
        sample = np.full((RENDER_SIDE, RENDER_SIDE), 255, np.uint8)
        sample[40:240, 130:150] = 0
        self._background.run("warm up", lambda: to_network_input(sample), _ignore, self._report)

    def draw(self, drawing: Drawing) -> None:
        """Show a new drawing; the one before can be undone to."""
        self._state.drawn.history.push(drawing)
        self._show_current()

    def undo(self) -> None:
        """Show the drawing before."""
        self._state.drawn.history.undo()
        self._show_current()

    def redo(self) -> None:
        """Show the undone drawing again."""
        self._state.drawn.history.redo()
        self._show_current()

    def clear(self) -> None:
        """Empty the canvas."""
        if not self._state.drawn.history.current.is_empty:
            self.draw(Drawing())

    def use_history(self, history: History) -> None:
        """Go on with other drawings; whoever keeps the present ones can bring them back."""
        self._state.drawn.history = history
        self._show_current()

    def preview(self, unfinished: Drawing) -> None:
        """Show soon what the network sees of a stroke that is still being drawn."""
        self._shown, self._sampled_at = unfinished, time.perf_counter()
        if not self._timer.isActive():
            self._timer.start()

    def load_file(self, path: Path) -> None:
        """Load a picture file onto the canvas."""
        self._load(lambda: read_bytes(path), path.name)

    def draw_sample(self, name: str, dataset: str) -> None:
        """Draw a data set's sample again, stroke by stroke as it was drawn."""
        self.draw(sample_drawing(name, dataset))

    def load_bytes(self, data: bytes, name: str) -> None:
        """Load the bytes of a picture file onto the canvas."""
        self._load(lambda: data, name)

    def load_made(self, make: Callable[[], bytes], name: str) -> None:
        """Load a picture file whose bytes are made in the background."""
        self._load(make, name)

    def show_sample(self, picture: Picture, label: str = "") -> None:
        """Put a data set's picture onto the canvas, with the name of its class."""
        self._show(dataset_backdrop(picture, label))

    def refuse(self, sentence: str) -> None:
        """Say beside the canvas why something was not taken."""
        self._state.drawn.say(sentence, Tone.ERROR)

    def _load(self, read: Callable[[], bytes], name: str) -> None:
        _, fitting = self._reading

        def load() -> Backdrop:
            data = read()
            backdrop = make_backdrop(decode_picture(data, name), decode_photo(data, name))
            if backdrop.refused and fitting != "photo":
                raise ImageError(backdrop.refused)
            return backdrop

        self._background.run("load", load, self._show, self._failed)

    def _show(self, backdrop: Backdrop) -> None:
        self.draw(Drawing(backdrop=backdrop))

    def _failed(self, error: Exception) -> None:
        if not is_expected(error):
            self._report(error)
        self.refuse(sentence_of(error))

    def _show_current(self) -> None:
        self._timer.stop()
        self._sampled_at = time.perf_counter()
        self._state.run.say("")
        self._shown = self._state.drawn.history.current
        self._update()

    @Slot()
    def _follow_model(self) -> None:
        """Prepare the same drawing again when the model's data set is made in another way."""
        reading = self._state.chosen.shape, self._state.chosen.fitting
        if reading != self._reading:
            self._reading = reading
            self._update()

    @Slot()
    def _update(self) -> None:
        unfit = unfit_text(self._state.chosen.settings.model)
        is_drawn = bool(self._shown.strokes) and self._shown.backdrop is None
        self._state.drawn.say(unfit if is_drawn else "")
        picture: Picture | None = None
        try:
            picture = network_input(self._shown, *self._reading)
        except ImageError as error:
            self.refuse(str(error))
        self._state.drawn.set_picture(picture, self._sampled_at)


def network_input(drawing: Drawing, shape: Shape, fitting: Fitting) -> Picture | None:
    """Return what a network that reads `shape` sees, None of an empty canvas; raise ImageError."""
    if drawing.is_empty:
        return None
    backdrop = drawing.backdrop
    if backdrop is not None and not drawing.strokes:
        if backdrop.exact is not None and backdrop.exact.size == math.prod(shape):
            return backdrop.exact
        if fitting == "photo":
            return as_photo_input(backdrop.photo, shape)
        if backdrop.refused:
            raise ImageError(backdrop.refused)
        return backdrop.network_inputs[fitting]
    if fitting == "photo":
        return as_photo_input(render_photo(drawing), shape)
    if backdrop is None:
        return strokes_to_input(drawing.strokes, fitting)
    return to_network_input(render_picture(drawing), fitting, render_strokes(drawing))


def _ignore(_value: object) -> None:
    pass
