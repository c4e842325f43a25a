"""Train a model, measure it on pictures it has not seen, and write its model file."""

import argparse
import sys
from pathlib import Path

import torch

from engine.errors import CipherSketchError
from engine.networks.files import save_network
from engine.pictures.downloads import download
from engine.pictures.pen_digits import PEN_DIGITS
from engine.training.task import TASKS, train


def main() -> int:
    """Run `python -m engine.training`; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engine.training", description=__doc__)
    parser.add_argument("model", choices=sorted(TASKS), help="which model to train")
    parser.add_argument("--data", type=Path, help="folder with the data sets")
    parser.add_argument(
        "--download", action="store_true", help="fetch the data set first where it is missing"
    )
    parser.add_argument(
        "--epochs", type=_positive, help="passes over the pictures (else the recipe's)"
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of all randomness (default: 1)")
    parser.add_argument("--out", type=Path, default=Path("models"), help="folder for the model")
    parser.add_argument(
        "--validate",
        action="store_true",
        help="hold out part of the training pictures, judge on them, and write nothing",
    )
    arguments = parser.parse_args()
    # One thread: a result that depends on the number of cores could not be reproduced.
    torch.set_num_threads(1)
    task = TASKS[arguments.model]
    try:
        if arguments.download:
            download(task.dataset, arguments.data)
            if task.pens:
                download(PEN_DIGITS, arguments.data)
        network, report = train(
            task,
            root=arguments.data,
            epochs=arguments.epochs,
            seed=arguments.seed,
            validate=arguments.validate,
        )
    except CipherSketchError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command's answer
        return 1
    print(report)  # noqa: T201 - a command's answer
    if not arguments.validate:
        arguments.out.mkdir(parents=True, exist_ok=True)
        save_network(network, arguments.out / f"{network.name}.safetensors")
    return 0


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{number} is not a number of epochs; give 1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main())
