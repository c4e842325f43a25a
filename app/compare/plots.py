"""The row of plots over the stored runs: time, size and error against bit scale or degree."""

from collections.abc import Callable, Sequence
from math import log2

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
)

from app.compare.columns import answer_text, when_text
from app.kit.basics import label, text_button
from app.kit.plots.data import Axes, PlotPoint, model_marks, series_by_model
from app.kit.plots.legend import PlotLegend
from app.kit.plots.plot import Plot
from app.kit.theme import Theme
from app.kit.wording import model_text, settings_text, share_text, size_text, time_text
from app.state.stored_run import StoredRun
from engine.ckks.parameters import POLY_MODULUS_DEGREES
from engine.resources import model_names

LATEST = 400
"""More points than this hide each other and take long to draw."""
MOST_RINGS = 50
"""With more rings around points than this nothing stands out."""

EMPTY = "Every run becomes a point here; draw and classify a picture first."

Measure = Callable[[StoredRun], float]
MEASURES: tuple[tuple[str, Measure, Callable[[float], str], bool], ...] = (
    ("Time of the cloud", lambda run: run.server_seconds, time_text, True),
    ("Ciphertext", lambda run: run.ciphertext_bytes, lambda size: size_text(round(size)), False),
    ("Relative error", lambda run: run.relative_error, share_text, True),
)
AGAINST: dict[str, tuple[Measure, tuple[tuple[float, str], ...]]] = {
    "Bit scale": (lambda run: run.settings.scale_bits, ()),
    "Poly modulus degree": (
        lambda run: log2(run.settings.poly_modulus_degree),
        tuple((log2(degree), str(degree)) for degree in POLY_MODULUS_DEGREES),
    ),
}


class RunPlots(QFrame):
    """Signals: `hovered(id)` and `clicked(id)` of a run; `hovered("")` when none is.

    Attributes: `plots`, `against`, `picture` (what is saved: plots and legend). Plots are made and
    drawn one after the other, so that the window answers in between; `settle` does all at once.
    """

    hovered = Signal(str)
    clicked = Signal(str)

    def __init__(self, theme: Theme, save: QAction) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("Plots of the runs")
        self._runs: list[StoredRun] = []
        self._tips: list[str] = []
        self._selected: set[str] = set()
        self.against = QComboBox()
        self.against.setAccessibleName("Plot against")
        self.against.addItems(list(AGAINST))
        self.against.currentIndexChanged.connect(self._change_axes)
        self._note = label("", "caption")
        self.plots: list[Plot] = []
        self._theme = theme
        self._waiting: list[int] = []
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._do_next)
        self._row = QHBoxLayout()
        self._legend = PlotLegend(theme)
        self.picture = QFrame()
        self.picture.setProperty("panel", "plain")
        self.picture.setAccessibleName("Time, size and error of the runs")
        self._arrange(theme, text_button(save, theme))
        self._turn.start()

    def _arrange(self, theme: Theme, save: QToolButton) -> None:
        head = QHBoxLayout()
        theme.space(head, gap=2)
        theme.space(self._row, gap=2)
        head.addWidget(label("Plots against", "body", "muted"))
        head.addWidget(self.against)
        head.addStretch()
        head.addWidget(self._note)
        save.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        head.addWidget(save)
        inner = QVBoxLayout(self.picture)
        theme.space(inner, gap=0)
        inner.addLayout(self._row, 1)
        inner.addWidget(self._legend)
        layout = QVBoxLayout(self)
        theme.space(layout, margin=2, gap=1)
        layout.addLayout(head)
        layout.addWidget(self.picture, 1)

    def _axes(self) -> list[Axes]:
        against = self.against.currentText()
        ticks = AGAINST[against][1]
        return [
            Axes(title, against, text, log, ticks, empty=EMPTY) for title, _, text, log in MEASURES
        ]

    def _change_axes(self) -> None:
        for plot, axes in zip(self.plots, self._axes(), strict=False):
            plot.show_series([])
            plot.set_axes(axes)
        self._draw()

    def settle(self) -> None:
        """Make and draw now what waits for its turn."""
        while len(self.plots) < len(MEASURES) or self._waiting:
            self._do_next()

    def _do_next(self) -> None:
        if len(self.plots) < len(MEASURES):
            self._make_plot(self._axes()[len(self.plots)])
        elif self._waiting:
            self._draw_plot(self._waiting.pop(0))
        if len(self.plots) < len(MEASURES) or self._waiting:
            self._turn.start()

    def _make_plot(self, axes: Axes) -> None:
        plot = Plot(axes, self._theme)
        plot.hovered.connect(self._hover)
        plot.clicked.connect(lambda index: self.clicked.emit(self._runs[index].id))
        self._row.addWidget(plot, 1)
        self.plots.append(plot)

    def show_runs(self, runs: Sequence[StoredRun]) -> None:
        """Plot these runs, at most the LATEST of them."""
        latest = sorted(runs, key=lambda run: run.at)[-LATEST:]
        is_new = [run.id for run in latest] != [run.id for run in self._runs]
        self._runs = latest
        if is_new:
            self._tips = [_tip(run) for run in latest]
            self._note.setText(f"the latest {LATEST} of {len(runs)}" if len(runs) > LATEST else "")
            self._draw()

    def select(self, ids: set[str]) -> None:
        """Mark the points of these runs."""
        self._selected = ids
        for plot in self.plots:
            plot.select(self._selected_places())

    def _draw(self) -> None:
        self._waiting = list(range(len(MEASURES)))
        self._turn.start()

    def _draw_plot(self, place: int) -> None:
        title, measure, text, _ = MEASURES[place]
        marks = model_marks(sorted({*model_names(), *(run.settings.model for run in self._runs)}))
        x = AGAINST[self.against.currentText()][0]
        points = []
        for index, run in enumerate(self._runs):
            tip = f"{title}: {text(measure(run))}\n{self._tips[index]}"
            point = PlotPoint(x(run), measure(run), index=index, text=tip)
            points.append((run.settings.model, point))
        series = series_by_model(points, marks)
        self.plots[place].show_series(series)
        self.plots[place].select(self._selected_places())
        self._legend.show_series(series)

    def _selected_places(self) -> list[int]:
        places = [place for place, run in enumerate(self._runs) if run.id in self._selected]
        return places if len(places) <= MOST_RINGS else []

    def _hover(self, index: int) -> None:
        self.hovered.emit(self._runs[index].id if index >= 0 else "")


def _tip(run: StoredRun) -> str:
    return (
        f"{model_text(run.settings.model)}\n{settings_text(run.settings)}\n"
        f"Answer {answer_text(run)}, {when_text(run.at)}"
    )
