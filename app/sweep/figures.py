"""What a sweep's rows come to in plots, tables and words. Free of Qt."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.kit.plots.data import Axes, Mark, PlotPoint, Series, model_marks, told_apart
from app.kit.wording import (
    model_text,
    percent,
    settings_text,
    share_text,
    short_model_text,
    size_text,
    time_text,
)
from app.state.poster_graphs import ChainName, Measure
from app.sweep.choice import SweepChoice
from engine.ckks.parameters import ProtocolName, Settings
from engine.studies.report.poster import POSTER, PosterFigure
from engine.studies.summary import Accuracy
from engine.studies.sweeps.records import SweepPoint, SweepRow

SCALE, DEGREE = "Bit scale", "Poly modulus degree N"
MOST_LINES = 12
EMPTY = "Every setting becomes a point here as it is measured; choose a grid and start."
PROTOCOL_TITLES: dict[ProtocolName, str] = {"one-shot": "One shot", "refresh": "Refresh"}
CHAIN_TITLES: dict[ChainName, str] = {"engine": "Engine's", "poster": "Poster's"}
_CYCLE = (
    Mark("circle", "series_1"),
    Mark("square", "series_2"),
    Mark("triangle", "series_3"),
    Mark("diamond", "series_1"),
    Mark("star", "series_2"),
    Mark("cross", "series_3"),
)


@dataclass(frozen=True)
class Figure:
    """A figure of a row: its value, and the ends of its interval where that is known."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class FigureKind:
    """One of the four plots; `of` a row, `of_poster` of the poster's where it has that figure."""

    title: str
    text: Callable[[float], str]
    log_y: bool
    of: Callable[[SweepRow], Figure | None]
    of_poster: Callable[[PosterFigure], float | None]


def seconds_per_picture(row: SweepRow) -> float:
    """Return the time of one picture, all stages; in a batch its share of it."""
    assert row.summary is not None
    return row.summary.seconds * row.summary.parts / row.summary.pictures


def accuracy(row: SweepRow) -> Accuracy | None:
    """Return how often the decrypted answers are right, None for a picture without a label."""
    return None if row.summary is None else row.summary.encrypted_accuracy


def _time(row: SweepRow) -> Figure:
    return Figure(seconds_per_picture(row))


def _size(row: SweepRow) -> Figure:
    assert row.summary is not None
    return Figure(row.summary.bytes_up * row.summary.parts / row.summary.pictures)


def _error(row: SweepRow) -> Figure:
    assert row.summary is not None
    return Figure(row.summary.largest_relative_error)


def _accuracy(row: SweepRow) -> Figure | None:
    share = accuracy(row)
    return None if share is None else Figure(share.percent, share.low, share.high)


ACCURACY = FigureKind(
    "Encrypted accuracy", percent, False, _accuracy, lambda figure: figure.encrypted_accuracy
)
TIME = FigureKind(
    "Time for a picture", time_text, True, _time, lambda figure: figure.seconds_per_picture
)
ERROR = FigureKind("Largest error", share_text, True, _error, lambda _figure: None)
SIZE = FigureKind(
    "Ciphertext for a picture", lambda size: size_text(round(size)), True, _size,
    lambda _figure: None,
)  # fmt: skip
KINDS = (ACCURACY, TIME, ERROR, SIZE)
KIND_OF: dict[Measure, FigureKind] = {"accuracy": ACCURACY, "time": TIME}


MOST_TICKS = 10


