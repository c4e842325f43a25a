"""What an architecture costs: `python -m engine.training study`, accuracy against encrypted time.

Every architecture is trained by one recipe for its data set, in a process of its own, and then
timed encrypted, one after the other. Models and rows that are there already are not made again, so
the same command goes on where it was stopped.
"""

import argparse
import concurrent.futures
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from engine.errors import ModelError
from engine.networks.architecture import architecture_of
from engine.networks.architecture_text import from_notation
from engine.planning.forecast import network_named
from engine.resources import imported_dir, model_names
from engine.studies.architectures import StudyRow, measure, read_study, write_study
from engine.training.commands.new import slug

EPOCHS = {"MNIST": 6, "CIFAR10": 6, "PneumoniaMNIST": 40}

STUDIED = {
    "MNIST": (
        "d10",
        "d64 d10",
        "d128 d10",
        "c4k7s3 d10",
        "c8k7s3 d10",
        "c2k7s3 d64 d10",
        "c4k7s3 d32 d10",
        "c4k7s3 d64 d10",
        "c4k7s3 d128 d10",
        "c4k7s3 d256 d10",
        "c8k7s3 d64 d10",
        "c16k7s3 d64 d10",
        "c4k7s2 d64 d10",
        "c4k7s4 d64 d10",
        "c4k5s3 d64 d10",
        "c4k9s3 d64 d10",
        "c4k7s3^3 d64 d10",
        "c4k7s3^4 d64 d10",
        "c4k7s3 d64 d64 d10",
        "c8k5s2a2 d64 d10",
        "c8k5s2 c16k3a2 d10",
        "c4k5s2 c8k3a2 d64 d10",
        "c8k5s2 c16k3a2 d64 d10",
        "c8k5s2 c16k3a2 d128 d10",
        "c16k5s2 c32k3a2 d64 d10",
        "c8k5s2 c16k3a2 d64 d64 d10",
    ),
    "CIFAR10": (
        "d128 d10",
        "c16k5s2 d64 d10",
        "c32k5s2 d64 d10",
        "c16k5s2 c32k3a2 d64 d10",
        "c32k5s2 c64k3a2 d10",
        "c32k5s2 c64k3a2 d64 d10",
        "c32k5s2 c64k3a2 d128 d10",
        "c32k5s2 c32k3a2 d128 d10",
        "c32k5s2 c64k3s2 d128 d10",
        "c32k3s2 c64k3a2 d128 d10",
        "c32k5s3 c64k3 d128 d10",
        "c32k5s2 c32k3 c64k3a2 d10",
    ),
    "PneumoniaMNIST": (
        "d2",
        "d64 d2",
        "c4k7s3 d2",
        "c4k7s3 d64 d2",
        "c4k7s3 d128 d2",
        "c8k7s3 d64 d2",
        "c8k5s2 c16k3a2 d2",
        "c8k5s2 c16k3a2 d64 d2",
    ),
}
INPUTS = {"MNIST": "1x28x28", "CIFAR10": "3x32x32", "PneumoniaMNIST": "1x28x28"}


def studied() -> Iterator[tuple[str, str]]:
    """Return every data set with an architecture that is studied on it, small ones first."""
    for data_set, layers in STUDIED.items():
        for each in layers:
            yield data_set, f"{INPUTS[data_set]} {each}"


def train_missing(models: Path, root: Path | None, workers: int) -> None:
    """Train what `models` lacks, `workers` at a time; raise ModelError if a training fails."""
    missing = [
        (data_set, notation)
        for data_set, notation in studied()
        if not (models / f"{slug(notation, data_set)}.safetensors").exists()
    ]
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        for name in pool.map(lambda each: _train(each[0], each[1], models, root), missing):
            print(f"trained {name}", flush=True)  # noqa: T201 - a command's answer


def _train(data_set: str, notation: str, models: Path, root: Path | None) -> str:
    command = [sys.executable, "-m", "engine.training", "new", notation]
    command += ["--set", data_set, "--epochs", str(EPOCHS[data_set]), "--out", str(models)]
    command += ["--data", str(root)] if root else []
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise ModelError(f"Training {notation} on {data_set} failed: {done.stderr[-300:].strip()}")
    return slug(notation, data_set)


def measure_missing(models: Path, out: Path) -> tuple[StudyRow, ...]:
    """Time encrypted what has no row in `out` yet, shipped models too; return all rows."""
    rows = {row.model: row for row in read_study(out)}
    os.environ["CIPHERSKETCH_MODELS"] = str(models)
    trained = {slug(notation, data_set): notation for data_set, notation in studied()}
    known = {*model_names(), *(path.stem for path in models.iterdir())}
    for name in (*trained, *model_names()):
        if name in rows or name not in known:
            continue
        network = network_named(name)
        if network.card.dataset not in STUDIED:
            continue
        notation = trained.get(name)  # in the file a pool is part of the convolution before it
        known_as = from_notation(notation) if notation else architecture_of(network)
        rows[name] = measure(name, network.card.dataset, known_as)
        write_study(tuple(rows.values()), out)
        print(f"measured {name}", flush=True)  # noqa: T201 - a command's answer
    return tuple(rows.values())


def main(arguments: list[str]) -> int:
    """Run the command; return the exit status. Raises ModelError and DatasetError."""
    parser = argparse.ArgumentParser(prog="python -m engine.training study", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with the data sets")
    parser.add_argument("--out", type=Path, required=True, help="folder of the results")
    parser.add_argument(
        "--models", type=Path, help="folder of the trained models (default: beside the user's)"
    )
    parser.add_argument("--workers", type=int, default=2, help="trainings at a time (default: 2)")
    parser.add_argument("--only", choices=("train", "measure"), help="one half of it")
    options = parser.parse_args(arguments)
    models: Path = options.models or imported_dir().parent / "study"
    models.mkdir(parents=True, exist_ok=True)
    if options.only != "measure":
        train_missing(models, options.data, options.workers)
    if options.only != "train":
        measure_missing(models, options.out)
    return 0
