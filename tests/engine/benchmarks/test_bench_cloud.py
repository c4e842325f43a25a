"""`bench-cloud` measures a real cloud beside this machine."""

import json
from pathlib import Path

import pytest
from clouds import running_cloud

from engine.cli import main


def test_a_cloud_is_measured_beside_this_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ["--clients", "2", "--rounds", "1", "--seconds", "8"]
    with running_cloud(tmp_path, "--models", "mnist-network1") as cloud:
        assert main(["bench-cloud", "--cloud", cloud.address.text, *few, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["there"]["processes"] == report["here"]["processes"] == 2
    assert report["ratios"] == [report["ratio"]]
    for place in (report["here"], report["there"]):
        assert 0 < place["least"] <= place["most"] <= place["rate"]
        assert 0 < place["picture_ms"] < place["first_ms"]


def test_without_a_cloud_there_is_nothing_to_measure(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CIPHERSKETCH_CLOUD", raising=False)
    assert main(["bench-cloud"]) == 2
    assert "give --cloud" in capsys.readouterr().err
