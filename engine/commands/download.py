"""`python -m engine download`: the official files of a data set, or of all."""

import argparse
import sys
from pathlib import Path
from typing import Never

from tqdm import tqdm

from engine.data_sets.downloads import DownloadProgress, download
from engine.data_sets.registry import EVERY_SET
from engine.data_sets.splits import data_root

HELP = "fetch the official files of a data set"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("name", choices=(*EVERY_SET, "all"), help="which data set")
    parser.add_argument("--data", type=Path, help=f"folder to put it in (default {data_root()})")


def run(options: argparse.Namespace) -> int:
    """Fetch what is missing; print where it lies."""
    names = tuple(EVERY_SET) if options.name == "all" else (options.name,)
    for name in names:
        with tqdm(
            file=sys.stderr, disable=not sys.stderr.isatty(), leave=False, unit="B", unit_scale=True
        ) as bar:

            def show(progress: DownloadProgress, bar: "tqdm[Never]" = bar) -> None:
                bar.set_description(progress.file, refresh=False)
                bar.total, bar.n = progress.total, progress.done
                bar.refresh()

            folder = download(name, options.data, show)
        print(f"{name}: all files are in {folder}")
    return 0
