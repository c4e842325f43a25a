"""Fetching data sets: complete folders need no network, and failures are one sentence."""

import os
import shutil
from pathlib import Path

import pytest

pytest.importorskip("torchvision", reason="torchvision is an optional extra of the training")

from engine.datasets import ROOT_VARIABLE, load_split
from engine.errors import DatasetError
from engine.training import download


def test_a_complete_folder_is_used_without_a_network(tmp_path: Path) -> None:
    if ROOT_VARIABLE not in os.environ:
        pytest.skip(f"{ROOT_VARIABLE} names no folder with the real data sets")
    shutil.copytree(Path(os.environ[ROOT_VARIABLE]) / "MNIST", tmp_path / "MNIST")
    download.download("MNIST", tmp_path)
    assert len(load_split("MNIST", "train", tmp_path)) == 60_000


def test_a_download_that_fails_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(root: str, *, download: bool) -> None:
        raise RuntimeError(f"no network for {Path(root).name} {download}")

    monkeypatch.setitem(download.SETS, "MNIST", refuse)
    with pytest.raises(DatasetError, match="could not be downloaded"):
        download.download("MNIST", tmp_path)
