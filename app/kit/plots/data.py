"""What a plot shows, as data: axes, series of points, reference lines. Free of Qt and pyqtgraph."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from app.kit.wording import short_model_text

Symbol = Literal[
    "circle", "square", "triangle", "diamond", "star", "cross", "pentagon", "hexagon", "arrow"
]


@dataclass(frozen=True)
class PlotPoint:
    """One point: a place, the interval of y where it is known, and what stands behind it.

    `index` is the caller's number for the point, given back when it is hovered or clicked; -1 for
    a point that nothing stands behind. `text` is shown beside the pointer.
    """

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    index: int = -1
    text: str = ""


@dataclass(frozen=True)
class Series:
    """Points of one kind.

    `color` names a colour of the palette. `hollow` points are somebody else's figures, such as
    the poster's; `joined` ones have a line through them.
    """

    label: str
    points: tuple[PlotPoint, ...]
    symbol: Symbol = "circle"
    color: str = "text"
    hollow: bool = False
    joined: bool = False


@dataclass(frozen=True)
class ReferenceLine:
    """A dashed line across the plot at height `y`, with its name."""

    y: float
    label: str


@dataclass(frozen=True)
class Axes:
    """What the axes mean: `title` stands over the plot, `x_title` below it.

    `y_text` writes a value of y; `x_ticks` are the marks of x as (place, text), free if empty.
    A linear y begins at zero unless `from_zero` is False. Without points the sentence `empty`
    stands in the place of axes that would mean nothing.
    """

    title: str
    x_title: str
    y_text: Callable[[float], str]
    log_y: bool = False
    x_ticks: tuple[tuple[float, str], ...] = ()
    from_zero: bool = True
    empty: str = "No points yet"


@dataclass(frozen=True)
class Mark:
    """How the points of one model look in every plot."""

    symbol: Symbol
    color: str


_COLORS = ("series_1", "series_2", "series_3")
_SYMBOLS: tuple[tuple[Symbol, ...], ...] = (
    ("circle", "square", "triangle"),
    ("diamond", "star", "cross"),
    ("pentagon", "hexagon", "arrow"),
)


def model_marks(models: Sequence[str]) -> dict[str, Mark]:
    """Return a mark for each model: a colour for its data set, a symbol of its own.

    The order of `models` decides, so give every model that there is to keep marks the same.
    """
    kinds = {name: name.rpartition("-")[::2] for name in models}
    # The data sets with both of the poster's networks come first: their marks never change.
    datasets = sorted(
        {dataset for dataset, _ in kinds.values()},
        key=lambda each: ((each, "network2") not in kinds.values(), each),
    )
    networks = sorted({network for _, network in kinds.values()})
    wanted = {
        name: Mark(
            _SYMBOLS[networks.index(network) % 2][datasets.index(dataset) % 3],
            _COLORS[datasets.index(dataset) % 3],
        )
        for name, (dataset, network) in kinds.items()
    }
    order = sorted(wanted, key=lambda name: datasets.index(kinds[name][0]))
    found = told_apart([wanted[name] for name in order])
    return {name: found[order.index(name)] for name in models}


def told_apart(wanted: Sequence[Mark]) -> list[Mark]:
    """Return the marks, each that was taken before replaced by one that is free, if any is."""
    every = [Mark(symbol, color) for row in _SYMBOLS for symbol in row for color in _COLORS]
    found: list[Mark] = []
    for mark in wanted:
        symbols = {each.symbol for each in (*found, *wanted)}
        free = sorted(
            (each for each in every if each not in found and each not in wanted),
            key=lambda each: each.symbol in symbols,
        )
        found.append(mark if mark not in found else next(iter(free), mark))
    return found


def series_by_model(
    points: Sequence[tuple[str, PlotPoint]], marks: dict[str, Mark]
) -> list[Series]:
    """Return a series for each model among (model, point) pairs, in the order of `marks`."""
    return [
        Series(
            short_model_text(model),
            tuple(point for name, point in points if name == model),
            mark.symbol,
            mark.color,
        )
        for model, mark in marks.items()
        if any(name == model for name, _ in points)
    ]
