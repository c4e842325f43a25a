"""What `evaluate` prints of every class, and of a network that was judged without encryption."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import as_input
from engine.commands.own_samples import ChosenSamples
from engine.data_sets.samples import Samples
from engine.networks.layers import Network
from engine.networks.recognition import are_known
from engine.networks.sureness import calibration_error, probabilities
from engine.studies.judging import Part
from engine.studies.provenance import provenance
from engine.studies.summary import wilson

Answers = npt.NDArray[np.integer]


def clear_report(network: Network, chosen: ChosenSamples) -> dict[str, Any]:
    """Return the report of a model that was judged on clear pictures only."""
    samples = chosen.samples
    answers = network.forward(as_input(samples.pictures)).argmax(axis=1)
    labels = _labels(samples)
    right = int(np.count_nonzero(answers == labels))
    return {
        "model": network.name,
        "source": samples.source,
        "mode": "clear",
        "pictures": len(samples),
        "clear_accuracy": dataclasses.asdict(wilson(right, len(samples))),
        "sureness": sureness(network, samples),
        "by_class": _by_class(network, labels, {"clear": answers}),
        **chosen.as_report(),
        "provenance": dataclasses.asdict(provenance()),
    }


def sureness(network: Network, samples: Samples) -> dict[str, float]:
    """Return how well the network knows what it knows, in percent, by its clear scores.

    `called_unknown` are the pictures that look like nothing it knows; `calibration_error` is the
    expected one (`engine.networks.sureness`).
    """
    scores = network.forward(as_input(samples.pictures))
    likely = probabilities(scores, network.card.temperature)
    known = are_known(samples.pictures, network.card.dataset)
    return {
        "calibration_error": calibration_error(likely, _labels(samples)),
        "called_unknown": 100 * known.count(False) / len(known),
    }


def by_class(network: Network, samples: Samples, parts: Sequence[Part]) -> dict[str, Any]:
    """Return for each class how many pictures it has, and the percentages that were right."""
    order = np.argsort([index for part in parts for index in part.indices])
    encrypted = np.array([answer for part in parts for answer in part.encrypted])[order]
    clear = np.array([answer for part in parts for answer in part.clear])[order]
    return _by_class(network, _labels(samples), {"encrypted": encrypted, "clear": clear})


def class_lines(report: dict[str, Any]) -> list[str]:
    """Return the lines that tell of each class, and of files that were refused."""
    sure = report["sureness"]
    lines = [
        f"sureness    off by {sure['calibration_error']:.2f} points; "
        f"{sure['called_unknown']:.2f} % look like nothing the network knows",
        "",
        "by class",
    ]
    for name, judged in report["by_class"].items():
        shares = ", ".join(
            f"{value:.2f} % {kind}" for kind, value in judged.items() if kind != "pictures"
        )
        lines.append(f"  {name:<12} {judged['pictures']:>6,}  {shares}")
    if report["refused"]:
        lines += ["", f"refused {len(report['refused']):,} files"]
        lines += [f"  {each['file']}: {each['reason']}" for each in report["refused"]]
    return lines


def clear_text(report: dict[str, Any]) -> str:
    """Return a clear report as text."""
    value = report["clear_accuracy"]
    accuracy = f"{value['percent']:.2f} %  ({value['low']:.2f} to {value['high']:.2f} %)"
    head = f"{report['model']} on {report['pictures']:,} pictures: {report['source']}"
    return "\n".join([head, "", f"clear       {accuracy}", *class_lines(report)])


def _labels(samples: Samples) -> Answers:
    assert samples.labels is not None  # test pictures, strokes and folders all have them
    return samples.labels


def _by_class(network: Network, labels: Answers, answers: dict[str, Answers]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, name in enumerate(network.card.classes):
        mine = labels == number
        if mine.any():
            shares = {
                kind: 100 * float((given[mine] == number).mean()) for kind, given in answers.items()
            }
            found[name] = {"pictures": int(mine.sum()), **shares}
    return found
