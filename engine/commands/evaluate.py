"""`python -m engine evaluate`: one model on its test pictures, encrypted and clear."""

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.ckks.parameters import Settings
from engine.commands.arguments import positive
from engine.commands.judged import by_class, class_lines, clear_report, clear_text, sureness
from engine.commands.options import (
    add_chain,
    add_cloud,
    add_json,
    add_protocol,
    cloud_from,
    progress_bar,
)
from engine.commands.own_samples import add_samples, samples_from
from engine.errors import ResultsError
from engine.planning.forecast import network_named
from engine.studies.evaluation import (
    Evaluation,
    evaluate,
    usual_journal,
    usual_mode,
    usual_settings,
)
from engine.studies.judging import MODES, Mode, coeff_modulus_bits
from engine.studies.outcomes import keep_outcome
from engine.studies.provenance import provenance
from engine.studies.summary import Accuracy, Summary, summarise
from engine.studies.sweeps.spreading import spread_over
from engine.studies.sweeps.workplaces import dask_cluster

CLEAR = "clear"
HELP = "judge a model, encrypted and clear, on its test pictures, strokes or a folder of pictures"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("model", help="a model's name, such as mnist-network1")
    parser.add_argument("--data", type=Path, help="folder with the data sets")
    parser.add_argument("--limit", type=positive, help="only the first so many test pictures")
    parser.add_argument(
        "--mode",
        choices=(*MODES, CLEAR),
        help="pictures one by one, or together (default batched, but single with refreshes and for "
        "networks that cannot run in batches); "
        "clear: without any encryption",
    )
    add_samples(parser)
    add_protocol(parser)
    parser.add_argument("--poly-modulus-degree", type=int, metavar="N", help="else the model's")
    parser.add_argument("--scale-bits", type=int, metavar="B", help="else the model's")
    add_chain(parser)
    parser.add_argument(
        "--workers", type=positive, help="pairs of processes (default 2 batched, 1 single)"
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="judge on a Dask cluster of your own instead"
    )
    add_cloud(parser)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="keep the answers there, to resume from and to read; "
        "else in the user's cache until all are done",
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Judge what is not judged yet, then print the whole evaluation."""
    network = network_named(options.model)
    if options.mode == CLEAR:
        _print(clear_report(network, samples_from(options, network)), options, clear_text)
        return 0
    mode: Mode = options.mode or usual_mode(options.model, options.protocol)
    settings = chosen(options, mode)
    coeff_modulus_bits(settings, mode)  # refuses what cannot work before pictures are read
    chosen_samples = samples_from(options, network)
    samples = chosen_samples.samples
    evaluation = Evaluation(settings, mode, samples)
    path = options.out or usual_journal(evaluation)
    workers = options.workers or (2 if mode == "batched" else 1)
    cloud = cloud_from(options)
    spread = spread_over(dask_cluster(options.scheduler), cloud) if options.scheduler else None
    try:
        with progress_bar("picture") as show:
            parts = evaluate(
                evaluation, path, workers, lambda done: show(done, len(samples)), cloud, spread
            )
    except KeyboardInterrupt:
        print(
            f"\nevaluate: the finished pictures are kept in {path}; "
            "the same command goes on from there.",
            file=sys.stderr,
        )
        raise
    summary = summarise(parts, samples)
    report = _report(evaluation, workers, summary) | chosen_samples.as_report()
    report["by_class"] = by_class(network, samples, parts)
    report["sureness"] = sureness(network, samples)
    _print(report, options, _as_text)
    if chosen_samples.are_official:
        _keep(evaluation, summary)
    if not options.out:
        path.unlink()  # a cached journal
    return 0


def _print(
    report: dict[str, Any],
    options: argparse.Namespace,
    as_text: Callable[[dict[str, Any]], str],
) -> None:
    print(json.dumps(report, indent=2) if options.json else as_text(report))


def _keep(evaluation: Evaluation, summary: Summary) -> None:
    """Leave for the window on which pictures answers differed."""
    try:
        keep_outcome(evaluation, summary)
    except ResultsError as error:  # the answers are printed all the same
        print(f"evaluate: {error}", file=sys.stderr)


def chosen(options: argparse.Namespace, mode: Mode) -> Settings:
    """Return the setting that the options make, the model's own where they name none."""
    given = {
        name: value
        for name in ("poly_modulus_degree", "scale_bits", "outer_bits")
        if (value := getattr(options, name)) is not None
    }
    usual = usual_settings(options.model, mode, options.protocol)
    return dataclasses.replace(usual, **given)


def _report(evaluation: Evaluation, workers: int, summary: Summary) -> dict[str, Any]:
    settings, mode = evaluation.settings, evaluation.mode
    return {
        "model": settings.model,
        "source": evaluation.samples.source,
        "mode": mode,
        "workers": workers,
        "settings": dataclasses.asdict(settings),
        "coeff_modulus_bits": coeff_modulus_bits(settings, mode),
        "clear_accuracy": _interval(summary.clear_accuracy),
        "encrypted_accuracy": _interval(summary.encrypted_accuracy),
        "agreement": _interval(summary.agreement),
        **dataclasses.asdict(summary),
        "stage_seconds": dict(summary.stage_seconds),
        "provenance": dataclasses.asdict(provenance()),
    }


def _interval(accuracy: Accuracy | None) -> dict[str, float] | None:
    return None if accuracy is None else dataclasses.asdict(accuracy)


def _as_text(report: dict[str, Any]) -> str:
    def percent(name: str) -> str:
        value = report[name]
        return f"{value['percent']:.2f} %  ({value['low']:.2f} to {value['high']:.2f} %)"

    part = "picture" if report["mode"] == "single" else "batch"
    settings = report["settings"]
    bits = " ".join(map(str, report["coeff_modulus_bits"]))
    lines = [
        f"{report['model']} on {report['pictures']:,} pictures: {report['source']}",
        f"N = {settings['poly_modulus_degree']}, bit scale {settings['scale_bits']}, "
        f"chain {bits}, {report['mode']}, {settings['protocol']}",
        "",
        f"clear       {percent('clear_accuracy')}",
        f"encrypted   {percent('encrypted_accuracy')}",
        f"agreement   {percent('agreement')}",
        *([f"auc         {report['auc']:.4f}  (encrypted)"] if report["auc"] is not None else []),
        f"differ      {', '.join(map(str, report['disagreements'])) or 'none'}",
        f"error       {report['largest_relative_error']:.4%} of the largest score at most, "
        f"median {report['median_relative_error']:.4%}",
        *class_lines(report),
        "",
        f"median seconds of a {part} ({report['parts']:,} in all)",
        *(f"  {key:<9} {seconds:>10.4f}" for key, seconds in report["stage_seconds"].items()),
        f"  {'cloud':<9} {report['cloud_seconds']:>10.4f}  in all",
        f"  {'total':<9} {report['seconds']:>10.4f}  without the keys",
        f"  {'keys':<9} {report['key_seconds']:>10.4f}  once",
        "",
        f"ciphertexts of a {part}: {report['bytes_up']:,} bytes up, "
        f"{report['bytes_down']:,} bytes down; keys for the cloud {report['key_bytes']:,} bytes",
    ]
    return "\n".join(lines)
