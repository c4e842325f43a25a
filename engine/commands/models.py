"""`python -m engine import` and `models`: networks from elsewhere, and all that are there."""

import argparse
import dataclasses
import json
import sys
from pathlib import Path

import numpy as np

from engine.arrays import Array
from engine.commands.options import add_json
from engine.commands.plan import as_text, plan
from engine.errors import ModelError, NotPolynomialError
from engine.networks.layers import Shape
from engine.planning.forecast import network_named
from engine.planning.recommended import recommended
from engine.resources import imported_names, model_names, model_path

HELP_IMPORT = "make a model of an ONNX file"
HELP_MODELS = "list the models"

MOST_SAMPLE_BYTES = 2**28


def add_import_options(parser: argparse.ArgumentParser) -> None:
    """Add what `import` takes."""
    parser.add_argument("file", type=Path, help="an ONNX file")
    parser.add_argument("--name", required=True, help="what to call the model")
    parser.add_argument("--classes", type=_words, default=(), metavar="A,B,C", help="their names")
    parser.add_argument(
        "--mean", type=_numbers, default=(), metavar="M,…", help="subtracted from pixels of 0 to 1"
    )
    parser.add_argument("--std", type=_numbers, default=(), metavar="S,…", help="divided by")
    parser.add_argument(
        "--samples", type=Path, metavar="NPY", help="inputs like those to come, to measure with"
    )
    add_json(parser)


def run_import(options: argparse.Namespace) -> int:
    """Import a file; say what it is and what it will cost."""
    from engine.importing.model import Preparation, import_onnx  # noqa: PLC0415 - onnx loads here

    preparation = Preparation(options.classes, options.mean, options.std)
    samples = read_array(options.samples) if options.samples else None
    try:
        network = import_onnx(options.file, options.name, preparation, samples)
    except NotPolynomialError as error:
        if options.json:
            print(json.dumps({"not_polynomial": error.reason}))
        raise
    settings = recommended(network.name)
    if options.json:
        print(json.dumps(dataclasses.asdict(settings)))
        return 0
    kinds = ", ".join(type(layer).__name__ for layer in network.layers)
    print(f"{network.name}: {kinds}; reads {_sides(network.card.input_shape)}")
    print(f"kept in {model_path(network.name)}")
    print(as_text(plan(settings)))
    return 0


def add_models_options(parser: argparse.ArgumentParser) -> None:
    """Add what `models` takes."""
    add_json(parser)


def run_models(options: argparse.Namespace) -> int:
    """List every model with what it reads and knows, and say which files cannot be read."""
    cards = {}
    for name in (*model_names(), *imported_names()):
        try:
            cards[name] = network_named(name).card
        except ModelError as error:
            print(f"models: {error}", file=sys.stderr)
    entries = [
        {
            "name": name,
            "imported": name not in model_names(),
            "dataset": card.dataset,
            "input_shape": card.input_shape,
            "classes": card.classes,
            "clear_accuracy": card.clear_accuracy if card.test_pictures else None,
        }
        for name, card in cards.items()
    ]
    if options.json:
        print(json.dumps(entries, indent=2))
        return 0
    for name, card in cards.items():
        known = f"{card.clear_accuracy:.2f} %" if card.test_pictures else "imported"
        print(f"{name:<24} {_sides(card.input_shape):<12} {known}")
    return 0


def read_array(path: Path) -> Array:
    """Read a .npy file as float64; raise ModelError if it is none or holds other than numbers."""
    try:
        if path.stat().st_size > MOST_SAMPLE_BYTES:
            raise ModelError(f"{path.name} is larger than {MOST_SAMPLE_BYTES >> 20} MB.")
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError, SyntaxError, MemoryError) as error:
        raise ModelError(f"{path.name} is no .npy file of numbers ({error}).") from error
    numbers = isinstance(array, np.ndarray) and np.issubdtype(array.dtype, np.number)
    if not numbers or np.iscomplexobj(array) or not np.isfinite(array).all():
        raise ModelError(f"{path.name} holds other things than finite real numbers.")
    values: Array = array.astype(np.float64)
    return values


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(number) for number in text.split(","))


def _sides(shape: Shape) -> str:
    return "\u00d7".join(map(str, shape))
