import json

import pytest

from engine import cli
from engine.benchmarks import precision


def test_the_predicted_error_stands_beside_that_of_every_key(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(precision, "KEYS", 2)
    assert cli.main(["bench-precision", "mnist-network1", "--pictures", "2", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["settings"]["model"] == "mnist-network1"
    assert report["runs"] == 4
    assert report["same"] == 4
    assert report["median"] <= report["worst"]
    assert 1 / 3 < report["off"] < 3


def test_a_folder_without_a_sweep_has_nothing_to_measure(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path_factory.mktemp("none")
    assert cli.main(["bench-precision", "--sweep", str(folder)]) == 2
    assert "no sweep" in capsys.readouterr().err


def test_what_was_measured_before_can_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench-precision", "mnist-network1", "--skip", "1", "--json"]) == 0
    assert not capsys.readouterr().out
