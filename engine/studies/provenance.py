"""Where figures come from: the command, the machine, the versions and the date."""

import os
import platform
import shlex
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("ciphersketch", "tenseal", "numpy")


@dataclass(frozen=True)
class Provenance:
    """How to make a figure again; `date` is ISO 8601 in UTC, `versions` are (name, version)."""

    command: str
    date: str
    processor: str
    cores: int
    system: str
    versions: tuple[tuple[str, str], ...]


def provenance(arguments: list[str] | None = None) -> Provenance:
    """Return it for this very process; `arguments` are those after `python -m engine`."""
    arguments = sys.argv[1:] if arguments is None else arguments
    return Provenance(
        command=f"python -m engine {shlex.join(arguments)}",
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1,
        system=f"{platform.system()} {platform.machine()}",
        versions=(("Python", platform.python_version()), *map(_version, PACKAGES)),
    )


def _version(package: str) -> tuple[str, str]:
    try:
        return package, version(package)
    except PackageNotFoundError:  # run from a source tree that was never installed
        return package, "unknown"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else ()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")
