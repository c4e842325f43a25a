"""`python -m engine bench-cloud`: what a cloud elsewhere costs, and how many clients it serves."""

import argparse
import dataclasses
import json

import numpy as np

from engine.commands.arguments import positive
from engine.commands.options import (
    CLOUD_VARIABLE,
    add_cloud,
    add_json,
    add_settings,
    cloud_from,
    progress_bar,
    settings_from,
)
from engine.errors import PairingError
from engine.planning.forecast import network_named

HELP = "compare a cloud elsewhere with this machine, and count the clients that it serves"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("--clients", type=positive, default=8, help="at once (default 8)")
    parser.add_argument("--rounds", type=positive, default=3, help="alternating (default 3)")
    parser.add_argument(
        "--seconds", type=positive, default=12, help="that clients run, each round (default 12)"
    )
    add_cloud(parser)
    add_settings(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    from engine.benchmarks.clients import run_clients  # noqa: PLC0415 - only this command

    address, settings = cloud_from(options), settings_from(options)
    if address is None:
        raise PairingError(f"There is no cloud to measure: give --cloud or set {CLOUD_VARIABLE}.")
    shape = network_named(settings.model).card.input_shape
    picture = np.random.default_rng(1).integers(256, size=shape, dtype=np.uint8)
    with progress_bar() as show:
        report = run_clients(
            address, settings, picture, options.clients, options.rounds, options.seconds, show
        )
    if options.json:
        print(json.dumps(dataclasses.asdict(report), indent=2))
        return 0
    for name, place in {"here": report.here, "there": report.there}.items():
        print(
            f"{name:<6}first answer {place.first_ms:,.0f} ms, a picture {place.picture_ms:.1f} ms; "
            f"{place.processes} processes {place.rate:.1f} a second, "
            f"each {place.least:.2f} to {place.most:.2f}"
        )
    ratios = ", ".join(f"{ratio:.2f}" for ratio in report.ratios)
    print(f"there / here {report.ratio:.2f} (by round {ratios})")
    return 0
