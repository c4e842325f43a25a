"""What the studied architectures are worth and cost, with the front that none other beats."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout

from app.architecture.drafting import Drafting
from app.kit.basics import label
from app.kit.following import Following
from app.kit.plots.data import Axes, PlotPoint, ReferenceLine, Series
from app.kit.plots.legend import PlotLegend
from app.kit.plots.plot import Plot
from app.kit.theme import Theme
from app.kit.wording import model_text, share_text, size_text, time_text
from engine.networks.architecture_text import from_notation
from engine.planning.design import Design
from engine.resources import model_names
from engine.studies.architectures import StudyRow, front
from engine.studies.report.poster import POSTER


@dataclass(frozen=True)
class Cost:
    """One measure of cost: its `title`, how a value is written, and where it comes from."""

    title: str
    text: Callable[[float], str]
    of: Callable[[StudyRow], float]
    of_design: Callable[[Design], float | None]


COSTS = (
    Cost(
        "Cloud's time",
        time_text,
        lambda row: row.cloud_ms / 1000,
        lambda found: found.forecast.server_seconds,
    ),
    Cost(
        "Size up",
        lambda value: size_text(round(value)),
        lambda row: row.ciphertext_bytes,
        lambda found: found.forecast.ciphertext_bytes,
    ),
    Cost(
        "Error",
        share_text,
        lambda row: row.error,
        lambda found: found.forecast.relative_error,
    ),
    Cost(
        "Levels",
        lambda value: f"{value:.0f}",
        lambda row: row.levels,
        lambda found: found.forecast.levels,
    ),
    Cost(
        "Weights",
        lambda value: f"{value:,.0f}",
        lambda row: row.weights,
        lambda found: found.architecture.weights,
    ),
)
EMPTY = "No architecture of this data set was studied yet; the results have the command."


def _named(row: StudyRow) -> str:
    """Return what a row is called: a shipped model by its name, another by its layers."""
    if row.model in model_names():
        return model_text(row.model)
    return row.described


class StudyPlot(QFrame):
    """Attribute `plot`. Signal `chosen(Architecture)`: a point was clicked."""

    chosen = Signal(object)

    def __init__(self, drafting: Drafting, rows: tuple[StudyRow, ...], theme: Theme) -> None:
        super().__init__()
        self.setProperty("panel", "card")
        self.setAccessibleName("The study of architectures")
        self._drafting = drafting
        self._rows = rows
        self._shown: list[StudyRow] = []
        self.cost = QComboBox()
        self.cost.setAccessibleName("Measure of cost")
        for each in COSTS:
            self.cost.addItem(each.title)
        self.plot = Plot(self._axes(), theme)
        self._legend = PlotLegend(theme, lines=1)
        column = QVBoxLayout(self)
        theme.space(column, margin=3, gap=1)
        head = QHBoxLayout()
        theme.space(head, gap=2)
        head.addWidget(label("What was studied", "title"))
        head.addStretch()
        head.addWidget(label("Accuracy against", "body", "muted"))
        head.addWidget(self.cost)
        column.addLayout(head)
        column.addWidget(self._legend)
        column.addWidget(self.plot, 1)
        self.cost.currentIndexChanged.connect(self.draw)
        self.plot.clicked.connect(self._choose)
        Following(self, self.draw, drafting.changed, drafting.planned)

    def _axes(self) -> Axes:
        cost = COSTS[max(0, self.cost.currentIndex())]
        return Axes(
            title="",
            x_title=f"Accuracy on {self._drafting.data_set}, %",
            y_text=cost.text,
            log_y=True,
            empty=EMPTY,
        )

    def draw(self) -> None:
        """Show the rows of the data set, and where the present architecture stands."""
        cost = COSTS[self.cost.currentIndex()]
        data_set = self._drafting.data_set
        self._shown = [row for row in self._rows if row.data_set == data_set]
        best = {row.model for row in front(self._shown, cost.of)}
        points = {
            row.model: PlotPoint(
                row.accuracy,
                cost.of(row),
                index=index,
                text=f"{_named(row)}: {row.accuracy:.2f} %, {cost.text(cost.of(row))}",
            )
            for index, row in enumerate(self._shown)
        }
        ours = set(model_names())
        on_front = sorted(
            (point for name, point in points.items() if name in best), key=lambda each: each.x
        )
        series = [
            Series(
                "Studied",
                tuple(point for name, point in points.items() if name not in best | ours),
                color="series_1",
            ),
            Series(
                "None is better and cheaper", tuple(on_front), "square", "series_2", joined=True
            ),
        ]
        shipped = tuple(point for name, point in points.items() if name in ours)
        series.append(Series("Comes with the program", shipped, "star", "series_3"))
        if cost is COSTS[0]:
            posters = tuple(
                PlotPoint(
                    each.encrypted_accuracy,
                    each.seconds_per_picture,
                    text=f"The poster's {each.architecture}: {each.encrypted_accuracy} %",
                )
                for each in POSTER
                if each.dataset == data_set
            )
            series.append(Series("The poster's", posters, "diamond", "muted", hollow=True))
        self.plot.set_axes(self._axes())
        self.plot.show_series([each for each in series if each.points], self._lines(cost))
        self._legend.show_series([each for each in series if each.points])
        here = [
            index
            for index, row in enumerate(self._shown)
            if from_notation(row.notation) == self._drafting.architecture
        ]
        self.plot.select(here)

    def _lines(self, cost: Cost) -> list[ReferenceLine]:
        drafting = self._drafting
        if drafting.design is None or not drafting.is_current or not self._shown:
            return []
        value = cost.of_design(drafting.design)
        return [ReferenceLine(value, "this architecture")] if value else []

    def _choose(self, index: int) -> None:
        if 0 <= index < len(self._shown):
            self.chosen.emit(from_notation(self._shown[index].notation))
