"""The architecture that a person works on: changed layer by layer, planned at every change."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.link.background import Background
from app.link.crash import is_expected, sentence_of
from engine.data_sets.registry import CLASSES, DATA_SETS
from engine.errors import CipherSketchError
from engine.networks.architecture import (
    Architecture,
    ConvSpec,
    DenseSpec,
    Spec,
    architecture_of,
)
from engine.networks.architecture_text import (
    as_notation,
    from_notation,
    from_toml,
    is_notation,
    without_input,
)
from engine.planning.design import Design, mended
from engine.planning.forecast import network_named

FIRST = "1x28x28 c4k7s3 d64 d10"
Designer = Callable[[Architecture], Design]


class Drafting(QObject):
    """Attributes: `architecture`, `data_set`, and what came of planning it.

    `design` is the last that could be planned, `refusal` the sentence about the present one, empty
    if it can; `nearest` is then what can. `original` is an ONNX file that is to be adapted in
    place of a training. Signals: `changed` after the architecture changed, `planned` after a plan
    or a refusal.
    """

    changed = Signal()
    planned = Signal()

    def __init__(
        self,
        report: Callable[[Exception], None],
        parent: QObject,
        designer: Designer,
    ) -> None:
        super().__init__(parent)
        self._report = report
        self._designer = designer
        self._background = Background(self)
        self.data_set = "MNIST"
        self.architecture = from_notation(FIRST)
        self.design: Design | None = None
        self.refusal = ""
        self.nearest: Architecture | None = None
        self.is_planning = False
        self.original: Path | None = None

    @property
    def classes(self) -> int:
        """Return how many scores the last layer gives."""
        return len(CLASSES[self.data_set])

    @property
    def is_current(self) -> bool:
        """Tell whether `design` is that of the present architecture."""
        return self.design is not None and self.design.architecture == self.architecture

    # --- what a person does

    def replace(self, place: int, layer: Spec) -> None:
        """Change one layer."""
        layers = list(self.architecture.layers)
        layers[place] = layer
        self._take(tuple(layers))

    def add(self, layer: Spec) -> None:
        """Add a layer: a convolution after the last one, a dense layer before the scores."""
        layers = list(self.architecture.layers)
        kinds = [isinstance(each, ConvSpec) for each in layers]
        place = kinds.index(False) if isinstance(layer, ConvSpec) else len(layers) - 1
        layers.insert(place, layer)
        self._take(tuple(layers))

    def remove(self, place: int) -> None:
        """Take out a layer; the scores stay."""
        layers = list(self.architecture.layers)
        if place < len(layers) - 1:
            del layers[place]
            self._take(tuple(layers))

    def choose_data_set(self, data_set: str) -> None:
        """Choose whose pictures it reads; its last layer gives that set's classes."""
        self.data_set = data_set
        layers = (*self.architecture.layers[:-1], DenseSpec(self.classes))
        self._use(Architecture(DATA_SETS[data_set].shape, layers))

    def use(self, architecture: Architecture) -> None:
        """Begin with an architecture; for pictures of another shape another data set is taken."""
        shape, scores = architecture.input_shape, architecture.layers[-1]
        fitting = [
            name
            for name, data_set in DATA_SETS.items()
            if data_set.shape == shape and scores == DenseSpec(len(CLASSES[name]))
        ]
        if fitting and self.data_set not in fitting:
            self.data_set = fitting[0]
        self._use(architecture)

    def use_model(self, name: str) -> str:
        """Begin with a model's architecture; return a sentence if it has none of these."""
        try:
            self.use(architecture_of(network_named(name)))
        except CipherSketchError as error:
            return str(error)
        return ""

    def use_text(self, text: str) -> str:
        """Begin with what a text says, a line or TOML; return a sentence if it says nothing."""
        try:
            line = text.strip()
            self.use(from_notation(line) if is_notation(line) else from_toml(text))
        except CipherSketchError as error:
            return str(error)
        return ""

    def use_original(self, path: Path) -> None:
        """Take an ONNX file whose network is to be adapted."""
        self.original = path
        self.changed.emit()
        self.planned.emit()

    def use_nearest(self) -> None:
        """Take the nearest architecture that can run."""
        if self.nearest is not None:
            self._use(self.nearest)

    def close(self) -> None:
        """End the planning."""
        self._background.close()

    # --- planning

    def _take(self, layers: tuple[Spec, ...]) -> None:
        self._use(dataclasses.replace(self.architecture, layers=layers))

    def _use(self, architecture: Architecture) -> None:
        self.architecture = architecture
        self.original = None
        self.changed.emit()
        self.plan()

    def plan(self) -> None:
        """Plan the present architecture; while it is planned nothing waits."""
        wanted = self.architecture
        self.is_planning = True
        self._background.run("plan", lambda: self._designer(wanted), self._show, self._refuse)

    def _show(self, found: Design) -> None:
        self.is_planning = False
        self.design, self.refusal, self.nearest = found, "", None
        self.planned.emit()

    def _refuse(self, error: Exception) -> None:
        self.is_planning = False
        if not is_expected(error):
            self._report(error)
        self.refusal = sentence_of(error)
        try:
            nearest = mended(self.architecture, self.classes)
        except CipherSketchError:
            nearest = None
        self.nearest = nearest if nearest != self.architecture else None
        self.planned.emit()


def described(architecture: Architecture) -> str:
    """Return an architecture as its line without the pictures it reads."""
    return without_input(as_notation(architecture))
