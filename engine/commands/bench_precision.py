"""`python -m engine bench-precision`: how near the predicted precision comes to the measured."""

import argparse
import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

from engine.ckks.parameters import Settings
from engine.commands.options import add_json, progress_bar
from engine.errors import ResultsError
from engine.planning.recommended import recommended
from engine.resources import model_names
from engine.studies.sweeps.table import read_table

if TYPE_CHECKING:
    from engine.benchmarks.precision import PrecisionReport

HELP = "compare the predicted precision with the measured one, over ten keys"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument(
        "names", nargs="*", metavar="MODEL", help="at its recommended setting; default all shipped"
    )
    parser.add_argument("--pictures", type=int, default=1, help="for each key (default 1)")
    parser.add_argument(
        "--sweep", type=Path, metavar="FOLDER", help="instead, all single settings of a sweep"
    )
    parser.add_argument(
        "--skip", type=int, default=0, metavar="N", help="leave out the first N, measured before"
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Measure and print each setting as soon as it is known."""
    from engine.benchmarks.precision import run_precision  # noqa: PLC0415 - only this command needs it

    show_report = _print_json if options.json else _print_line
    with progress_bar() as show:
        wanted = _wanted(options)[max(0, options.skip) :]
        run_precision(wanted, max(1, options.pictures), show_report, show)
    return 0


def _wanted(options: argparse.Namespace) -> tuple[Settings, ...]:
    if options.sweep is None:
        return tuple(map(recommended, options.names or model_names()))
    points = [row.point for row in read_table(options.sweep)]
    if not points:
        raise ResultsError(f"There is no sweep in {options.sweep}; name a folder with one.")
    # Of several rows of a setting, with other pictures, one is enough.
    return tuple(dict.fromkeys(point.settings for point in points if point.mode == "single"))


def _print_json(report: "PrecisionReport") -> None:
    print(json.dumps(dataclasses.asdict(report)), flush=True)


def _print_line(report: "PrecisionReport") -> None:
    settings = report.settings
    name = f"{settings.model} {settings.poly_modulus_degree} {settings.scale_bits}"
    time = "" if report.predicted_ms is None else f" predicted {report.predicted_ms:,.0f}"
    print(
        f"{name:<36} expected {report.expected:9.2g}  median {report.median:9.2g}  worst "
        f"{report.worst:9.2g}  off {report.off:5.2f}  {report.same} of {report.runs} same, "
        f"{report.consequence}  cloud {report.cloud_ms:,.0f} ms{time}",
        flush=True,
    )
