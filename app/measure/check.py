"""`ciphersketch check`: the check before a talk, in a terminal."""

# ruff: noqa: T201 - printing is what a command line does

import argparse
import os
import sys
from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication

from app.check.findings import as_text, tell_all
from app.check.machine import surroundings
from app.shell import display
from engine.errors import CipherSketchError
from engine.remote.address import parse_address


def main(arguments: Sequence[str] | None = None, program: str = "ciphersketch check") -> int:
    """Check and print; return 0 if all is well, 1 if there is something to do."""
    parser = argparse.ArgumentParser(
        prog=program, description="Try out what a talk needs on this machine, in 20 seconds."
    )
    parser.add_argument("--cloud", metavar="ADDRESS", help="the cloud that the talk will use")
    options = parser.parse_args(arguments)
    try:
        cloud = None if options.cloud is None else parse_address(options.cloud)
    except CipherSketchError as error:
        print(f"check: {error}", file=sys.stderr)
        return 2
    has_display = not display.window_fault()
    if not has_display:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication.instance() or QGuiApplication(["ciphersketch"])
    here = surroundings(cloud, has_display)
    good = tell_all(here, lambda finding: print(as_text(finding), flush=True))
    del application
    return 0 if good else 1
