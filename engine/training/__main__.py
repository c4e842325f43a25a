"""Train a model, measure it on pictures it has not seen, and write its model file."""

import argparse
import sys
from pathlib import Path

import torch

from engine.data_sets.downloads import download
from engine.data_sets.registry import PEN_DIGITS
from engine.errors import CipherSketchError
from engine.networks.files import save_network
from engine.training.card import report
from engine.training.commands import activations, adapt, new, study
from engine.training.knowers import TRAINED, train_knower
from engine.training.recipes import TASKS
from engine.training.train import train

COMMANDS = {
    "activations": activations.main,
    "adapt": adapt.main,
    "new": new.main,
    "study": study.main,
}


def main() -> int:
    """Run `python -m engine.training`; return the exit status."""
    # One thread: a result that depends on the number of cores could not be reproduced.
    torch.set_num_threads(1)
    try:
        if len(sys.argv) > 1 and sys.argv[1] in COMMANDS:
            return COMMANDS[sys.argv[1]](sys.argv[2:])
        return _train_shipped()
    except (CipherSketchError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command's answer
        return 1


def _train_shipped() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m engine.training",
        description=__doc__,
        epilog=f"Other commands: {', '.join(COMMANDS)}; each has a --help of its own.",
    )
    parser.add_argument("model", choices=sorted((*TASKS, *TRAINED)), help="which model to train")
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
    root, epochs, seed = arguments.data, arguments.epochs, arguments.seed
    out: Path = arguments.out
    if arguments.model in TRAINED:
        out /= "clear"
        network, text = train_knower(TRAINED[arguments.model], root, epochs, seed)
    else:
        task = TASKS[arguments.model]
        if arguments.download:
            download(task.dataset, root)
            if task.pens:
                download(PEN_DIGITS.name, root)
        network, pictures = train(
            task, root=root, epochs=epochs, seed=seed, validate=arguments.validate
        )
        text = report(network, pictures.training, seed)
    print(text)  # noqa: T201 - a command's answer
    if not arguments.validate:
        out.mkdir(parents=True, exist_ok=True)
        save_network(network, out / f"{network.name}.safetensors")
    return 0


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{number} is not a number of epochs; give 1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main())
