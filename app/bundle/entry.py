"""What the bundle's executable runs: the command `ciphersketch`, or a module as an interpreter.

The program starts its own processes as `sys.executable -m MODULE`. In a bundle `sys.executable` is
this executable, so it answers `-m` as an interpreter would, for the program's own modules only.
"""

import multiprocessing
import runpy
import sys

from app.__main__ import main

OWN = ("app", "engine")


def run() -> int:
    """Do what the command line says; return the exit code."""
    multiprocessing.freeze_support()  # sweeps start their workers by it
    if sys.argv[1:2] != ["-m"]:
        return main()
    module = sys.argv[2] if len(sys.argv) > 2 else ""
    if module.partition(".")[0] not in OWN:
        sys.stderr.write(f"ciphersketch: -m runs a module of {' or '.join(OWN)}, not {module!r}.\n")
        return 2
    del sys.argv[1:3]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    sys.exit(run())
