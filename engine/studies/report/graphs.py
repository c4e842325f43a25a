"""The poster's four graphs: accuracy and time against the bit scale, at each poly modulus degree.

Drawn with matplotlib (extra `report`) as SVG, the same bytes for the same rows.
"""

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from engine.errors import ResultsError
from engine.planning.forecast import network_named
from engine.resources import model_names
from engine.studies.architectures import StudyRow, front
from engine.studies.report.lines import Line, LinePoint
from engine.studies.report.poster import POSTER, poster_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072b2", "#d55e00", "#007a5a", "#b0558f", "#8a6d00", "#3a3a3a")
"""Okabe and Ito's, darkened for white paper: told apart with any colour vision."""
MARKERS = "osD^vP"
LEAST_RATIO_FOR_LOGARITHMS = 5
ROUND = tuple(digit * 10**power for power in range(6) for digit in (1, 2, 5))


def draw_graphs(lines: Sequence[Line]) -> dict[str, str]:
    """Return file names and SVG texts; ResultsError where matplotlib is not installed."""
    graphs: dict[str, str] = {}
    for degree in sorted({line.poly_modulus_degree for line in lines}):
        chosen = [line for line in lines if line.poly_modulus_degree == degree]
        graphs[f"accuracy-{degree}.svg"] = _draw(chosen, f"Accuracy at N = {degree}", _accuracy)
        graphs[f"time-{degree}.svg"] = _draw(
            chosen, f"The cloud's time for one picture at N = {degree}", _time
        )
    return graphs


def draw_study(rows: Sequence[StudyRow], data_set: str) -> str:
    """Return the SVG of accuracy against time; ResultsError where matplotlib is not installed."""

    def fill(axes: "Axes") -> None:
        best = sorted(front(rows, lambda row: row.cloud_ms), key=lambda row: row.cloud_ms)
        shipped = [row for row in rows if row.model in model_names()]
        axes.plot(*_places(rows), "o", color=COLOURS[0], markersize=5, label="studied")
        axes.plot(*_places(best), "s-", color=COLOURS[1], markersize=6, label="best for its time")
        axes.plot(*_places(shipped), "*", color=COLOURS[2], markersize=11, label="comes along")
        posters = [each for each in POSTER if each.dataset == data_set]
        axes.plot(
            [each.seconds_per_picture * 1000 for each in posters],
            [each.encrypted_accuracy for each in posters],
            "D", color="#444444", markerfacecolor="white", label="the poster's",
        )  # fmt: skip
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.set_xlabel("The cloud's time for one picture, ms, one core")
        axes.set_ylabel("Correct answers, %")

    return _figure(f"{data_set}: accuracy against encrypted time", fill)


def _places(rows: Sequence[StudyRow]) -> tuple[list[float], list[float]]:
    return [row.cloud_ms for row in rows], [row.accuracy for row in rows]


def _draw(lines: Sequence[Line], title: str, fill: Callable[["Axes", Sequence[Line]], None]) -> str:
    def fill_all(axes: "Axes") -> None:
        fill(axes, lines)
        bits = sorted({point.settings.scale_bits for line in lines for point in line.points})
        axes.set_xticks(bits)
        axes.set_xlim(bits[0] - 1, bits[-1] + 1)
        axes.set_xlabel("Bit scale")

    return _figure(title, fill_all)


