"""Real clouds for tests: the program as anybody starts it, on a free port of this machine."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import engine.errors
from engine.remote.address import Address, parse_address


class RunningCloud:
    """A cloud's process and its address; `log` has the lines that it has written so far."""

    def __init__(self, process: subprocess.Popen[str], address: Address, log: Path) -> None:
        self.process, self.address, self._log = process, address, log

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    @property
    def nursery(self) -> int:
        """Return the process that the workers are children of."""
        (nursery,) = children(self.process.pid)
        return nursery

    @property
    def workers(self) -> list[int]:
        return children(self.nursery)


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for each in tasks for child in each.read_text().split()]


def open_files(pid: int) -> int:
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def resident_bytes(pid: int) -> int:
    """Return what a process has in memory, its part of what is shared (PSS)."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    assert found
    return int(found[1]) << 10


@contextmanager
def running_cloud(
    folder: Path, *options: str, host: str = "127.0.0.1", within: Sequence[str] = ()
) -> Iterator[RunningCloud]:
    """Start `ciphersketch-cloud` with its identity in `folder`; end it as a service is ended.

    `within` is a command that runs it somewhere else, as `ip netns exec` does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log.txt"
    command = [*within, sys.executable, "-m", "engine.commands.cloud"]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [*command, "--host", host, "--port", "0", "--identity", str(folder), *options],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=Path(engine.errors.__file__).parents[1],
            env=os.environ | {"PYTHONWARNINGS": "error", "XDG_CACHE_HOME": str(folder / "cache")},
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, log.read_text()
        yield RunningCloud(process, parse_address(line), log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            assert process.wait(30) == 0, log.read_text()
        finally:
            process.kill()
            process.stdout.close()
