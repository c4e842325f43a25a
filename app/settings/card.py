"""The card where the encryption is chosen: network, protocol, degree, bit scale, presets."""

import dataclasses

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSlider,
    QSpinBox,
    QWidget,
)

from app.actions.window import Actions
from app.kit.basics import label, push_button
from app.kit.segmented import Segmented
from app.kit.theme import Theme
from app.kit.wording import TERMS, model_text
from app.state.everything import AppState
from app.state.presets import PRESETS, with_model, with_protocol
from engine.ckks.parameters import POLY_MODULUS_DEGREES, PROTOCOLS, SCALE_BITS_RANGE
from engine.resources import imported_names, model_names

CLOUDS_OWN = "Only the cloud has this model: its answers come without the clear ones to compare"


class SettingsCard(QFrame):
    """Shows `state.chosen.settings`; signal `chosen(Settings)` fires when the person picks others.

    Attributes: `protocol`, `degree`, `slider`, `spin`. A preset is exact; after any change by hand
    the engine plans the chain itself.
    """

    chosen = Signal(object)

    def __init__(self, state: AppState, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("Settings")
        self._state = state
        self._model = self._make_model()
        self.protocol = Segmented(
            "Protocol", range(len(PROTOCOLS)), TERMS["protocol"], ("One shot", "Refresh")
        )
        self.degree = Segmented(
            "Poly modulus degree", POLY_MODULUS_DEGREES, TERMS["poly_modulus_degree"]
        )
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.spin = QSpinBox()
        self.spin.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for control in (self.slider, self.spin):
            control.setRange(SCALE_BITS_RANGE.start, SCALE_BITS_RANGE.stop - 1)
            control.setToolTip(TERMS["scale_bits"])
        self.slider.setAccessibleName("Bit scale")
        self.spin.setAccessibleName("Bit scale, as a number")
        self._presets = [self._make_preset(place) for place in range(len(PRESETS))]
        self._arrange(theme)
        self.list_models()
        self._show()
        self.protocol.chosen.connect(self._choose_protocol)
        self.degree.chosen.connect(self._choose_degree)
        self.slider.valueChanged.connect(self._choose_scale)
        self.spin.valueChanged.connect(self._choose_scale)
        self._model.currentIndexChanged.connect(self._choose_model)
        state.chosen.changed.connect(self._show)
        state.chosen.outlines_changed.connect(self.list_models)
        self._follow(actions)

    def _follow(self, actions: Actions) -> None:
        for degree, action in zip(POLY_MODULUS_DEGREES, actions.degrees, strict=True):
            action.triggered.connect(self.degree.button(degree).click)
        for preset, action in zip(self._presets, actions.presets, strict=True):
            action.triggered.connect(preset.click)
        actions.more_bits.triggered.connect(self.spin.stepUp)
        actions.fewer_bits.triggered.connect(self.spin.stepDown)
        actions.next_network.triggered.connect(self._choose_next_model)
        actions.next_protocol.triggered.connect(self._choose_next_protocol)

    def _make_model(self) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName("Network")
        combo.setToolTip("Network: the trained model that classifies the picture")
        return combo

    def list_models(self) -> None:
        """List the networks that there are: those that come along, then those imported."""
        self._model.blockSignals(True)
        self._model.clear()
        for name in (*model_names(), *imported_names()):
            self._model.addItem(model_text(name), name)
        for name in self._state.chosen.outlines:
            self._model.addItem(f"{name} (secret)", name)
            place = self._model.count() - 1
            self._model.setItemData(place, CLOUDS_OWN, Qt.ItemDataRole.ToolTipRole)
        self._model.setCurrentIndex(self._model.findData(self._state.chosen.settings.model))
        self._model.blockSignals(False)

    def _make_preset(self, place: int) -> QPushButton:
        preset = PRESETS[place]
        button = push_button(preset.title, "preset")
        button.setCheckable(True)
        button.setToolTip(f"{preset.explanation} (Ctrl+{place + 1})")
        button.setProperty("place", place)
        button.clicked.connect(self._choose_preset)
        return button

    def _arrange(self, theme: Theme) -> None:
        grid = QGridLayout(self)
        theme.space(grid, margin=3, gap=1.5)
        theme.fix(self.spin, 13, None)
        bits = QHBoxLayout()
        theme.space(bits, gap=2)
        bits.addWidget(self.slider, 1)
        bits.addWidget(self.spin)
        presets = QHBoxLayout()
        theme.space(presets, gap=1)
        for button in self._presets:
            presets.addWidget(button, len(button.text()) + 2)
        theme.fix(self.protocol, 32, None)
        network = QHBoxLayout()
        theme.space(network, gap=1.5)
        network.addWidget(self._model, 1)
        network.addWidget(self.protocol)
        grid.addLayout(network, 0, 0, 1, 2)
        self._add_row(grid, 1, "Degree N", self.degree)
        grid.addWidget(label("Bit scale", "body", "muted"), 2, 0)
        grid.addLayout(bits, 2, 1)
        grid.addLayout(presets, 3, 0, 1, 2)
        grid.setColumnStretch(1, 1)

    def _add_row(self, grid: QGridLayout, row: int, text: str, control: QWidget) -> None:
        name = label(text, "body", "muted")
        name.setToolTip(control.toolTip())
        grid.addWidget(name, row, 0)
        grid.addWidget(control, row, 1)

    def _show(self) -> None:
        settings = self._state.chosen.settings
        controls = (self._model, self.slider, self.spin)
        for control in controls:
            control.blockSignals(True)
        self._model.setCurrentIndex(self._model.findData(settings.model))
        self.slider.setValue(settings.scale_bits)
        self.spin.setValue(settings.scale_bits)
        for control in controls:
            control.blockSignals(False)
        self.protocol.set_value(PROTOCOLS.index(settings.protocol))
        self.degree.set_value(settings.poly_modulus_degree)
        for preset, button in zip(PRESETS, self._presets, strict=True):
            button.setChecked(preset.apply(settings) == settings)

    def checked_preset(self) -> str:
        """Return the title of the preset that the settings are, or nothing."""
        checked = [button.text() for button in self._presets if button.isChecked()]
        return checked[0] if checked else ""

    def _choose_protocol(self, place: int) -> None:
        self.chosen.emit(with_protocol(self._state.chosen.settings, PROTOCOLS[place]))

    def _choose_next_protocol(self) -> None:
        self._choose_protocol((self.protocol.value() + 1) % len(PROTOCOLS))

    def _choose_degree(self, degree: int) -> None:
        self._choose(poly_modulus_degree=degree, outer_bits=None)

    def _choose_scale(self, bits: int) -> None:
        self._choose(scale_bits=bits, outer_bits=None)

    def _choose_model(self, index: int) -> None:
        model, chosen = self._model.itemData(index), self._state.chosen
        outline = chosen.outlines.get(model)
        settings = with_model(chosen.settings, model) if outline is None else outline.settings
        self.chosen.emit(settings)

    def _choose_next_model(self) -> None:
        if count := self._model.count():
            self._model.setCurrentIndex((self._model.currentIndex() + 1) % count)

    def _choose_preset(self) -> None:
        preset = PRESETS[self.sender().property("place")]
        self.chosen.emit(preset.apply(self._state.chosen.settings))
        self._show()

    def _choose(self, **changes: int | None) -> None:
        settings = dataclasses.replace(self._state.chosen.settings, **changes)  # type: ignore[arg-type]
        self.chosen.emit(settings)
