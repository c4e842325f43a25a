"""The selected point of a sweep: everything that is known of it, and what to do with it."""

import itertools
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout

from app.actions.window import Actions
from app.kit.basics import label, push_button
from app.kit.theme import Theme
from app.kit.wording import model_text, percent, share_text, size_text, time_text
from app.sweep.figures import accuracy, seconds_per_picture, way_text
from app.sweep.running import Sweeps
from engine.studies.summary import Accuracy
from engine.studies.sweeps.records import SweepRow

NAMES = (
    "Setting",
    "Protocol, chain",
    "Coefficient modulus",
    "Encrypted accuracy",
    "Clear accuracy",
    "Same answer",
    "Largest error",
    "Time, cloud's part",
    "Up, down",
    "Keys for the cloud",
)
NOTHING = "\u2013"


class SweepRowCard(QFrame):
    """Attributes: `values` (a label for each name), `reason`, `copy`, `use`."""

    def __init__(self, sweeps: Sweeps, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("Selected point")
        self._sweeps = sweeps
        self._actions = actions
        self._title = label("No point selected", "title")
        self.values: dict[str, QLabel] = {name: label(NOTHING, "body") for name in NAMES}
        self._names = {name: label(name, "caption") for name in NAMES}
        self.reason = label("", "body", "danger", wrap=True)
        self.copy = push_button("Copy command", "small")
        self.use = push_button("Use this setting", "small")
        for button, action in ((self.copy, actions.sweep.copy), (self.use, actions.sweep.use)):
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
        self._arrange(theme)
        sweeps.selected_changed.connect(self._show)
        sweeps.limits_changed.connect(self._show)
        sweeps.point_changed.connect(self._show)
        self._show()

    def _arrange(self, theme: Theme) -> None:
        column = QVBoxLayout(self)
        theme.space(column, margin=3, gap=1)
        column.addWidget(self._title)
        grid = QGridLayout()
        theme.space(grid, gap=0.25)
        for row, (name, value) in enumerate(self.values.items()):
            grid.addWidget(self._names[name], row, 0)
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(value, row, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        column.addWidget(self.reason)
        column.addStretch()
        buttons = QHBoxLayout()
        theme.space(buttons, gap=2)
        buttons.addWidget(self.use)
        buttons.addWidget(self.copy)
        column.addLayout(buttons)

    def _show(self) -> None:
        place = self._sweeps.selected
        for action in (self._actions.sweep.copy, self._actions.sweep.use):
            action.setEnabled(place is not None)
        self.copy.setEnabled(place is not None)
        self.use.setEnabled(place is not None)
        for value in self.values.values():
            value.setText(NOTHING)
        self._give_reason("")
        if place is None:
            self._title.setText("No point selected")
            return
        point, state = self._sweeps.points[place], self._sweeps.states[place]
        settings = point.settings
        self._title.setText(model_text(settings.model))
        setting = f"N = {settings.poly_modulus_degree}, bit scale {settings.scale_bits}"
        self.values["Setting"].setText(setting)
        self.values["Protocol, chain"].setText(way_text(self._sweeps.choice))
        self._give_reason(self._sweeps.limits.get(point, state.fault))
        if state.row is not None and state.row.summary is not None:
            for name, text in figures(state.row).items():
                self.values[name].setText(text)

    def _give_reason(self, reason: str) -> None:
        """Show why a point has no figures in their place, or with none the figures."""
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        for name in NAMES[2:]:
            for part in (self._names[name], self.values[name]):
                part.setVisible(not reason)


def figures(row: SweepRow) -> dict[str, str]:
    """Return the figures of a row in words, by their names."""
    summary = row.summary
    assert summary is not None
    cloud = summary.cloud_seconds * summary.parts / summary.pictures
    return {
        "Coefficient modulus": f"{chain_text(row.coeff_modulus_bits)} bits",
        "Encrypted accuracy": _interval(accuracy(row)),
        "Clear accuracy": _interval(summary.clear_accuracy),
        "Same answer": f"{summary.same:,} of {summary.pictures:,}",
        "Largest error": share_text(summary.largest_relative_error),
        "Time, cloud's part": f"{time_text(seconds_per_picture(row))}, {time_text(cloud)}",
        "Up, down": f"{size_text(summary.bytes_up)}, {size_text(summary.bytes_down)}",
        "Keys for the cloud": f"{size_text(summary.key_bytes)}, {time_text(summary.key_seconds)}",
    }


def _interval(share: Accuracy | None) -> str:
    if share is None:
        return NOTHING
    return f"{percent(share.percent)} ({share.low:.3g} to {share.high:.3g}%)"


def chain_text(bits: Sequence[int]) -> str:
    """Return the bits of a chain's primes, equal neighbours counted: `45, 7 x 24, 45`."""
    groups = [(size, len(list(group))) for size, group in itertools.groupby(bits)]
    return ", ".join(f"{count} \u00d7 {size}" if count > 1 else str(size) for size, count in groups)