def _figure(title: str, fill: Callable[["Axes"], None]) -> str:
    try:
        import matplotlib  # noqa: PLC0415 - an optional extra
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError as error:
        raise ResultsError(
            "Graphs need matplotlib: install it with pip install 'ciphersketch[report]', "
            "then give the same command again."
        ) from error
    with matplotlib.rc_context({"svg.hashsalt": "ciphersketch", "font.size": 11}):
        figure = Figure(figsize=(8, 4.6), layout="constrained")
        axes = figure.add_subplot()
        fill(axes)
        axes.set_title(title, loc="left", fontweight="bold")
        axes.grid(color="#dddddd", linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        if axes.get_legend_handles_labels()[0]:
            figure.legend(loc="outside lower center", ncols=2, frameon=False)
        else:
            axes.text(0.5, 0.5, "Nothing measured here", transform=axes.transAxes, ha="center")
        return _as_svg(figure)


def _accuracy(axes: "Axes", lines: Sequence[Line]) -> None:
    axes.set_ylabel("Correct answers, %\n(bars: 95 % interval)")
    for place, line in enumerate(lines):
        colour, marker = _look(place)
        judged = [
            (point.settings.scale_bits, point.accuracy.summary)
            for point in line.points
            if point.accuracy and point.accuracy.summary
        ]
        found = [(bits, each.encrypted_accuracy) for bits, each in judged]
        values = [(bits, each) for bits, each in found if each is not None]
        if not values:
            continue
        shift = (place - (len(lines) - 1) / 2) * 0.12  # so that bars do not hide each other
        axes.errorbar(
            [bits + shift for bits, _ in values],
            [each.percent for _, each in values],
            yerr=[
                [each.percent - each.low for _, each in values],
                [each.high - each.percent for _, each in values],
            ],
            color=colour,
            marker=marker,
            markersize=5,
            capsize=3,
            label=line.title,
        )
        clear = judged[-1][1].clear_accuracy
        if clear is not None:
            axes.axhline(clear.percent, color=colour, linestyle=":", linewidth=1)
        card = network_named(line.model).card
        poster = poster_figure(card.architecture, card.dataset)
        if poster is not None and poster.poly_modulus_degree == line.poly_modulus_degree:
            axes.plot(
                [poster.scale_bits + shift],
                [poster.encrypted_accuracy],
                color=colour,
                marker="*",
                markersize=11,
                markerfacecolor="white",
                linestyle="none",
            )
    axes.plot([], [], color="#444444", linestyle=":", label="clear, same model")
    axes.plot(
        [], [], color="#444444", marker="*", markerfacecolor="white", markersize=10,
        linestyle="none", label="the poster's own figure",
    )  # fmt: skip
    _mark_impossible(axes, lines, lambda point: point.accuracy)


def _time(axes: "Axes", lines: Sequence[Line]) -> None:
    axes.set_ylabel("Milliseconds, one core")
    seen: list[float] = []
    for place, line in enumerate(lines):
        values = [
            (point.settings.scale_bits, point.time.summary.cloud_seconds * 1000)
            for point in line.points
            if point.time and point.time.summary
        ]
        if values:
            colour, marker = _look(place)
            bits, times = zip(*values, strict=True)
            axes.plot(bits, times, color=colour, marker=marker, markersize=5, label=line.title)
            seen += times
    _mark_impossible(axes, lines, lambda point: point.time)
    if seen and max(seen) > LEAST_RATIO_FOR_LOGARITHMS * min(seen):
        axes.set_yscale("log")
        axes.set_yticks([each for each in ROUND if min(seen) / 2 < each < max(seen) * 2])
        axes.yaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()
    elif seen:
        axes.set_ylim(0, max(seen) * 1.15)


def _mark_impossible(
    axes: "Axes", lines: Sequence[Line], shown: Callable[[LinePoint], object]
) -> None:
    """Mark, on the axis, the bit scales at which a model cannot work and so shows nothing."""
    named = False
    for place, line in enumerate(lines):
        bits = [
            point.settings.scale_bits
            for point in line.points
            if point.reason is not None and shown(point) is None
        ]
        if bits:
            has_line = any(shown(point) is not None for point in line.points)
            label = "cannot work" if has_line else f"{line.title}: cannot work"
            heights = [0.02 + 0.025 * place] * len(bits)
            transform = axes.get_xaxis_transform()  # data across, share of the axes upwards
            colour, _ = _look(place)
            axes.plot(
                bits,
                heights,
                "x",
                color=colour,
                markersize=4,
                transform=transform,
                label=None if has_line and named else label,
            )
            named = named or has_line


def _look(place: int) -> tuple[str, str]:
    return COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]


def _as_svg(figure: "Figure") -> str:
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": "CipherSketch"})
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"
