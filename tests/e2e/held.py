"""What the program holds: memory, threads, file handles and processes, its children's too."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_GROWTH = 12_000_000
"""Bytes; the ciphertexts of the runs in between alone are more than twice as much."""

FEW = 8
"""A view that is made ahead meanwhile may hold so many; one for each answer would be far more."""


@dataclass(frozen=True)
class Held:
    """What a tree of processes holds: memory in bytes, threads, file handles, processes."""

    memory: int
    threads: int
    handles: int
    processes: int


def held() -> Held:
    tree = [Path("/proc/self")]
    for process in tree:
        for task in process.glob("task/*/children"):
            tree += [Path(f"/proc/{child}") for child in task.read_text().split()]
    return Held(
        memory=sum(_resident(process) for process in tree),
        threads=sum(len(list(process.glob("task/*"))) for process in tree),
        handles=sum(len(list(process.glob("fd/*"))) for process in tree),
        processes=len(tree),
    )


def _resident(process: Path) -> int:
    return int((process / "statm").read_text().split()[1]) * 4096


def facts_of(script: str, surroundings: dict[str, str], folder: Path, timeout: float) -> Any:
    """Run one of the scripts beside this file in `folder`; return the JSON that it prints."""
    command = [sys.executable, str(Path(__file__).with_name(script)), str(folder)]
    ended = subprocess.run(
        command, env=surroundings, stdout=subprocess.PIPE, text=True, check=True, timeout=timeout
    )
    return json.loads(ended.stdout)


def assert_nothing_piled_up(before: dict[str, int], after: dict[str, int]) -> None:
    assert after["memory"] - before["memory"] < MOST_GROWTH
    assert after["threads"] <= before["threads"] + FEW
    assert after["handles"] <= before["handles"] + FEW
    assert after["processes"] == before["processes"]
