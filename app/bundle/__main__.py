"""`python -m app.bundle --out DIR`: make the bundle, a folder and an archive of it."""

# ruff: noqa: T201 - printing is what a command line does

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

from app.bundle.building import archive, build
from engine.errors import CipherSketchError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m app.bundle", description=__doc__)
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="where to put both")
    options = parser.parse_args(arguments)
    if importlib.util.find_spec("PyInstaller") is None:
        print("The bundle needs PyInstaller: pip install 'ciphersketch[bundle]'.", file=sys.stderr)
        return 2
    try:
        folder = build(options.out)
        packed = archive(folder)
    except CipherSketchError as error:
        print(f"bundle: {error}", file=sys.stderr)
        return 2
    total = sum(path.lstat().st_size for path in folder.rglob("*"))
    print(f"{folder}  {total / 1e6:.0f} MB")
    print(f"{packed}  {packed.stat().st_size / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
