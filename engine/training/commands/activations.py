"""Compares the activations: `python -m engine.training activations --data DIR --out FILE`.

Every network is trained briefly on every data set with each activation and otherwise the same
recipe, without a teacher. FILE gets the table (Markdown) and stands beside a CSV file of the same
name with the rows measured so far: the same command goes on where it was stopped.
"""

import argparse
import csv
import dataclasses
import datetime
import io
import itertools
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.errors import DatasetError
from engine.files import write_whole
from engine.studies.summary import wilson
from engine.training.architectures import Activation
from engine.training.data.pictures import load_pictures
from engine.training.measure import accuracy, sizes
from engine.training.recipes import TASKS, Task
from engine.training.train import train_layers

INTRODUCTION = """# Activations compared

Accuracy on the test pictures, in percent with its 95 % interval, after the same short training with
each activation: shorter than the shipped models' and without a teacher, so the figures compare with
each other only. Made with

    {command}

on {date}. *Square* is x² of the linear layer itself; before the others comes batch normalisation.
The *learned quadratic* has its own coefficients in every channel, and the shipped models have it.
The *quadratic fitted to ReLU* is 0.199 z² + z/2 + 0.199, the least-squares fit over a normal
distribution, and stays as it is.

"""

EPOCHS = {"MNIST": 6, "KMNIST": 30, "FashionMNIST": 6}
"""Passes over the pictures, far fewer than a shipped model's; KMNIST has fewer pictures."""


@dataclass(frozen=True)
class Row:
    """One training: how many of the `judged` test pictures it got `right`, its largest logit."""

    model: str
    activation: str
    epochs: int
    seed: int
    right: int
    judged: int
    largest_logit: float

    @property
    def key(self) -> tuple[str, str, int, int]:
        """What was trained."""
        return self.model, self.activation, self.epochs, self.seed


def compare(
    tasks: Iterable[Task], *, root: Path | None, seed: int, out: Path, command: str
) -> tuple[Row, ...]:
    """Train whatever `out` does not have yet, and write it anew after every training.

    Raises DatasetError without the pictures or with another table in the way, and OSError if `out`
    cannot be written.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    known = {row.key: row for row in _read(out.with_suffix(".csv"))}
    rows: list[Row] = []
    for task, activation in itertools.product(tasks, Activation):
        key = (task.name, activation.value, EPOCHS[task.dataset], seed)
        if key not in known:
            known[key] = _measure(task, activation, root, seed)
            _write(known.values(), out.with_suffix(".csv"))
        rows.append(known[key])
        today = datetime.datetime.now(datetime.UTC).date()
        out.write_text(markdown(rows, command, today), encoding="utf-8")
    return tuple(rows)


def _measure(task: Task, activation: Activation, root: Path | None, seed: int) -> Row:
    epochs = EPOCHS[task.dataset]
    recipe = dataclasses.replace(
        task.recipe, epochs=epochs, seed=seed, teaching=None, activation=activation
    )
    pictures = load_pictures(task.dataset, root)
    layers = train_layers(task.specs, pictures.training, recipe)
    test = pictures.test.pictures
    total = len(pictures.test)
    right = round(accuracy(layers, test, pictures.test.labels) / 100 * total)
    largest = sizes(layers, test).largest_logit
    return Row(task.name, activation.value, epochs, seed, right, total, largest)


def _read(path: Path) -> tuple[Row, ...]:
    if not path.exists():
        return ()
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return tuple(_parse(row) for row in csv.DictReader(file))
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise DatasetError(
            f"{path} is not a table of this command ({error!r}); name another file with --out."
        ) from error


def _parse(row: dict[str, str]) -> Row:
    return Row(
        model=row["model"],
        activation=row["activation"],
        epochs=int(row["epochs"]),
        seed=int(row["seed"]),
        right=int(row["right"]),
        judged=int(row["judged"]),
        largest_logit=float(row["largest_logit"]),
    )


def _write(rows: Iterable[Row], path: Path) -> None:
    text = io.StringIO()
    names = [field.name for field in dataclasses.fields(Row)]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(dataclasses.asdict(row) for row in rows)
    write_whole(path, text.getvalue())  # a stop in the middle loses no row


def markdown(rows: Iterable[Row], command: str, date: datetime.date) -> str:
    """Return the table of `rows`, one line a model, with what was done to get it."""
    heads = "".join(f" {activation.value} | largest logit |" for activation in Activation)
    lines = ["| model | epochs |" + heads, "| --- | --- |" + " --- | --- |" * len(Activation)]
    for model, group in itertools.groupby(rows, key=lambda row: row.model):
        measured = {row.activation: row for row in group}
        epochs = next(iter(measured.values())).epochs
        cells = (_cell(measured.get(activation.value)) for activation in Activation)
        lines.append(f"| `{model}` | {epochs} | {' | '.join(cells)} |")
    return INTRODUCTION.format(command=command, date=date) + "\n".join(lines) + "\n"


def _cell(row: Row | None) -> str:
    if row is None:
        return " | "
    accuracy = wilson(row.right, row.judged)
    return (
        f"{accuracy.percent:.2f} ({accuracy.low:.2f} to {accuracy.high:.2f}) "
        f"| {row.largest_logit:.1f}"
    )


def main(arguments: list[str]) -> int:
    """Run `python -m engine.training activations`; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m engine.training activations",
        description="Train every network briefly with each activation and write a table.",
    )
    parser.add_argument("--data", type=Path, help="folder with the data sets")
    parser.add_argument("--seed", type=int, default=1, help="seed of all randomness (default: 1)")
    parser.add_argument("--out", type=Path, required=True, help="the Markdown file to write")
    asked = parser.parse_args(arguments)
    command = (
        f"python -m engine.training activations --data DIR --seed {asked.seed} "
        f"--out {shlex.quote(str(asked.out))}"
    )
    compare(TASKS.values(), root=asked.data, seed=asked.seed, out=asked.out, command=command)
    return 0
