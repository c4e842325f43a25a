"""What several commands share: the options of a setting, and the progress bar."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

from engine.ckks.parameters import POLY_MODULUS_DEGREES, PROTOCOLS, SCALE_BITS_RANGE, Settings
from engine.commands.arguments import percent
from engine.planning.recommended import recommended
from engine.planning.search import PRECISE
from engine.remote.address import Address, parse_address
from engine.remote.remembered import remembered_at

CLOUD_VARIABLE = "CIPHERSKETCH_CLOUD"


def add_settings(parser: argparse.ArgumentParser, *, named: bool = True) -> None:
    """Add the parameters of a model, and the model itself if it is `named` by an option."""
    low, high = SCALE_BITS_RANGE.start, SCALE_BITS_RANGE.stop - 1
    if named:
        model = Settings().model
        parser.add_argument("--model", default=model, help=f"default {model}")
    parser.add_argument(
        "--poly-modulus-degree",
        type=int,
        metavar="N",
        help=f"one of {POLY_MODULUS_DEGREES} (default: the smallest that carries the model)",
    )
    parser.add_argument(
        "--scale-bits",
        type=int,
        metavar="B",
        help=f"{low} to {high} (default: what keeps the model exact with the fewest primes)",
    )
    parser.add_argument(
        "--most-error",
        type=percent,
        default=PRECISE,
        metavar="PERCENT",
        help=f"the error that may be expected of what is chosen (default {100 * PRECISE:g})",
    )
    add_chain(parser)
    add_protocol(parser)


def add_chain(parser: argparse.ArgumentParser) -> None:
    """Add the choice of the poster's kind of modulus chain."""
    parser.add_argument(
        "--outer-bits",
        type=int,
        metavar="B",
        help="use one prime for each multiplication, between two of B bits, as the poster does",
    )


def add_protocol(parser: argparse.ArgumentParser) -> None:
    """Add the choice of how often the client decrypts."""
    parser.add_argument(
        "--protocol",
        choices=PROTOCOLS,
        default=Settings().protocol,
        help="refresh: decrypt and encrypt again after each convolution block, as the poster does",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add the choice of JSON in place of text."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_cloud(parser: argparse.ArgumentParser) -> None:
    """Add the choice of a cloud on another machine."""
    parser.add_argument(
        "--cloud",
        metavar="ADDRESS",
        help="compute on another machine: the address that its ciphersketch-cloud printed, or "
        f"HOST:PORT of a remembered one; {CLOUD_VARIABLE} may hold it instead, where no other user "
        "of this machine reads it",
    )


def cloud_from(options: argparse.Namespace) -> Address | None:
    """Return the cloud that `--cloud` or the environment names, if any; raise PairingError."""
    text = options.cloud or os.environ.get(CLOUD_VARIABLE)
    if not text:
        return None
    return parse_address(text) if "/" in text else remembered_at(text)


def settings_from(options: argparse.Namespace) -> Settings:
    """Return the setting that the options of `add_settings` make; what is not given is chosen.

    Raises ModelError and ParameterError.
    """
    degree, bits = options.poly_modulus_degree, options.scale_bits
    if degree is None or bits is None:
        chosen = recommended(options.model, options.protocol, degree, options.most_error)
        degree, bits = chosen.poly_modulus_degree, bits or chosen.scale_bits
    return Settings(
        model=options.model,
        poly_modulus_degree=degree,
        scale_bits=bits,
        outer_bits=options.outer_bits,
        protocol=options.protocol,
    )


@contextmanager
def progress_bar(unit: str = "it") -> Iterator[Callable[[float, float], None]]:
    """Show a progress bar while the caller works; yield what moves it.

    What was done before the first call does not count for the remaining time.
    """
    with tqdm(file=sys.stderr, disable=not sys.stderr.isatty(), leave=False, unit=unit) as bar:

        def show(done: float, total: float) -> None:
            if bar.total is None:
                bar.initial = done
            bar.total, bar.n = total, round(done, 1)
            bar.refresh()

        yield show
