"""The four plots of a sweep, which fill in as its points arrive, with the poster's figures."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
)

from app.plot_data import Series
from app.sweep_figures import DEGREE, KIND_OF, KINDS, SCALE, FigureKind, axes_of, series_of
from app.sweep_presets import SweepPreset
from app.sweeps import Sweeps
from app.theme import Theme
from app.widgets.basics import label
from app.widgets.plot import Plot
from app.widgets.plot_legend import PlotLegend
from engine.resources import model_names

REDRAW_MS = 120


class SweepPlots(QFrame):
    """Attributes: `plots` by kind of figure, `against` (two buttons), `legend`, `bar`.

    A preset's figure is shown alone and large until all four are asked for.
    """

    def __init__(self, sweeps: Sweeps, theme: Theme) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("Plots of the sweep")
        self._sweeps = sweeps
        self._theme = theme
        self.plots = {kind: Plot(axes_of(kind, SCALE), theme) for kind in KINDS}
        self.legend = PlotLegend(theme, lines=2)
        self.against = {name: self._make_button(name, name) for name in (SCALE, DEGREE)}
        self.all_four = self._make_button("All four", "All four plots")
        self.all_four.clicked.connect(lambda: self.show_only(None))
        self._only: FigureKind | None = None
        self._grid = QGridLayout()
        self._arrange()
        self._redraw = QTimer(self, singleShot=True, interval=REDRAW_MS)
        self._redraw.timeout.connect(self.draw)
        for plot in self.plots.values():
            plot.clicked.connect(sweeps.select)
        sweeps.choice_changed.connect(self._draw_soon)
        sweeps.point_changed.connect(self._draw_soon)
        sweeps.selected_changed.connect(self._mark)
        self.show_only(None)
        self._choose_axis()

    def _make_button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setCheckable(True)
        button.setAutoDefault(False)
        button.setProperty("kind", "small")
        button.setAccessibleName(name)
        return button

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        self._theme.space(column, margin=3, gap=2)
        self.bar = bar = QHBoxLayout()
        self._theme.space(bar, gap=2)
        bar.addWidget(label("Against", "body", "muted"))
        group = QButtonGroup(self)
        for name, button in self.against.items():
            group.addButton(button)
            button.clicked.connect(self._choose_axis)
            button.setChecked(name == SCALE)
            bar.addWidget(button)
        bar.addStretch()
        bar.addWidget(self.all_four)
        column.addLayout(bar)
        column.addWidget(self.legend)
        self._theme.space(self._grid, gap=2)
        for place, plot in enumerate(self.plots.values()):
            self._grid.addWidget(plot, place // 2, place % 2)
        column.addLayout(self._grid, 1)

    def show_only(self, kind: FigureKind | None) -> None:
        """Show one plot, or with None all four."""
        self._only = kind
        for each, plot in self.plots.items():
            plot.setVisible(kind in (None, each))
        self.all_four.setChecked(kind is None)
        self.draw()

    def show_preset(self, preset: SweepPreset) -> None:
        """Show the plot that a preset is about."""
        self.against[SCALE].setChecked(True)
        self._choose_axis()
        self.show_only(KIND_OF[preset.measure])

    def draw(self) -> None:
        """Bring the plots up to date."""
        sweeps, against = self._sweeps, self._axis()
        rows = [state.row for state in sweeps.states]
        shown: dict[str, Series] = {}
        for kind, plot in self.plots.items():
            series = series_of(kind, against, sweeps.points, rows, model_names())
            if not plot.isHidden():
                plot.show_series(series)
                shown |= {each.label: each for each in series}
        self.legend.show_series(list(shown.values()))
        self._mark()

    def _axis(self) -> str:
        return next(name for name, button in self.against.items() if button.isChecked())

    def _choose_axis(self) -> None:
        for kind, plot in self.plots.items():
            plot.set_axes(axes_of(kind, self._axis()))
        self.draw()

    def _draw_soon(self) -> None:
        if not self._redraw.isActive():
            self._redraw.start()

    def _mark(self) -> None:
        selected = self._sweeps.selected
        for plot in self.plots.values():
            plot.select(() if selected is None else (selected,))
