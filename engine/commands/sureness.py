"""`python -m engine sureness`: how well a model knows how sure it is, and what it does not know.

Its own test pictures and digits of writers that no network has learnt from should be known; the
test pictures of the other data sets should not.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from engine.commands.judged import sureness
from engine.commands.options import add_json
from engine.data_sets.loading import load_split
from engine.data_sets.pen_digits import Pose, drawn_samples, load_pens
from engine.data_sets.preparation import FIRST_DATASET, centre_of
from engine.data_sets.registry import CLASSES
from engine.data_sets.samples import Samples, samples_for
from engine.networks.layers import Network
from engine.networks.recognition import KNOWERS
from engine.planning.forecast import network_named

HELP = "tell how well a model knows how sure it is, and what it calls unknown"
HELD_OUT = "digits of writers that no network has learnt from"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("model", help="a model's name, such as mnist-network1")
    parser.add_argument("--data", type=Path, help="folder with the data sets")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Judge the model on every set of pictures; print a line of each."""
    network = network_named(options.model)
    report: dict[str, object] = {"model": network.name, "temperature": network.card.temperature}
    known = {each.source: sureness(network, each) for each in _known(network, options.data)}
    unknown = {
        each.source: sureness(network, each)["called_unknown"]
        for each in _unknown(network, options.data)
    }
    report |= {"known": known, "unknown": unknown}
    if options.json:
        print(json.dumps(report, indent=2))
        return 0
    print(f"{network.name}, temperature {network.card.temperature:.3f}")
    for source, judged in known.items():
        error, called = judged["calibration_error"], judged["called_unknown"]
        print(f"  {source}: off by {error:.2f} points, {called:.2f} % called unknown")
    for source, called in unknown.items():
        print(f"  {source}: {called:.2f} % called unknown")
    return 0


def _known(network: Network, root: Path | None) -> Iterator[Samples]:
    yield samples_for(network, root)
    if network.card.dataset == FIRST_DATASET:
        pens, centre = load_pens(root).held_out, centre_of(FIRST_DATASET)
        yield drawn_samples(pens, Pose(), centre, f"{len(pens):,} {HELD_OUT}")


def _unknown(network: Network, root: Path | None) -> Iterator[Samples]:
    if network.card.dataset in KNOWERS:
        for name in CLASSES:
            if name != network.card.dataset:
                split = load_split(name, "test", root)
                yield Samples(f"{name}, test pictures", split.pictures, split.labels)
