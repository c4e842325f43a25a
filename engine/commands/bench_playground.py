"""`python -m engine bench-playground`: how long each operation of the playground takes."""

import argparse
import dataclasses
import json
from typing import TYPE_CHECKING

from engine.commands.options import add_json

if TYPE_CHECKING:
    from engine.benchmarks.playground import OperationTimes

HELP = "time each operation of the playground"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--runs", type=int, default=20, help="for each setting (default 20)")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Measure and print each operation."""
    from engine.benchmarks.playground import run_playground  # noqa: PLC0415 - only this command

    run_playground(max(1, options.runs), _print_json if options.json else _print_line)
    return 0


def _print_json(times: "OperationTimes") -> None:
    print(json.dumps(dataclasses.asdict(times)), flush=True)


def _print_line(times: "OperationTimes") -> None:
    print(
        f"{times.setting:<9}{times.operation:<15}median {times.median_ms:6.1f} ms"
        f"   worst {times.worst_ms:6.1f} ms",
        flush=True,
    )
