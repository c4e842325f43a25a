"""The card in which layers are chosen, added and taken out; a start can be any model, or a text."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.architecture.drafting import Drafting
from app.architecture.layer_row import EXPLAINED, HEADINGS, LayerRow
from app.kit.basics import label, push_button
from app.kit.save_dialog import ask_where_to_save
from app.kit.theme import Theme
from app.kit.wording import model_text
from app.link.networks import ENDING
from app.state.records import Message, Tone
from engine.data_sets.registry import DATA_SETS
from engine.errors import CipherSketchError
from engine.files import write_results
from engine.networks.architecture import ConvSpec, DenseSpec
from engine.networks.architecture_text import as_notation, as_toml, read_architecture
from engine.resources import imported_names, model_names

NEW_CONVOLUTION = ConvSpec(8, 3)
NEW_DENSE = DenseSpec(64)
FIELD_WIDTH = 12
START = "Start from\u2026"


class Editor(QFrame):
    """Shows `drafting.architecture`. Attribute `rows`. Signal `told(Message)`."""

    told = Signal(object)

    def __init__(self, drafting: Drafting, theme: Theme) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("Layers")
        self._drafting = drafting
        self._theme = theme
        self.rows: list[LayerRow] = []
        self.data_set = QComboBox()
        self.data_set.setAccessibleName("Data set")
        for name in DATA_SETS:
            self.data_set.addItem(name, name)
        self.start = QComboBox()
        self.start.setAccessibleName("Start from a model")
        self._line = label("", "caption", "muted", wrap=True)
        self._line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._list = QWidget()
        self._grid = QGridLayout(self._list)
        self._arrange()
        self.data_set.currentIndexChanged.connect(self._choose_data_set)
        self.start.activated.connect(self._start_from)
        drafting.changed.connect(self._show)
        self.list_models()
        self._show()
        theme.apply(self, self._size)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        self._theme.space(column, margin=3, gap=2)
        head = QHBoxLayout()
        self._theme.space(head, gap=2)
        head.addWidget(label("Architecture", "title"))
        head.addStretch()
        head.addWidget(label("for", "body", "muted"))
        head.addWidget(self.data_set)
        head.addWidget(self.start)
        column.addLayout(head)
        self._theme.space(self._grid, gap=1.5)
        scroll = QScrollArea()
        scroll.setWidget(self._list)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setAccessibleName("List of layers")
        for each in (scroll.viewport(), self._list):
            each.setAutoFillBackground(False)
        column.addWidget(scroll, 1)
        column.addWidget(self._line)
        tools = QHBoxLayout()
        self._theme.space(tools, gap=1.5)
        for text, tip, act in (
            ("Add convolution", "Add a convolution after the last one", self._add_convolution),
            ("Add dense", "Add a dense layer before the scores", self._add_dense),
            ("", "", None),
            ("Copy", "Copy the architecture as text", self._copy),
            ("Paste", "Take the architecture that was copied", self._paste),
            ("Open", "Open an architecture's file, or an ONNX file to adapt", self._ask_which),
            ("Save", "Save the architecture as a file", self._ask_where),
        ):
            if act is None:
                tools.addStretch()
                continue
            button = push_button(text, "small")
            button.setToolTip(tip)
            button.clicked.connect(act)
            tools.addWidget(button)
        column.addLayout(tools)

    def list_models(self) -> None:
        """List the models to start from."""
        self.start.clear()
        self.start.addItem(START, "")
        for name in (*model_names(), *imported_names()):
            self.start.addItem(model_text(name), name)

    # --- showing

    def _show(self) -> None:
        drafting = self._drafting
        self.data_set.blockSignals(True)
        self.data_set.setCurrentIndex(self.data_set.findData(drafting.data_set))
        self.data_set.blockSignals(False)
        self._line.setText(as_notation(drafting.architecture))
        if [row.layer for row in self.rows] != list(drafting.architecture.layers):
            self._rebuild()
        try:
            shapes = [*drafting.architecture.shapes()]
        except CipherSketchError:
            shapes = []
        for place, row in enumerate(self.rows):
            row.show_shape(shapes[place] if shapes else None)

    def _rebuild(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row in self.rows:
            row.deleteLater()
        self.rows = []
        for column, text in enumerate(HEADINGS):
            heading = label(text, "caption", "muted")
            heading.setToolTip(EXPLAINED.get(text, ""))
            self._grid.addWidget(heading, 0, column)
        layers = self._drafting.architecture.layers
        for place, layer in enumerate(layers):
            row = LayerRow(layer, place + 1, place + 1 == len(layers), self._list)
            row.changed.connect(lambda layer, place=place: self._drafting.replace(place, layer))
            row.dropped.connect(lambda place=place: self._drafting.remove(place))
            row.place(self._grid, place + 1)
            self.rows.append(row)
        self._size()
        self._grid.setColumnStretch(7, 1)
        self._grid.setRowStretch(len(layers) + 1, 1)

    def _size(self) -> None:
        for row in self.rows:
            row.set_field_width(self._theme.px(FIELD_WIDTH))

    # --- what a person does

    def _choose_data_set(self) -> None:
        self._drafting.choose_data_set(self.data_set.currentData())

    def _start_from(self, place: int) -> None:
        name = self.start.itemData(place)
        self.start.setCurrentIndex(0)
        if name:
            self._say(self._drafting.use_model(name))

    def _add_convolution(self) -> None:
        self._drafting.add(NEW_CONVOLUTION)

    def _add_dense(self) -> None:
        self._drafting.add(NEW_DENSE)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(as_notation(self._drafting.architecture))
        self.told.emit(Message(f"Copied: {as_notation(self._drafting.architecture)}"))

    def _paste(self) -> None:
        self._say(self._drafting.use_text(QGuiApplication.clipboard().text()[:10_000]))

    def _ask_which(self) -> None:
        dialog = QFileDialog(self, "Open an architecture")
        dialog.setNameFilters(("Architectures (*.toml)", f"Networks to adapt (*{ENDING})"))
        dialog.fileSelected.connect(lambda name: self.open_file(Path(name)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def open_file(self, path: Path) -> None:
        """Begin with the architecture in a file, or take a network that is to be adapted."""
        if path.suffix.lower() == ENDING:
            self._drafting.use_original(path)
            return
        try:
            self._drafting.use(read_architecture(path))
        except CipherSketchError as error:
            self._say(str(error))

    def _ask_where(self) -> None:
        filters = ("Architecture (*.toml)",)
        ask_where_to_save(self, "Save the architecture", "architecture", filters, self.save)

    def save(self, path: Path) -> None:
        """Write the architecture into a file."""
        try:
            write_results(path, as_toml(self._drafting.architecture))
        except CipherSketchError as error:
            self._say(str(error))
        else:
            self.told.emit(Message(f"The architecture was saved as {path}."))

    def _say(self, sentence: str) -> None:
        if sentence:
            self.told.emit(Message(sentence, Tone.ERROR))
