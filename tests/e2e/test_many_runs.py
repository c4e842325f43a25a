"""A hundred runs in a row at a real display with the real engine: nothing piles up."""

import json
import subprocess
import sys
from pathlib import Path

from app.compare.store import Changes, RunStore

MOST_GROWTH = 12_000_000
"""Bytes; the ciphertexts of a hundred runs alone are more than twice as much."""

FEW = 8
"""A view that is made ahead meanwhile may hold so many; one for each answer would be far more."""


def test_a_hundred_runs_in_a_row_hold_no_more_than_the_first_few(
    surroundings: dict[str, str], tmp_path: Path
) -> None:
    command = [sys.executable, str(Path(__file__).with_name("many_runs_window.py")), str(tmp_path)]
    ended = subprocess.run(
        command, env=surroundings, stdout=subprocess.PIPE, text=True, check=True, timeout=200
    )
    facts = json.loads(ended.stdout)
    store = RunStore(tmp_path / "runs.sqlite3")
    kept = store.sync(Changes())
    store.close()
    before, after = facts["before"], facts["after"]

    assert facts["platform"] == "xcb"
    assert facts["runs"] == 120
    assert len(kept) == 120
    assert facts["answers"] == ["3"]
    assert after["memory"] - before["memory"] < MOST_GROWTH
    assert after["threads"] <= before["threads"] + FEW
    assert after["handles"] <= before["handles"] + FEW
    assert after["processes"] == before["processes"]
