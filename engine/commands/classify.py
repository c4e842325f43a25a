"""`python -m engine classify`: one picture, encrypted and clear."""

import argparse
import dataclasses
import json
import math
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from engine.arrays import Array
from engine.commands.models import read_array
from engine.commands.options import add_cloud, add_json, add_settings, cloud_from, settings_from
from engine.data_sets.preparation import read_picture
from engine.networks.layers import Shape
from engine.pictures.images import NAMES
from engine.planning.outline import Outline, outline_for
from engine.resources import imported_names, model_names
from engine.session.events import Classification, Event, KeysReady, StageFinished, StageProgress
from engine.session.relay import Session

HELP = "classify one picture, encrypted and clear"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument(
        "picture", type=Path, help=f"a {NAMES} file, or what the network reads as .npy"
    )
    add_settings(parser)
    add_cloud(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Classify a picture and print what came out, what it cost and how large it was."""
    bar = tqdm(
        total=1,
        file=sys.stderr,
        disable=not sys.stderr.isatty(),
        leave=False,
        bar_format="{l_bar}{bar}",
    )

    def show(event: Event) -> None:
        if isinstance(event, StageProgress):
            bar.total, bar.n = event.total, event.done
            bar.set_description(event.key)
        elif isinstance(event, StageFinished):
            bar.set_description(event.key)

    with bar, Session(show, cloud_from(options), keeps_pace=True) as session:
        outline = _outline(options, session)
        settings = outline.settings
        picture = (
            _arranged(read_array(options.picture), outline.input_shape)
            if options.picture.suffix == ".npy"
            else read_picture(options.picture, settings.model, outline.input_shape)
        )
        keys = session.prepare(settings)
        result = session.classify(picture)
    if options.json:
        print(json.dumps(_as_json(keys, result), indent=2))
    else:
        print(_as_text(keys, result))
    return 0


def _outline(options: argparse.Namespace, session: Session) -> Outline:
    """Return what is to be run: as the options say, or as a cloud says of a model of its own."""
    is_here = options.model in (*model_names(), *imported_names())
    if is_here or session.cloud_state is None:
        return outline_for(settings_from(options))
    return session.describe(options.model)


def _arranged(values: Array, shape: Shape) -> Array:
    """Return what was given as the network reads it, if it has the channels last or is in a row."""
    channels, *sides = shape
    if _long(values.shape) == _long((*sides, channels)) != _long(shape):
        return np.moveaxis(values.reshape(*sides, channels), -1, 0)
    in_a_row = _long(values.shape) == [math.prod(sides)]
    return values.reshape(shape) if in_a_row and channels == 1 else values


def _long(sides: tuple[int, ...]) -> list[int]:
    return [side for side in sides if side > 1]


def _as_json(keys: KeysReady, result: Classification) -> dict[str, object]:
    return {
        "prediction": result.classes[result.prediction],
        "clear_prediction": result.classes[result.clear_prediction] if result.clear else None,
        "why_not_clear": result.why_not_clear,
        "probabilities": dict(zip(result.classes, result.probabilities, strict=True)),
        "is_known": result.is_known,
        "encrypted": dict(zip(result.classes, result.encrypted, strict=True)),
        "clear": dict(zip(result.classes, result.clear, strict=False)),
        "largest_difference": result.largest_difference if result.clear else None,
        "relative_error": result.relative_error if result.clear else None,
        "settings": dataclasses.asdict(result.settings),
        "coeff_modulus_bits": result.ciphertext.coeff_modulus_bits,
        "ciphertext_bytes": len(result.ciphertext.data),
        "result_bytes": result.result_bytes,
        "relin_key_bytes": keys.relin_key_bytes,
        "galois_key_bytes": keys.galois_key_bytes,
        "galois_key_count": keys.galois_key_count,
        "key_seconds": keys.seconds,
        "stage_seconds": {stage.key: stage.seconds for stage in result.stages},
        "server_seconds": result.server_seconds,
        "total_seconds": result.total_seconds,
    }


def _as_text(keys: KeysReady, result: Classification) -> str:
    bits = " ".join(str(each) for each in result.ciphertext.coeff_modulus_bits)
    lines = [
        f"prediction  {result.classes[result.prediction]}  (encrypted)",
        *_clear_lines(result),
        f"chain               {bits} bits, N = {result.settings.poly_modulus_degree}",
        f"ciphertext          {len(result.ciphertext.data):,} bytes up, "
        f"{result.result_bytes:,} bytes down",
        f"keys for the cloud  {keys.relin_key_bytes + keys.galois_key_bytes:,} bytes: "
        f"1 relinearisation key, {keys.galois_key_count} Galois keys",
        "",
        f"keys      {keys.seconds * 1000:>9.1f} ms",
        *(f"{stage.key:<9} {stage.seconds * 1000:>9.1f} ms" for stage in result.stages),
        f"cloud     {result.server_seconds * 1000:>9.1f} ms in all",
        f"total     {result.total_seconds * 1000:>9.1f} ms without the keys",
    ]
    return "\n".join(lines)


def _clear_lines(result: Classification) -> list[str]:
    """Return the scores, beside those of the clear network if there are any."""
    if not result.clear:
        scores = zip(result.classes, result.encrypted, strict=True)
        return [
            f"            {_sureness(result)}",
            "",
            "class    encrypted",
            *(f"{name:<6} {score:>11.5f}" for name, score in scores),
            "",
            result.why_not_clear,
        ]
    return [
        f"            {result.classes[result.clear_prediction]}  (clear)",
        f"            {_sureness(result)}",
        "",
        "class    encrypted        clear",
        *(
            f"{name:<6} {encrypted:>11.5f}  {clear:>11.5f}"
            for name, encrypted, clear in zip(
                result.classes, result.encrypted, result.clear, strict=True
            )
        ),
        "",
        f"largest difference  {result.largest_difference:.6f}  "
        f"({result.relative_error:.4%} of the largest score)",
    ]


def _sureness(result: Classification) -> str:
    if not result.is_known:
        return "though it looks like nothing that the network knows"
    (sure, _), (less, runner_up) = result.likeliest[:2]
    return f"{sure:.1%} sure; next is {runner_up} with {less:.1%}"
