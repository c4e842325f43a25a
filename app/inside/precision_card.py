"""How many bits are right after each stage: measured and foretold, under one setting or two."""

from PySide6.QtWidgets import QFrame, QGridLayout, QSpinBox, QVBoxLayout

from app.inside.revealing import Revealing
from app.kit.basics import label, push_button
from app.kit.following import Following
from app.kit.plots.data import Axes, PlotPoint, Series
from app.kit.plots.legend import PlotLegend
from app.kit.plots.plot import Plot
from app.kit.theme import Theme
from app.state.everything import AppState
from engine.inside.looks import TeachingRun

EMPTY = "After a teaching run the precision stands here, stage by stage."
FEWER_BITS = 4
BITS = range(15, 51)


class PrecisionCard(QFrame):
    """Attributes: `plot`, `other` (a bit scale), `compare`, `said`."""

    def __init__(self, state: AppState, revealing: Revealing, theme: Theme) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("The precision")
        self._state = state
        self._revealing = revealing
        self.plot = Plot(Axes("", "", "{:.0f}".format, empty=EMPTY), theme)
        self._legend = PlotLegend(theme, lines=4)
        self.other = QSpinBox()
        self.other.setRange(BITS.start, BITS.stop - 1)
        self.other.setAccessibleName("Bit scale to compare with")
        self.compare = push_button("Compare", "small")
        self.compare.setToolTip("Run the same picture under another bit scale, and look into it")
        self.said = label("", "caption", "muted", wrap=True)
        column = QVBoxLayout(self)
        theme.space(column, margin=3, gap=1.5)
        column.addWidget(label("Bits that are right", "title"))
        column.addWidget(self._legend)
        column.addWidget(self.plot, 1)
        row = QGridLayout()
        theme.space(row, gap=2)
        row.addWidget(label("Bit scale", "body"), 0, 0)
        row.addWidget(self.other, 0, 1)
        row.addWidget(self.compare, 0, 2)
        row.setColumnStretch(2, 1)
        column.addLayout(row)
        column.addWidget(self.said)
        theme.fix(self.said, None, 16)
        self.compare.clicked.connect(lambda: revealing.compare(self.other.value()))
        Following(self, self._show, revealing.changed)
        state.chosen.changed.connect(self._suggest)
        self._suggest()

    def _suggest(self) -> None:
        self.other.setValue(self._state.chosen.settings.scale_bits - FEWER_BITS)

    def _show(self) -> None:
        current, compared = self._revealing.current, self._revealing.compared
        idle = current is not None and not self._revealing.is_running
        self.compare.setEnabled(idle)
        self.said.setText(self._revealing.refusal or self._sentence(current, compared))
        series = []
        if current is not None:
            self.plot.set_axes(_axes(current))
            series += _series(current, "encrypted", "clear")
        if compared is not None:
            series += _series(compared, "series_2", "series_2")
        self.plot.show_series(series)
        self._legend.show_series(series)

    def _sentence(self, current: TeachingRun | None, compared: TeachingRun | None) -> str:
        if self._revealing.is_running:
            return "The cloud computes, and every stage is decrypted\u2026"
        if current is None:
            return ""
        if compared is None:
            return "Compare with another bit scale: one bit less costs about one bit everywhere."
        apart = current.stages[-1].bits - compared.stages[-1].bits
        scales = current.settings.scale_bits - compared.settings.scale_bits
        return (
            f"{abs(scales)} bits of scale {'more' if scales > 0 else 'fewer'} made a difference "
            f"of {apart:.1f} bits in the scores."
        )


def _axes(run: TeachingRun) -> Axes:
    ticks = tuple((float(place), short_name(each.key)) for place, each in enumerate(run.stages))
    return Axes("", "", "{:.0f}".format, x_ticks=ticks, empty=EMPTY)


def short_name(key: str) -> str:
    """Return a stage's name for below a plot."""
    name, _, number = key.partition("-")
    return {"conv": "C", "square": "S", "dense": "D"}.get(name, name[:1].upper()) + number


def _series(run: TeachingRun, measured: str, foretold: str) -> list[Series]:
    bits = run.settings.scale_bits
    return [
        Series(
            f"measured, {bits} bits",
            tuple(
                PlotPoint(place, each.bits, index=place, text=f"{each.key}: {each.bits:.1f} bits")
                for place, each in enumerate(run.stages)
            ),
            "circle" if foretold != measured else "square",
            measured,
            joined=True,
        ),
        Series(
            f"expected, {bits} bits",
            tuple(
                PlotPoint(place, each.expected_bits, text=f"expected {each.expected_bits:.1f} bits")
                for place, each in enumerate(run.stages)
            ),
            "diamond" if foretold != measured else "triangle",
            measured,
            hollow=True,
        ),
    ]
