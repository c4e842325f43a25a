"""Trains an architecture on a data set: `python -m engine.training new`.

The model lands in the user's data folder, beside imported ones, and runs encrypted at once. SIGTERM
and SIGINT end the training early; the network is then made of what there is.
"""

import argparse
import dataclasses
import shlex
from pathlib import Path

from engine.data_sets.registry import CLASSES, DATA_SETS, PASSES
from engine.errors import ModelError
from engine.importing.model import check_name
from engine.networks.architecture import Architecture
from engine.networks.architecture_text import as_notation, from_notation, read_architecture
from engine.networks.files import save_network
from engine.resources import imported_dir
from engine.training.commands.telling import Say, Telling, printed
from engine.training.recipes import TASKS, Task
from engine.training.train import train

KEPT = 1000
"""Training pictures kept aside: the curve of the accuracy and the temperature come from them."""

SIZED = 5000


def task_for(architecture: Architecture, data_set: str, name: str | None = None) -> Task:
    """Return how an architecture is trained on a data set: as its shipped models, but no teacher.

    Raises ModelError if it does not fit the set's pictures and classes, or for a name that is none.
    """
    shape, classes = DATA_SETS[data_set].shape, len(CLASSES[data_set])
    if architecture.input_shape != shape or architecture.shapes()[-1] != (classes, 1, 1):
        raise ModelError(
            f"{data_set} has pictures of {'x'.join(map(str, shape))} and {classes} classes, but "
            f"this architecture is {as_notation(architecture)}; make its first and last fit."
        )
    notation = as_notation(architecture)
    called = name or slug(notation, data_set)
    check_name(called)
    like = next(task for task in TASKS.values() if task.dataset == data_set)
    recipe = dataclasses.replace(like.recipe, epochs=PASSES[data_set], teaching=None)
    command = f"new {shlex.quote(notation)} --set {data_set}"
    return Task(
        data_set,
        notation,
        architecture.layers,
        recipe,
        kept=KEPT,
        sized=SIZED,
        command=command,
        called=called,
    )


def slug(notation: str, data_set: str) -> str:
    """Return a model's name for an architecture trained on a data set."""
    layers = "-".join(notation.split()[1:]).replace("^", "q")
    return f"{data_set.lower()}-{layers}"[:40].rstrip("-")


def train_new(task: Task, root: Path | None, seed: int, out: Path, say: Say) -> None:
    """Train a task, telling `say` how it goes, and write its model into `out`."""
    telling = Telling(say)
    network, _pictures = train(
        task,
        root=root,
        epochs=None,
        seed=seed,
        watch=lambda pictures: telling.watch(pictures.kept or pictures.test),
    )
    out.mkdir(parents=True, exist_ok=True)
    save_network(network, out / f"{network.name}.safetensors")
    telling.finish(network)


def main(arguments: list[str]) -> int:
    """Run the command; return the exit status. Raises ModelError and DatasetError."""
    parser = argparse.ArgumentParser(prog="python -m engine.training new", description=__doc__)
    parser.add_argument(
        "architecture", help="a .toml file, or a line like '1x28x28 c4k7s3 d64 d10'"
    )
    parser.add_argument("--set", required=True, choices=sorted(PASSES), help="what to train on")
    parser.add_argument("--name", help="what to call the model (default: from its layers)")
    parser.add_argument("--epochs", type=int, choices=range(1, 1001), metavar="E")
    parser.add_argument("--data", type=Path, help="folder with the data sets")
    parser.add_argument("--seed", type=int, default=1, help="seed of all randomness (default: 1)")
    parser.add_argument("--out", type=Path, help="folder for the model (default: the user's)")
    parser.add_argument("--json", action="store_true", help="tell the progress in lines of JSON")
    options = parser.parse_args(arguments)
    text: str = options.architecture
    known = read_architecture(Path(text)) if text.endswith(".toml") else from_notation(text)
    task = task_for(known, options.set, options.name)
    if options.epochs:
        task = dataclasses.replace(
            task, recipe=dataclasses.replace(task.recipe, epochs=options.epochs)
        )

    train_new(
        task, options.data, options.seed, options.out or imported_dir(), printed(options.json)
    )
    return 0
