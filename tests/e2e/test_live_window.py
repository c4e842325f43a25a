"""Live mode at a real display with the real engine: it goes on and on, and nothing piles up."""

import json
import subprocess
import sys
from pathlib import Path

MOST_GROWTH = 12_000_000
"""Bytes; the ciphertexts of the answers in between alone are more than twice as much."""

FEW = 8
"""A view that is made ahead meanwhile may hold so many; one for each answer would be far more."""


def test_live_mode_holds_no_more_after_many_answers(
    surroundings: dict[str, str], tmp_path: Path
) -> None:
    command = [sys.executable, str(Path(__file__).with_name("live_window.py")), str(tmp_path)]
    ended = subprocess.run(
        command, env=surroundings, stdout=subprocess.PIPE, text=True, check=True, timeout=100
    )
    facts = json.loads(ended.stdout)
    before, after = facts["before"], facts["after"]

    assert facts["platform"] == "xcb"
    assert "encrypted answers" in facts["shown"]
    assert facts["runs"] == 0
    assert not facts["is_on"]
    assert after["memory"] - before["memory"] < MOST_GROWTH
    assert after["threads"] <= before["threads"] + FEW
    assert after["handles"] <= before["handles"] + FEW
    assert after["processes"] == before["processes"]