def axes_of(kind: FigureKind, against: str, choice: SweepChoice) -> Axes:
    """Return the axes of a plot of one kind against the bit scale or the degree.

    They show the whole grid from the start, so that nothing moves as its points arrive.
    """
    if against == DEGREE:
        ticks = tuple((float(place), f"{2**place}") for place in (12, 13, 14, 15))
        return Axes(kind.title, DEGREE, kind.text, kind.log_y, ticks, from_zero=False, empty=EMPTY)
    every = -(-len(choice.scales) // MOST_TICKS)
    ticks = tuple(
        (float(bits), "" if place % every else f"{bits}")
        for place, bits in enumerate(choice.scales)
    )
    return Axes(kind.title, SCALE, kind.text, kind.log_y, ticks, from_zero=False, empty=EMPTY)


def series_of(
    kind: FigureKind,
    against: str,
    points: Sequence[SweepPoint],
    rows: Sequence[SweepRow | None],
    models: Sequence[str],
) -> tuple[Series, ...]:
    """Return a series for each line of a plot, ours and then the poster's.

    `rows` has one place for each of `points`; a point's index in its series is that place. Against
    the degree, where there would be more than MOST_LINES, only those of one bit scale are shown.
    """
    only = _only_scale(points) if against == DEGREE else None
    marks = _marks([each for each in points if _is_shown(each, only)], against, models)
    lines: dict[tuple[str, int], list[PlotPoint]] = {}
    for place, (point, row) in enumerate(zip(points, rows, strict=True)):
        figure = None if row is None or row.summary is None else kind.of(row)
        x, other = _place(point, against)
        if figure is not None and _is_shown(point, only):
            text = f"{point_text(point)}\n{kind.title}: {kind.text(figure.value)}"
            line = lines.setdefault((point.settings.model, other), [])
            line.append(PlotPoint(x, figure.value, figure.low, figure.high, place, text))
    several = only is not None or len({other for _, other in marks}) > 1
    ours = [
        Series(
            _line_text(key, against, several), tuple(line), marks[key].symbol, marks[key].color,
            joined=True,
        )
        for key, line in lines.items()
    ]  # fmt: skip
    return (*ours, *_poster_series(kind, against, points, marks))


def point_text(point: SweepPoint) -> str:
    """Return a point in one line."""
    return setting_text(point.settings)


def setting_text(settings: Settings) -> str:
    """Return a setting with its model in one line; protocol and chain where they are unusual."""
    chain = "" if settings.outer_bits is None else ", poster's chain"
    return f"{model_text(settings.model)}, {settings_text(settings)}{chain}"


def way_text(choice: SweepChoice) -> str:
    """Return what all points of a sweep have in common: `Refresh, poster's chain`."""
    way = PROTOCOL_TITLES[choice.protocol] if choice.mode == "single" else "Batched"
    return f"{way}, {CHAIN_TITLES[choice.chain].lower()} chain"


def command_text(point: SweepPoint, pictures: int) -> str:
    """Return the command that measures a point again; of a drawn picture, one for its file."""
    settings = point.settings
    where = (
        f"--poly-modulus-degree {settings.poly_modulus_degree} --scale-bits {settings.scale_bits}"
    )
    if settings.outer_bits is not None:
        where += f" --outer-bits {settings.outer_bits}"
    if settings.protocol != "one-shot":
        where += f" --protocol {settings.protocol}"
    if not pictures:
        return f"python -m engine classify PICTURE.png --model {settings.model} {where}"
    return (
        f"python -m engine evaluate {settings.model} --limit {pictures} --mode {point.mode} {where}"
    )


def _only_scale(points: Sequence[SweepPoint]) -> int | None:
    """Return the bit scale nearest to the usual one if there are too many, else None."""
    lines = {(point.settings.model, point.settings.scale_bits) for point in points}
    if len(lines) <= MOST_LINES:
        return None
    usual = Settings().scale_bits
    return min({scale for _, scale in lines}, key=lambda scale: (abs(scale - usual), scale))


def _is_shown(point: SweepPoint, only: int | None) -> bool:
    return only is None or point.settings.scale_bits == only


def _place(point: SweepPoint, against: str) -> tuple[float, int]:
    """Return the place along x, and what tells lines of one model apart."""
    settings = point.settings
    degree, scale = settings.poly_modulus_degree, settings.scale_bits
    return (degree.bit_length() - 1, scale) if against == DEGREE else (scale, degree)


def _marks(
    points: Sequence[SweepPoint], against: str, models: Sequence[str]
) -> dict[tuple[str, int], Mark]:
    """Return a mark for each line: that of its model where a model has one line.

    Where there are more lines than symbols, those of one data set differ in their symbols, and the
    colour tells the data set.
    """
    keys = sorted({(point.settings.model, _place(point, against)[1]) for point in points})
    if len({model for model, _ in keys}) < len(keys) <= len(_CYCLE):
        return {key: _CYCLE[place % len(_CYCLE)] for place, key in enumerate(keys)}
    known = model_marks(models)
    if len({model for model, _ in keys}) == len(keys):
        return {key: known[key[0]] for key in keys}
    kinds = sorted({(model.rpartition("-")[2], other) for model, other in keys})
    wanted = [
        dataclasses.replace(
            _CYCLE[kinds.index((model.rpartition("-")[2], other)) % len(_CYCLE)],
            color=known[model].color,
        )
        for model, other in keys
    ]
    return dict(zip(keys, told_apart(wanted), strict=True))


def _line_text(key: tuple[str, int], against: str, several: bool) -> str:
    model, other = key
    if not several:
        return short_model_text(model)
    name = f"bit scale {other}" if against == DEGREE else f"N = {other}"
    return f"{short_model_text(model)}, {name}"


def _poster_series(
    kind: FigureKind,
    against: str,
    points: Sequence[SweepPoint],
    marks: dict[tuple[str, int], Mark],
) -> list[Series]:
    """Return the poster's own figures about the models and degrees that are chosen, hollow.

    They look as our line that is nearest to them.
    """
    models = {point.settings.model for point in points}
    degrees = {point.settings.poly_modulus_degree for point in points}
    series = []
    for figure in POSTER:
        value = kind.of_poster(figure)
        model = f"{figure.dataset.lower()}-{figure.architecture}"
        shown = against == DEGREE or figure.poly_modulus_degree in degrees
        if value is None or not shown or model not in models:
            continue
        degree = figure.poly_modulus_degree.bit_length() - 1
        x = float(degree if against == DEGREE else figure.scale_bits)
        text = f"The poster: {model_text(model)}\n{kind.title}: {kind.text(value)}"
        other = figure.scale_bits if against == DEGREE else figure.poly_modulus_degree
        mark = marks[min((abs(key[1] - other), key) for key in marks if key[0] == model)[1]]
        point = PlotPoint(x, value, text=text)
        name = f"{short_model_text(model)}, the poster"
        series.append(Series(name, (point,), mark.symbol, mark.color, hollow=True))
    return series
