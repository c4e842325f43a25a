"""What a sweep leaves beside its table: the graphs, the tables in Markdown, and how it was made."""

import dataclasses
from pathlib import Path

from engine.errors import ResultsError
from engine.files import write_results
from engine.studies.journal import Journal, read_lines
from engine.studies.provenance import Provenance
from engine.studies.report.graphs import draw_graphs
from engine.studies.report.lines import lines_of
from engine.studies.report.tables import sweep_tables
from engine.studies.sweeps.table import read_table

RUNS = "runs.jsonl"
TABLES = "tables.md"
RUNS_HEADER = {"format": 1}


def note_run(folder: Path, made: Provenance) -> None:
    """Remember that a command worked on the sweep in `folder`."""
    with Journal(folder / RUNS, RUNS_HEADER) as journal:
        journal.append(dataclasses.asdict(made))


def read_runs(folder: Path) -> tuple[Provenance, ...]:
    """Return the commands that made the sweep in `folder`."""
    try:
        return tuple(provenance_from(line) for line in read_lines(folder / RUNS)[1:])
    except (LookupError, TypeError, ValueError) as error:
        raise ResultsError(f"The file {folder / RUNS} is damaged ({error}).") from error


def provenance_from(fields: dict[str, object]) -> Provenance:
    """Return what `dataclasses.asdict` made of a Provenance and JSON brought back."""
    versions = fields["versions"]
    if not isinstance(versions, list):
        raise TypeError("the versions are no list")
    pairs = tuple((str(name), str(version)) for name, version in versions)
    texts = {name: str(fields[name]) for name in ("command", "date", "processor", "system")}
    return Provenance(**texts, cores=int(str(fields["cores"])), versions=pairs)


def write_sweep_files(folder: Path) -> None:
    """Write the tables, then the graphs, of the rows that are there.

    Raises ResultsError if they cannot be written or drawn.
    """
    lines = lines_of(read_table(folder))
    write_results(folder / TABLES, sweep_tables(lines) + "\n")
    for name, svg in draw_graphs(lines).items():
        write_results(folder / name, svg)
