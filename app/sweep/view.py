"""The view of the sweep: chosen on the left, plotted and listed on the right."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.actions.window import Actions
from app.kit.basics import frame, push_button
from app.kit.picture_file import png_bytes, svg_bytes
from app.kit.save_dialog import ask_where_to_save
from app.kit.theme import Theme
from app.link.saving import Saving
from app.state.poster_graphs import PRESETS
from app.state.records import Message, Tone
from app.sweep.bar import SweepBar
from app.sweep.choice import choice_of, poster_models
from app.sweep.export import csv_text, json_text
from app.sweep.figures import command_text
from app.sweep.form.setup import SweepSetup
from app.sweep.plots import SweepPlots
from app.sweep.row_card import SweepRowCard
from app.sweep.running import Sweeps
from app.sweep.table import SweepTable

LEFT_WIDTH = 90
CARD_WIDTH = 75
LOWER_HEIGHT = 56
TEXTS = {".csv": csv_text, ".json": json_text}
PICTURES = {".png": png_bytes, ".svg": svg_bytes}
ENDINGS = (*TEXTS, *PICTURES)
FILTERS = ("CSV table (*.csv)", "JSON (*.json)", "Plots as SVG (*.svg)", "Plots as PNG (*.png)")


class SweepView(QWidget):
    """Attributes: `setup`, `bar`, `plots`, `table`, `card`.

    Signals: `told(Message)` for a sentence about a file or the clipboard, `wanted(Settings)`.
    """

    told = Signal(object)
    wanted = Signal(object)

    def __init__(self, sweeps: Sweeps, saving: Saving, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._sweeps = sweeps
        self._saving = saving
        self._theme = theme
        self.setup = SweepSetup(sweeps, theme, actions)
        self.bar = SweepBar(sweeps, theme, actions)
        self.plots = SweepPlots(sweeps, theme)
        self.table = SweepTable(sweeps, theme)
        self.card = SweepRowCard(sweeps, theme, actions)
        self._arrange(actions)
        self._connect(actions)

    def _arrange(self, actions: Actions) -> None:
        row = QHBoxLayout(self)
        self._theme.space(row, gap=3)
        left, right, lower = QVBoxLayout(), QVBoxLayout(), QHBoxLayout()
        for layout in (left, right, lower):
            self._theme.space(layout, gap=3)
        left.addWidget(self.setup, 1)
        left.addWidget(self.bar)
        for card in (self.setup, self.bar):
            self._theme.fix(card, LEFT_WIDTH, None)
        self._theme.fix(self.card, CARD_WIDTH, LOWER_HEIGHT)
        lower.addWidget(self._framed_table(), 1)
        lower.addWidget(self.card)
        right.addWidget(self.plots, 1)
        right.addLayout(lower)
        row.addLayout(left)
        row.addLayout(right, 1)
        export = push_button("Export", "small")
        export.setToolTip(actions.sweep.export.toolTip())
        export.clicked.connect(actions.sweep.export.trigger)
        self.plots.bar.addWidget(export)

    def _framed_table(self) -> QFrame:
        panel = frame("card", "Points of the sweep")
        self._theme.fix(panel, None, LOWER_HEIGHT)
        inside = QVBoxLayout(panel)
        self._theme.space(inside, margin=1, gap=0)
        inside.addWidget(self.table)
        return panel

    def _connect(self, actions: Actions) -> None:
        sweeps = self._sweeps
        for action, slot in (
            (actions.sweep.start, sweeps.start),
            (actions.sweep.pause, sweeps.pause),
            (actions.sweep.cancel, sweeps.cancel),
            (actions.sweep.export, self._ask_where),
            (actions.sweep.copy, self.copy_command),
            (actions.sweep.use, self._use),
        ):
            action.triggered.connect(slot)
        for place, action in enumerate(actions.sweep.presets):
            action.setData(place)
            action.triggered.connect(self._choose_preset)
            action.setEnabled(True)
        actions.sweep.export.setEnabled(True)

    def _choose_preset(self) -> None:
        preset = PRESETS[self.sender().data()]  # type: ignore[attr-defined]
        self._sweeps.choose(choice_of(preset, poster_models()))
        self.plots.show_preset(preset)

    def _use(self) -> None:
        place = self._sweeps.selected
        if place is not None:
            self.wanted.emit(self._sweeps.points[place].settings)

    def copy_command(self) -> None:
        """Put the command that measures the selected point again on the clipboard."""
        place = self._sweeps.selected
        if place is not None:
            text = command_text(self._sweeps.points[place], self._sweeps.choice.pictures)
            QGuiApplication.clipboard().setText(text)
            self.told.emit(Message(f"Copied: {text}"))

    def _ask_where(self) -> None:
        ask_where_to_save(self, "Export the sweep", "sweep", FILTERS, self.export)

    def export(self, path: Path) -> None:
        """Write the sweep into a file whose ending says how: .csv, .json, .png or .svg.

        What is written is taken now; only the file is written by a thread of its own.
        """
        ending = path.suffix.lower()
        if ending in PICTURES:
            data = PICTURES[ending](self.plots)
        elif ending in TEXTS:
            data = TEXTS[ending](self._sweeps).encode()
        else:
            known = f"{', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
            sentence = f"{path} cannot be written; its name must end with {known}."
            self.told.emit(Message(sentence, Tone.ERROR))
            return
        self._saving.save(lambda: data, path, f"The sweep was saved as {path}.")
