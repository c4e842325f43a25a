"""The four plots of a sweep, which fill in as its points arrive, with the poster's figures."""

from collections.abc import Iterable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
)

from app.kit.basics import label
from app.kit.following import Following
from app.kit.plots.data import Series
from app.kit.plots.legend import PlotLegend
from app.kit.plots.plot import Plot
from app.kit.theme import Theme
from app.state.poster_graphs import SweepPreset
from app.sweep.figures import (
    DEGREE,
    KIND_OF,
    KINDS,
    SCALE,
    FigureKind,
    axes_of,
    series_of,
    way_text,
)
from app.sweep.running import Sweeps
from engine.resources import model_names

REDRAW_MS = 120
COLUMNS = 2
POSTERS = Series("Hollow: the poster's", (), color="muted", hollow=True)
"""In the legend, for all of the poster's figures."""


class SweepPlots(QFrame):
    """Attributes: `plots` by kind of figure, `against` (two buttons), `way`, `legend`, `bar`.

    The plots are made one in each turn of the event loop, since each takes a while. A preset's
    figure is shown alone and large until all four are asked for.
    """

    def __init__(self, sweeps: Sweeps, theme: Theme) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("Plots of the sweep")
        self._sweeps = sweeps
        self._theme = theme
        self.plots: dict[FigureKind, Plot] = {}
        self.way = label("", "caption")
        self.legend = PlotLegend(theme, lines=2)
        self.against = {name: self._make_button(name, name) for name in (SCALE, DEGREE)}
        self.all_four = self._make_button("All four", "All four plots")
        self.all_four.clicked.connect(lambda: self.show_only(None))
        self._only: FigureKind | None = None
        self._grid_changed = False
        self._shown: dict[FigureKind, tuple[Series, ...]] = {}
        self._grid = QGridLayout()
        self._arrange()
        self._following = Following(self, self.draw, sweeps.point_changed, pause_ms=REDRAW_MS)
        self._make = QTimer(self, interval=0)
        self._make.timeout.connect(self._make_next)
        self._make.start()
        sweeps.choice_changed.connect(self._choose_axis_soon)
        sweeps.selected_changed.connect(self._mark)
        self.show_only(None)

    def _make_next(self) -> None:
        place = len(self.plots)
        kind = KINDS[place]
        plot = Plot(axes_of(kind, self._axis(), self._sweeps.choice), self._theme)
        plot.clicked.connect(self._sweeps.select)
        self.plots[kind] = plot
        self._grid.addWidget(plot, place // COLUMNS, place % COLUMNS)
        plot.setVisible(self._only in (None, kind))
        if len(self.plots) == len(KINDS):
            self._make.stop()
        self._draw((kind,))

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
        bar.addWidget(self.way)
        bar.addStretch()
        bar.addWidget(self.all_four)
        column.addLayout(bar)
        column.addWidget(self.legend)
        self._theme.space(self._grid, gap=2)
        column.addLayout(self._grid, 1)

    def show_only(self, kind: FigureKind | None) -> None:
        """Show one plot, or with None all four."""
        self._only = kind
        for each, plot in self.plots.items():
            plot.setVisible(kind in (None, each))
        places = [place for place, each in enumerate(KINDS) if kind in (None, each)]
        for line in range(COLUMNS):  # equal room, for plots that are still to be made as well
            self._grid.setRowStretch(line, line in {place // COLUMNS for place in places})
            self._grid.setColumnStretch(line, line in {place % COLUMNS for place in places})
        self.all_four.setChecked(kind is None)
        self.draw()

    def show_preset(self, preset: SweepPreset) -> None:
        """Show the plot that a preset is about."""
        self.against[SCALE].setChecked(True)
        self._choose_axis()
        self.show_only(KIND_OF[preset.measure])

    def draw(self) -> None:
        """Bring the plots up to date."""
        if self._grid_changed:
            self._grid_changed = False
            for kind, plot in self.plots.items():
                plot.set_axes(axes_of(kind, self._axis(), self._sweeps.choice))
        self._draw(self.plots)

    def _draw(self, kinds: Iterable[FigureKind]) -> None:
        sweeps, against, models = self._sweeps, self._axis(), model_names()
        rows = [state.row for state in sweeps.states]
        for kind in kinds:
            if not self.plots[kind].isHidden():
                series = series_of(kind, against, sweeps.points, rows, models)
                self.plots[kind].show_series(series)
                self._shown[kind] = series
        visible = [kind for kind, plot in self.plots.items() if not plot.isHidden()]
        named = {
            each.label: each for kind in visible for each in self._shown[kind] if not each.hollow
        }
        if any(each.hollow for kind in visible for each in self._shown[kind]):
            named[POSTERS.label] = POSTERS
        self.way.setText(way_text(sweeps.choice))
        self.legend.show_series(list(named.values()))
        self._mark()

    def _axis(self) -> str:
        return next(name for name, button in self.against.items() if button.isChecked())

    def _choose_axis(self) -> None:
        self._grid_changed = True
        self.draw()

    def _choose_axis_soon(self) -> None:
        self._grid_changed = True
        self._following.take()

    def _mark(self) -> None:
        selected = self._sweeps.selected
        for plot in self.plots.values():
            plot.select(() if selected is None else (selected,))
