"""What single arguments may be. It loads nothing, so that a cloud can use it, too."""

import argparse
from contextlib import suppress


def positive(text: str) -> int:
    """Return the number that an option gives; argparse says what is wrong with any other."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)


def percent(text: str) -> float:
    """Return the share that a percentage gives; argparse says what is wrong with any other."""
    with suppress(ValueError):
        if 0 < (share := float(text) / 100) <= 1:
            return share
    raise argparse.ArgumentTypeError(f"{text!r} is not a percentage above 0, like 0.5")
