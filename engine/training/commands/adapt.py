"""Makes a network with ReLU and max pooling run encrypted: `python -m engine.training adapt`.

What is no polynomial becomes a learned quadratic or an average, and the network learns again from
the original's opinions. Approximating ReLU afterwards ruins a network (99.1 to 78.9 %, measured);
training with the polynomial does not.
"""

import argparse
import dataclasses
from collections.abc import Callable
from pathlib import Path

import torch

from engine.arrays import as_input, planes
from engine.data_sets.registry import DATA_SETS, PASSES
from engine.data_sets.splits import Split
from engine.errors import ModelError
from engine.importing.model import Preparation, check_name, keep, normalisation
from engine.importing.onnx_file import Graph, read_onnx
from engine.networks.layers import Affine, Network
from engine.planning.forecast import Forecast, forecast
from engine.planning.recommended import recommended
from engine.training.architectures import Noise
from engine.training.card import judged_card, report
from engine.training.commands.new import KEPT, SIZED
from engine.training.commands.telling import Telling, printed
from engine.training.data.pictures import load_pictures
from engine.training.export import balance, fold, round_to_single
from engine.training.fit import NOBODY, Lesson, Recipe, Watch, descend
from engine.training.original import original, quadratic
from engine.training.recipes import TASKS

SHARE = 0.7
CHUNK = 500


def adapt(
    graph: Graph,
    name: str,
    data_set: str,
    root: Path | None,
    recipe: Recipe,
    before_it: tuple[Affine, ...],
    watching: Callable[[Split], Watch] = lambda kept: NOBODY,
) -> tuple[Network, float, Split]:
    """Return the network that runs encrypted, the original's accuracy in percent, and its pictures.

    `before_it` is what its pictures go through first (`engine.importing.model.normalisation`).
    Raises ModelError if the graph does not fit the data set, and DatasetError.
    """
    shape = graph.shape
    if shape != DATA_SETS[data_set].shape:
        has = DATA_SETS[data_set].shape
        raise ModelError(f"The network reads {shape}, but {data_set} has pictures of {has}.")
    pictures = load_pictures(data_set, root)
    teacher = original(graph, before_it)
    before = _accuracy(teacher, pictures.test)
    training, kept = pictures.training.part(0, -KEPT), pictures.training.part(-KEPT, None)
    known = torch.tensor(planes(training.pictures))
    student = quadratic(teacher, recipe.noise, known[:1] / 255)
    generator = torch.Generator().manual_seed(recipe.seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        trained, _ = descend(
            student,
            known,
            torch.tensor(training.labels).long(),
            recipe,
            Lesson(teacher, SHARE),
            watching(kept),
            generator,
        )
    layers = round_to_single(balance(fold(trained), as_input(training.pictures[:SIZED])))
    judged = dataclasses.replace(pictures, training=training, kept=kept)
    text = _story(graph, recipe, before)
    card = judged_card(data_set, "adapted", layers, judged, SIZED, lambda _percentage: text)
    return Network(name, layers, card), before, training


def _accuracy(module: torch.nn.Module, split: Split) -> float:
    right = 0
    with torch.no_grad():
        for start in range(0, len(split), CHUNK):
            part = split.part(start, start + CHUNK)
            scores = module(torch.tensor(as_input(part.pictures)).float())
            right += int((scores.argmax(1).numpy() == part.labels).sum())
    return 100 * right / len(split)


def _story(graph: Graph, recipe: Recipe, before: float) -> str:
    operators = ", ".join(sorted({each.operator for each in graph.replaced}))
    return (
        f"Adapted by `python -m engine.training adapt` from a network with {operators}, which "
        f"had {before:.2f}% right: {recipe.epochs} passes, {SHARE:.0%} of each target the "
        "original's opinion."
    )


def main(arguments: list[str]) -> int:
    """Run the command; return the exit status. Raises ModelError and DatasetError."""
    parser = argparse.ArgumentParser(prog="python -m engine.training adapt", description=__doc__)
    parser.add_argument("file", type=Path, help="an ONNX file")
    parser.add_argument("--data", required=True, choices=sorted(PASSES), help="the data set")
    parser.add_argument("--root", type=Path, help="folder with the data sets")
    parser.add_argument("--name", help="what to call the model (default: from the file)")
    parser.add_argument("--epochs", type=int, choices=range(1, 1001), metavar="E")
    parser.add_argument("--mean", type=_numbers, help="subtracted from pixels of 0 to 1")
    parser.add_argument("--std", type=_numbers, help="divided by")
    parser.add_argument("--json", action="store_true", help="tell the progress in lines of JSON")
    parser.add_argument("--seed", type=int, default=1, help="seed of all randomness (default: 1)")
    options = parser.parse_args(arguments)
    name = options.name or f"{options.data.lower()}-{options.file.stem.lower()}"[:40]
    check_name(name)
    graph = read_onnx(options.file, replacing=True)
    like = next(task for task in TASKS.values() if task.dataset == options.data)
    recipe = dataclasses.replace(
        like.recipe,
        epochs=options.epochs or PASSES[options.data],
        seed=options.seed,
        teaching=None,
        noise=Noise(each=0.02),
        recount=True,
    )
    fed = Preparation((), options.mean or (), options.std or ())
    before_it = normalisation(fed, graph.shape[0])
    telling = Telling(printed(options.json))
    network, before, training = adapt(
        graph, name, options.data, options.root, recipe, before_it, telling.watch
    )
    keep(network)
    telling.finish(network)
    if options.json:
        return 0
    settings = recommended(name)
    expected = forecast(settings)
    print(report(network, training, options.seed))  # noqa: T201 - a command's answer
    print(  # noqa: T201
        f"before {before:.2f} %, after {network.card.clear_accuracy:.2f} % of "
        f"{network.card.test_pictures:,} test pictures; replaced: "
        + ", ".join(each.operator for each in graph.replaced)
    )
    if isinstance(expected, Forecast):
        seconds = expected.server_seconds
        time = "time not known before this machine was measured"
        print(  # noqa: T201
            f"N = {settings.poly_modulus_degree}, bit scale {settings.scale_bits}, expected error "
            f"{100 * expected.relative_error:.2g} %, "
            + (f"{1000 * seconds:.0f} ms in the cloud" if seconds is not None else time)
        )
    return 0


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(number) for number in text.split(","))
