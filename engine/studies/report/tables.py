"""The tables of results in Markdown, ours beside the poster's."""

from collections.abc import Iterable, Sequence

from engine.planning.forecast import expected_batch_error, expected_precision, network_named
from engine.studies.report.lines import Line, LinePoint
from engine.studies.report.poster import PosterFigure, poster_figure
from engine.studies.summary import Accuracy
from engine.studies.sweeps.records import SweepPoint

NOTHING = "-"


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; bars in cells are written so that they stay in them."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def sweep_tables(lines: Sequence[Line]) -> str:
    """Return a table for each line, with what cannot work and why."""
    return "\n\n".join(_sweep_table(line) for line in lines)


def percent(accuracy: Accuracy | None) -> str:
    """Return an accuracy with its interval."""
    if accuracy is None:
        return NOTHING
    return f"{accuracy.percent:.2f} ({accuracy.low:.2f} to {accuracy.high:.2f})"


def poster_cells(architecture: str, dataset: str) -> tuple[str, str, str, str]:
    """Return the poster's clear and encrypted accuracy, time and setting."""
    figure = poster_figure(architecture, dataset)
    if figure is None:
        return (NOTHING,) * 4
    return (
        f"{figure.clear_accuracy:.2f}",
        f"{figure.encrypted_accuracy:.2f}",
        f"{figure.seconds_per_picture * 1000:,.0f} ms",
        f"{figure.poly_modulus_degree}, ({figure.outer_bits}, {figure.scale_bits})",
    )


def _sweep_table(line: Line) -> str:
    header = (
        "bit scale",
        "coefficient modulus",
        "pictures",
        "clear, %",
        "encrypted, %",
        "same answer",
        "largest error",
        "median",
        "expected",
        "cloud, one picture",
    )
    card = network_named(line.model).card
    figure = poster_figure(card.architecture, card.dataset)
    table = markdown(header, [_sweep_row(point) for point in line.points])
    return (
        f"### {line.title}, N = {line.poly_modulus_degree}\n\n{table}{_poster_line(line, figure)}"
    )


def _sweep_row(point: LinePoint) -> tuple[str, ...]:
    bits = str(point.settings.scale_bits)
    row = point.accuracy or point.time
    if row is None or row.summary is None:
        return bits, f"cannot work: {point.reason}", *([NOTHING] * 8)
    summary, timed = row.summary, point.time and point.time.summary
    return (
        bits,
        " ".join(map(str, row.coeff_modulus_bits)),
        f"{summary.pictures:,}",
        percent(summary.clear_accuracy),
        percent(summary.encrypted_accuracy),
        f"{summary.same:,} of {summary.pictures:,}",
        f"{summary.largest_relative_error:.3%}",
        f"{summary.median_relative_error:.4%}",
        f"{_expected_error(row.point):.4%}",
        f"{timed.cloud_seconds * 1000:,.1f} ms" if timed else NOTHING,
    )


def _expected_error(point: SweepPoint) -> float:
    if point.mode == "batched":
        return expected_batch_error(point.settings)
    return expected_precision(point.settings).relative_error


def _poster_line(line: Line, figure: PosterFigure | None) -> str:
    if figure is None or figure.poly_modulus_degree != line.poly_modulus_degree:
        return ""
    return (
        f"\n\nThe poster, here, with outer primes of {figure.outer_bits} bits and a bit scale of "
        f"{figure.scale_bits}: clear {figure.clear_accuracy:.2f} %, encrypted "
        f"{figure.encrypted_accuracy:.2f} %, {figure.seconds_per_picture * 1000:,.0f} ms a picture."
    )
