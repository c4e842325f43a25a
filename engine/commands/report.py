"""`python -m engine report`: one page of all evaluations and sweeps in a folder."""

import argparse
import sys
from pathlib import Path

from engine.errors import ResultsError
from engine.files import write_results
from engine.studies.report.readme import STUDY, write_readme
from engine.studies.report.study import write_study_graphs
from engine.studies.report.sweep_files import write_sweep_files
from engine.studies.sweeps.table import FILE_NAME

HELP = "tell all results of a folder on one page, and how to make them"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="has evaluations/*.json (from evaluate --json) and sweeps; gets README.md",
    )


def run(options: argparse.Namespace) -> int:
    """Draw the sweeps' graphs again and write the page."""
    for table in sorted(options.out.glob(f"*/{FILE_NAME}")):
        try:
            write_sweep_files(table.parent)
        except ResultsError as error:  # without graphs the tables are still worth a page
            print(f"report: {error}", file=sys.stderr)
    try:
        write_study_graphs(options.out / STUDY)
    except ResultsError as error:
        print(f"report: {error}", file=sys.stderr)
    page = options.out / "README.md"
    write_results(page, write_readme(options.out))
    print(page)
    return 0
