"""`python -m engine bench` and `bench-batched`: the figures that the README quotes."""

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.ckks.parameters import Settings
from engine.commands.options import (
    add_cloud,
    add_json,
    add_settings,
    cloud_from,
    progress_bar,
    settings_from,
)
from engine.data_sets.loading import load_split
from engine.data_sets.preparation import read_picture
from engine.errors import DatasetError
from engine.planning.forecast import network_named
from engine.resources import assets_dir

if TYPE_CHECKING:
    from engine.benchmarks.comparison import Comparison

HELP = "compare with TenSEAL's stock operations"
HELP_BATCHED = "measure one picture a slot"
HELP_SHAPES = "measure networks of well-known shapes, with weights by chance"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what `bench` takes."""
    parser.add_argument("--runs", type=int, default=10, help="alternating runs (default 10)")
    parser.add_argument(
        "--pictures", type=int, default=100, help="pictures over ten keys for the error"
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help="measure both networks in both protocols at settings of the engine's choice",
    )
    add_cloud(parser)
    _add_shared(parser)


def add_batched_options(parser: argparse.ArgumentParser) -> None:
    """Add what `bench-batched` takes."""
    parser.add_argument("--pictures", type=int, default=10_000, help="default 10000")
    parser.add_argument("--workers", type=int, default=2, help="pairs of processes (default 2)")
    _add_shared(parser)


def _add_shared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, help="folder with MNIST/raw; else bundled samples")
    add_settings(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Measure one picture after another."""
    # These load TenSEAL, which no other command needs in this process.
    from engine.benchmarks.comparison import run_comparison  # noqa: PLC0415
    from engine.benchmarks.single import run_bench  # noqa: PLC0415

    settings, cloud = settings_from(options), cloud_from(options)
    pictures = _bench_pictures(settings, options.data, options.pictures)
    with progress_bar() as show:
        if options.all:
            comparison = run_comparison(pictures, max(1, options.runs), show, cloud)
        else:
            report = run_bench(settings, pictures, max(1, options.runs), show, cloud)
    if options.all:
        return _print_comparison(comparison, as_json=options.json)
    return _print_report(dataclasses.asdict(report), as_json=options.json)


def run_batched(options: argparse.Namespace) -> int:
    """Measure batches."""
    from engine.benchmarks.batched import run_batch_bench  # noqa: PLC0415 - only this command needs it

    settings = settings_from(options)
    pictures = _bench_pictures(settings, options.data, options.pictures)
    with progress_bar() as show:
        report = run_batch_bench(settings, pictures, max(1, options.workers), show)
    return _print_report(dataclasses.asdict(report), as_json=options.json)


def add_shapes_options(parser: argparse.ArgumentParser) -> None:
    """Add what `bench-shapes` takes."""
    parser.add_argument("--runs", type=int, default=5, help="pictures for each (default 5)")
    add_json(parser)


def run_shapes(options: argparse.Namespace) -> int:
    """Measure networks of well-known shapes."""
    from engine.benchmarks.shapes import run_shapes  # noqa: PLC0415 - only this command needs it

    with progress_bar() as show:
        reports = run_shapes(max(1, options.runs), show)
    if options.json:
        print(
            json.dumps({name: dataclasses.asdict(each) for name, each in reports.items()}, indent=2)
        )
        return 0
    for name, report in reports.items():
        predicted = (
            "" if report.predicted_ms is None else f"predicted {report.predicted_ms:,.0f} ms"
        )
        print(
            f"{name:<22} cloud {report.cloud_ms:>7,.0f} ms  {predicted:<22} HElayers "
            f"{report.helayers_ms:>6,.0f} ms  error {report.max_relative_error:.2%}  "
            f"{report.same_prediction} of {report.runs} same"
        )
    return 0


def _print_comparison(comparison: "Comparison", *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(dataclasses.asdict(comparison), indent=2))
        return 0
    for name, report in comparison.reports.items():
        times = f"cloud {report.engine_ms:>7.1f} ms  whole {report.total_ms:>7.1f} ms"
        sizes = f"up {report.bytes_up:>9,} bytes  down {report.bytes_down:>9,} bytes"
        print(f"{name:<22} {times}  stock {report.stock_ms:>8.0f} ms  {sizes}")
    print()
    for bar in comparison.bars:
        print(f"{'met' if bar.met else 'NOT MET':<8} {bar.what:<48} {bar.value:>9} of {bar.limit}")
    return 0


def _print_report(data: dict[str, Any], *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(data, indent=2))
    else:
        print("\n".join(f"{name:<26} {value}" for name, value in data.items()))
    return 0


def _bench_pictures(settings: Settings, root: Path | None, count: int) -> npt.NDArray[np.uint8]:
    name = network_named(settings.model).card.dataset
    try:
        return load_split(name, "test", root).pictures[: max(1, count)]
    except DatasetError as error:
        if root is not None:
            raise
        print(f"bench: {error} The bundled samples stand in.", file=sys.stderr)
    samples = sorted((assets_dir() / "samples").glob("*.png"))[: max(1, count)]
    return np.stack([read_picture(path, settings.model) for path in samples])
