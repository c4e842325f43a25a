"""What single arguments may be. It loads nothing, so that a cloud can use it, too."""

import argparse
from collections.abc import Callable
from contextlib import suppress

MOST = 2**31 - 1


def positive(text: str) -> int:
    """Return the number that an option gives; argparse says what is wrong with any other."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)


def within(least: int, most: int = MOST) -> Callable[[str], int]:
    """Return what reads an option's whole number within bounds, as `positive` does."""

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {least} to {most}")
        return int(text)

    return read


def percent(text: str) -> float:
    """Return the share that a percentage gives; argparse says what is wrong with any other."""
    with suppress(ValueError):
        if 0 < (share := float(text) / 100) <= 1:
            return share
    raise argparse.ArgumentTypeError(f"{text!r} is not a percentage above 0, like 0.5")
