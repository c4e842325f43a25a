"""The card where a sweep is chosen: the poster's graphs, models, the grid, and the pictures."""

import dataclasses

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
)

from app.actions.window import Actions
from app.kit.basics import label, push_button
from app.kit.segmented import Segmented
from app.kit.theme import Theme
from app.kit.wording import model_text
from app.state.poster_graphs import PRESETS
from app.sweep.choice import MOST_PICTURES, POSTER_SETS, SweepChoice, choice_of, poster_models
from app.sweep.form.grid import SweepGrid
from app.sweep.form.way import SweepWay
from app.sweep.running import Sweeps
from engine.data_sets.preparation import dataset_of
from engine.data_sets.registry import DATA_SETS
from engine.studies.judging import MODES

DRAWN, TESTED = 0, 1
"""What is measured on: the drawn picture or test pictures."""

MODE_TITLES = {"single": "One picture at a time", "batched": "Batched, one picture a slot"}


class SweepSetup(QFrame):
    """Attributes: `models` (a button for each), `grid`, `way`, `source`, `count`.

    Also `mode`, which none but test pictures have.
    """

    def __init__(self, sweeps: Sweeps, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("What is measured")
        self._sweeps = sweeps
        self._theme = theme
        self.models = {name: self._make_model(name) for name in poster_models()}
        self.grid = SweepGrid(sweeps, theme)
        self.grid.toggled.connect(self._toggle)
        self.way = SweepWay(sweeps, theme, actions)
        self.source = Segmented(
            "Pictures",
            (DRAWN, TESTED),
            "Measure on the picture that is drawn, or on test pictures of each data set",
            ("The drawn picture", "Test pictures"),
        )
        self.source.chosen.connect(self._choose_source)
        self.count = self._make_count()
        self.mode = self._make_mode()
        self._summary = label("", "body", "muted", wrap=True)
        self._presets = [
            self._make_preset(place, actions) for place in range(len(actions.sweep.presets))
        ]
        self._arrange()
        sweeps.choice_changed.connect(self._show)
        sweeps.limits_changed.connect(self._show)
        sweeps.phase_changed.connect(self._show)
        self._show()

    # --- parts

    def _make_preset(self, place: int, actions: Actions) -> QPushButton:
        action = actions.sweep.presets[place]
        button = push_button(PRESETS[place].title, "preset")
        button.setCheckable(True)
        button.setToolTip(action.toolTip())
        button.clicked.connect(action.trigger)
        return button

    def _make_model(self, name: str) -> QPushButton:
        button = push_button(DATA_SETS[dataset_of(name)].title, "preset")
        button.setCheckable(True)
        button.setAccessibleName(model_text(name))
        button.setToolTip(f"Measure {model_text(name)}")
        button.clicked.connect(lambda: self._toggle("models", name))
        return button

    def _make_count(self) -> QSpinBox:
        spin = QSpinBox()
        spin.setRange(1, MOST_PICTURES)
        spin.setAccessibleName("Number of test pictures")
        spin.setToolTip("So many test pictures of each model's data set, from the first on")
        spin.setAlignment(Qt.AlignmentFlag.AlignCenter)
        spin.setKeyboardTracking(False)
        spin.valueChanged.connect(self._choose_count)
        return spin

    def _make_mode(self) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName("Mode")
        combo.setToolTip(
            "One at a time gives each picture a ciphertext of its own; batched puts up to N "
            "pictures into each slot of many ciphertexts, whose time is the same for any number"
        )
        for mode in MODES:
            combo.addItem(MODE_TITLES[mode], mode)
        combo.activated.connect(self._choose_mode)
        return combo

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        self._theme.space(column, margin=3, gap=1.75)
        column.addWidget(label("What is measured", "title"))
        column.addWidget(label("The poster's graphs", "caption"))
        column.addLayout(self._preset_grid())
        column.addLayout(self._model_grid())
        column.addWidget(label("Degree N and bit scale; hatched: cannot work", "caption"))
        column.addWidget(self.grid)
        column.addWidget(self.way)
        column.addLayout(self._sources())
        column.addWidget(self.mode)
        column.addStretch()
        column.addWidget(self._summary)

    def _preset_grid(self) -> QGridLayout:
        layout = QGridLayout()
        self._theme.space(layout, gap=1)
        for place, button in enumerate(self._presets):
            layout.addWidget(button, place // 2, place % 2)
        return layout

    def _model_grid(self) -> QGridLayout:
        layout = QGridLayout()
        self._theme.space(layout, gap=1)
        networks = sorted({name.partition("-")[2] for name in self.models})
        for row, network in enumerate(networks):
            layout.addWidget(label(network.replace("network", "Network "), "body"), row, 0)
        places = {
            name: (networks.index(name.partition("-")[2]), POSTER_SETS.index(dataset_of(name)) + 1)
            for name in self.models
        }
        for name, place in sorted(places.items(), key=lambda each: each[1]):  # the order of Tab
            layout.addWidget(self.models[name], *place)
        for column in range(1, len(POSTER_SETS) + 1):
            layout.setColumnStretch(column, 1)
        return layout

    def _sources(self) -> QHBoxLayout:
        layout = QHBoxLayout()
        self._theme.space(layout, gap=2)
        self._theme.fix(self.count, 18, None)
        layout.addWidget(self.source, 1)
        layout.addWidget(self.count)
        return layout

    # --- what it shows and asks for

    def _show(self) -> None:
        sweeps = self._sweeps
        choice = sweeps.choice
        for name, button in self.models.items():
            button.setChecked(name in choice.models)
        for preset, button in zip(PRESETS, self._presets, strict=True):
            button.setChecked(choice_of(preset, poster_models()) == choice)
        self.source.set_value(TESTED if choice.pictures else DRAWN)
        self.count.setEnabled(bool(choice.pictures) and sweeps.can_change)
        if choice.pictures:
            self.count.blockSignals(True)
            self.count.setValue(choice.pictures)
            self.count.blockSignals(False)
        self.mode.setCurrentIndex(self.mode.findData(choice.mode))
        for control in (*self.models.values(), *self._presets, self.source):
            control.setEnabled(sweeps.can_change)
        self.mode.setEnabled(sweeps.can_change and bool(choice.pictures))
        self.grid.setEnabled(sweeps.can_change)
        self._summary.setText(summary_text(sweeps))

    def _toggle(self, part: str, value: str | int) -> None:
        self._sweeps.choose(self._sweeps.choice.toggled(part, value))  # type: ignore[arg-type]
        self._show()

    def _choose_source(self, source: int) -> None:
        if source == DRAWN:
            self._choose(pictures=0, mode="single")
        else:
            self._choose(pictures=self.count.value())

    def _choose_count(self, count: int) -> None:
        self._choose(pictures=count)

    def _choose_mode(self, place: int) -> None:
        self._sweeps.choose(self._sweeps.choice.with_mode(self.mode.itemData(place)))

    def _choose(self, **changes: object) -> None:
        choice: SweepChoice = dataclasses.replace(self._sweeps.choice, **changes)  # type: ignore[arg-type]
        self._sweeps.choose(choice)


def summary_text(sweeps: Sweeps) -> str:
    """Return in words what would be run."""
    total, works = len(sweeps.points), len(sweeps.possible)
    if not total:
        return "Choose at least one network, N and bit scale."
    pictures = sweeps.choice.pictures
    each = f"{pictures:,} pictures each" if pictures else "the drawn picture"
    if works == total:
        return f"{total} points, {each}."
    return f"{works} of {total} points can work, {each}."
