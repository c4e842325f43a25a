"""The playground's benchmark times every operation under every setting, on real processes."""

import json

import pytest

from engine.benchmarks.playground import STEPS
from engine.cli import main
from engine.playground.operations import Rotate
from engine.playground.settings import SETTINGS


def test_every_operation_is_timed_under_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench-playground", "--runs", "1", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = {type(step).__name__ for step in STEPS if not isinstance(step, Rotate)}
    names |= {"Rotate by 1", "Rotate by 3"}
    assert len(rows) == len(names) * len(SETTINGS)
    for setting in SETTINGS:
        assert {row["operation"] for row in rows if row["setting"] == setting.key} == names
    assert all(0 < row["median_ms"] <= row["worst_ms"] for row in rows)


def test_its_lines_name_setting_and_operation(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench-playground", "--runs", "1"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("precise  Encrypt")
    assert " ms   worst " in first
