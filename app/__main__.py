"""The command `ciphersketch` (or `python -m app`): the window, a screenshot, or a measurement.

`ciphersketch engine ...` and `ciphersketch cloud ...` are the engine's commands, so that whoever
has this one has them all. Nothing heavy is imported at the top: the engine's processes import this
module again.
"""

# ruff: noqa: T201 - printing is what a command line does

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from app.shell import display

COMMANDS = {
    "check": "app.measure.check",
    "engine": "engine.cli",
    "cloud": "engine.commands.cloud",
}
"""What may come first on the command line, and the module whose `main` it is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and given[0] in COMMANDS:
        code: int = import_module(COMMANDS[given[0]]).main(given[1:], f"ciphersketch {given[0]}")
        return code
    options = _parser().parse_args(given)
    fault = display.qt_fault()
    if fault:
        print(fault, file=sys.stderr)
        return 1
    window_fault = display.window_fault()
    if window_fault or options.screenshot or options.screenshots:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if options.bench:
        from app.measure.bench import run_bench  # noqa: PLC0415 - imports Qt

        return run_bench(as_json=options.json)
    if options.screenshot:
        from app.measure.offscreen import take_screenshot  # noqa: PLC0415 - imports Qt

        return take_screenshot(options.screenshot, options.size, options.theme)
    if options.screenshots:
        from app.measure.screenshots import make_screenshots  # noqa: PLC0415 - imports Qt

        return make_screenshots(options.screenshots, options.record)
    if window_fault and not options.first_paint:
        from app.measure.offscreen import run_without_display  # noqa: PLC0415 - imports Qt

        return run_without_display(window_fault)
    if options.recorded:
        from app.shell.recorded import run_recorded  # noqa: PLC0415 - imports Qt

        return run_recorded()
    from app.shell.launch import run_window  # noqa: PLC0415 - imports Qt

    return run_window(until_painted=options.first_paint)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ciphersketch",
        description="Draw a digit and have it classified encrypted.",
        epilog=f"Without options the window opens. Commands: {', '.join(COMMANDS)}; "
        "ciphersketch engine --help lists those of the engine.",
    )
    parser.add_argument(
        "--screenshot", metavar="FILE", type=Path, help="classify a drawing, save the window, end"
    )
    parser.add_argument(
        "--size", metavar="WxH", type=_size, default=(1280, 720), help="size of the screenshot"
    )
    parser.add_argument(
        "--theme", choices=("light", "dark"), default="light", help="colours of the screenshot"
    )
    parser.add_argument(
        "--screenshots", metavar="DIR", type=Path, help="save every view in both themes, end"
    )
    parser.add_argument(
        "--record", action="store_true", help="with --screenshots: make the recorded runs anew"
    )
    parser.add_argument(
        "--recorded",
        action="store_true",
        help="show a recorded run, marked as such, where the engine fails",
    )
    parser.add_argument("--bench", action="store_true", help="measure how quick the window is")
    parser.add_argument("--json", action="store_true", help="print the measurement as JSON")
    parser.add_argument("--first-paint", action="store_true", help=argparse.SUPPRESS)
    return parser


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = (int(part) for part in text.split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not WIDTHxHEIGHT, as 1280x720 is") from None
    size = width, height
    if not (1120 <= size[0] <= 7680 and 630 <= size[1] <= 4320):
        raise argparse.ArgumentTypeError(f"{text} is outside 1120x630 to 7680x4320")
    return size


if __name__ == "__main__":
    sys.exit(main())
