"""`python -m engine sweep`: a grid of models and settings, resumable, on any number of workers."""

import argparse
import sys
from pathlib import Path

from engine.ckks.parameters import Settings
from engine.commands.arguments import positive
from engine.commands.options import (
    add_chain,
    add_cloud,
    add_protocol,
    cloud_from,
    progress_bar,
)
from engine.data_sets.samples import samples_for
from engine.errors import ParameterError, ResultsError
from engine.planning.forecast import network_named
from engine.studies.judging import MODES
from engine.studies.provenance import provenance
from engine.studies.report.sweep_files import note_run, write_sweep_files
from engine.studies.sweeps.records import (
    PointFailed,
    PointProgress,
    SweepPlan,
    SweepPoint,
    SweepRow,
    grid,
)
from engine.studies.sweeps.running import Sweep
from engine.studies.sweeps.workplaces import dask_cluster, local_processes

HELP = "measure a grid of settings; can be stopped and resumed"
EXIT_INCOMPLETE = 1


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--models", nargs="+", required=True, metavar="MODEL")
    parser.add_argument("--poly-modulus-degrees", nargs="+", required=True, type=int, metavar="N")
    parser.add_argument("--scale-bits", nargs="+", required=True, type=int, metavar="B")
    parser.add_argument(
        "--mode", choices=MODES, default="single", help="pictures one by one, or together"
    )
    add_chain(parser)
    add_protocol(parser)
    parser.add_argument("--limit", type=positive, help="only the first so many test pictures")
    parser.add_argument("--data", type=Path, help="folder with the data sets")
    parser.add_argument("--workers", type=positive, default=2, help="local processes (default 2)")
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="measure on a Dask cluster of your own instead"
    )
    add_cloud(parser)
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help="keeps the rows, to resume from; several sweeps may share it, one after another",
    )


def run(options: argparse.Namespace) -> int:
    """Measure what the folder lacks, then draw graphs and tables of all its rows."""
    models = tuple(dict.fromkeys(options.models))
    samples = {
        model: samples_for(network_named(model), options.data, options.limit) for model in models
    }
    points = grid(
        models,
        options.poly_modulus_degrees,
        options.scale_bits,
        options.mode,
        Settings(outer_bits=options.outer_bits, protocol=options.protocol),
    )
    workers, cloud = min(options.workers, len(points)), cloud_from(options)
    workplace = dask_cluster(options.scheduler) if options.scheduler else local_processes(workers)
    try:
        sweep = Sweep(SweepPlan(points, samples), options.out, workplace, cloud)
        rows, failed = _run(sweep, options.out, len(points))
    except KeyboardInterrupt:
        print(
            f"\nsweep: the finished rows are kept in {options.out}; "
            "the same command goes on from there.",
            file=sys.stderr,
        )
        raise
    for each in failed:
        print(f"sweep: {_name(each.point)} failed: {each.reason}", file=sys.stderr)
    impossible = [row for row in rows if row.reason is not None]
    if len(impossible) == len(points):
        raise ParameterError(
            f"None of the {len(points)} points of this grid can work; "
            f"{_name(impossible[0].point)}: {impossible[0].reason}"
        )
    print(
        f"{len(rows) - len(impossible)} points measured, {len(impossible)} that cannot work, "
        f"{len(failed)} failed; see {options.out}"
    )
    try:
        write_sweep_files(options.out)
    except ResultsError as error:  # the rows are there all the same
        print(f"sweep: {error}", file=sys.stderr)
    return EXIT_INCOMPLETE if failed else 0


def _run(sweep: Sweep, folder: Path, total: int) -> tuple[list[SweepRow], list[PointFailed]]:
    rows: list[SweepRow] = []
    failed: list[PointFailed] = []
    under_way: dict[SweepPoint, float] = {}
    with progress_bar("point") as show:
        for number, event in enumerate(sweep.run()):
            if number == 0:
                note_run(folder, provenance())
            if isinstance(event, PointProgress):
                under_way[event.point] = event.done / event.total
            else:
                under_way.pop(event.point, None)
                rows += [event] if isinstance(event, SweepRow) else []
                failed += [event] if isinstance(event, PointFailed) else []
            show(len(rows) + len(failed) + sum(under_way.values()), total)
    return rows, failed


def _name(point: SweepPoint) -> str:
    settings = point.settings
    return (
        f"{settings.model} at N = {settings.poly_modulus_degree}, bit scale {settings.scale_bits}"
    )
