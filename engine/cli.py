"""The command line: `python -m engine classify`, `bench` and `bench-batched`.

Results go to standard output, progress and errors to standard error; no Qt, no torch.
"""

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from engine.datasets import load_split
from engine.errors import CipherSketchError, DatasetError
from engine.events import Classification, Event, KeysReady, StageFinished, StageProgress
from engine.forecast import network_named
from engine.images import load_picture, to_network_input
from engine.parameters import POLY_MODULUS_DEGREES, SCALE_BITS_RANGE, Settings
from engine.preparation import centre_of
from engine.resources import assets_dir
from engine.session import Picture, Session

EXIT_REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status: 0, or 2 with one sentence on standard error."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except CipherSketchError as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return EXIT_REFUSED
    except KeyboardInterrupt:
        print(f"{options.command}: stopped.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    classify = commands.add_parser("classify", help="classify one picture, encrypted and clear")
    classify.add_argument("picture", type=Path, help="a PNG, JPEG, BMP, GIF or WebP file")
    _add_settings(classify)
    classify.set_defaults(run=_classify)
    bench = commands.add_parser("bench", help="compare with TenSEAL's stock operations")
    bench.add_argument("--runs", type=int, default=10, help="alternating runs (default 10)")
    bench.add_argument(
        "--pictures", type=int, default=100, help="pictures over ten keys for the error"
    )
    bench.add_argument("--data", type=Path, help="folder with MNIST/raw; else bundled samples")
    _add_settings(bench)
    bench.set_defaults(run=_bench)
    batched = commands.add_parser("bench-batched", help="measure one picture a slot")
    batched.add_argument("--pictures", type=int, default=10_000, help="default 10000")
    batched.add_argument("--workers", type=int, default=2, help="pairs of processes (default 2)")
    batched.add_argument("--data", type=Path, help="folder with MNIST/raw; else bundled samples")
    _add_settings(batched)
    batched.set_defaults(run=_bench_batched)
    return parser


def _add_settings(parser: argparse.ArgumentParser) -> None:
    default = Settings()
    low, high = SCALE_BITS_RANGE.start, SCALE_BITS_RANGE.stop - 1
    parser.add_argument("--model", default=default.model, help=f"default {default.model}")
    parser.add_argument(
        "--poly-modulus-degree",
        type=int,
        default=default.poly_modulus_degree,
        metavar="N",
        help=f"one of {POLY_MODULUS_DEGREES} (default {default.poly_modulus_degree})",
    )
    parser.add_argument(
        "--scale-bits",
        type=int,
        default=default.scale_bits,
        metavar="B",
        help=f"{low} to {high} (default {default.scale_bits})",
    )
    parser.add_argument(
        "--outer-bits",
        type=int,
        metavar="B",
        help="use one prime for each multiplication, between two of B bits, as the poster does",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def _settings(options: argparse.Namespace) -> Settings:
    return Settings(
        model=options.model,
        poly_modulus_degree=options.poly_modulus_degree,
        scale_bits=options.scale_bits,
        outer_bits=options.outer_bits,
    )


def _classify(options: argparse.Namespace) -> int:
    settings = _settings(options)
    picture = to_network_input(load_picture(options.picture), centre_of(settings.model))
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

    with bar, closing(Session(show)) as session:
        keys = session.prepare(settings)
        result = session.classify(picture)
    if options.json:
        print(json.dumps(_as_json(keys, result), indent=2))
    else:
        print(_as_text(keys, result))
    return 0


def _as_json(keys: KeysReady, result: Classification) -> dict[str, object]:
    return {
        "prediction": result.classes[result.prediction],
        "clear_prediction": result.classes[result.clear_prediction],
        "encrypted": dict(zip(result.classes, result.encrypted, strict=True)),
        "clear": dict(zip(result.classes, result.clear, strict=True)),
        "largest_difference": result.largest_difference,
        "relative_error": result.relative_error,
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
        f"            {result.classes[result.clear_prediction]}  (clear)",
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


def _bench(options: argparse.Namespace) -> int:
    from engine.bench import run_bench  # noqa: PLC0415 - it loads TenSEAL, which classify need not

    settings = _settings(options)
    pictures = _bench_pictures(settings, options.data, options.pictures)
    with _bar() as show:
        report = run_bench(settings, pictures, max(1, options.runs), show)
    return _print_report(dataclasses.asdict(report), as_json=options.json)


def _bench_batched(options: argparse.Namespace) -> int:
    from engine.batch_bench import run_batch_bench  # noqa: PLC0415 - only this command needs it

    settings = _settings(options)
    pictures = _bench_pictures(settings, options.data, options.pictures)
    with _bar() as show:
        report = run_batch_bench(settings, pictures, max(1, options.workers), show)
    return _print_report(dataclasses.asdict(report), as_json=options.json)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar while the caller works; yield what moves it."""
    with tqdm(file=sys.stderr, disable=not sys.stderr.isatty(), leave=False) as bar:

        def show(done: int, total: int) -> None:
            bar.total, bar.n = total, done
            bar.refresh()

        yield show


def _print_report(data: dict[str, Any], *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(data, indent=2))
    else:
        print("\n".join(f"{name:<26} {value}" for name, value in data.items()))
    return 0


def _bench_pictures(settings: Settings, root: Path | None, count: int) -> Picture:
    name = network_named(settings.model).card.dataset
    try:
        return load_split(name, "t10k", root).pictures[: max(1, count)]
    except DatasetError as error:
        if root is not None:
            raise
        print(f"bench: {error} The bundled samples stand in.", file=sys.stderr)
    samples = sorted((assets_dir() / "samples").glob("*.png"))[: max(1, count)]
    centre = centre_of(settings.model)
    return np.stack([to_network_input(load_picture(path), centre) for path in samples])
