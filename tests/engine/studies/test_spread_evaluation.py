"""Evaluations elsewhere: on another machine's cloud, an executor's workers, a Dask cluster."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clouds import RunningCloud, running_cloud

from engine.ckks.parameters import Settings
from engine.data_sets.samples import Samples
from engine.studies.evaluation import Evaluation, evaluate
from engine.studies.journal import read_lines
from engine.studies.summary import summarise
from engine.studies.sweeps import spreading
from engine.studies.sweeps.spreading import spread_over
from engine.studies.sweeps.workplaces import dask_cluster, local_processes


@pytest.fixture
def evaluation(samples: tuple[Any, ...]) -> Evaluation:
    labelled = Samples("samples", np.stack(samples[:5]), np.arange(5, dtype=np.uint8))
    return Evaluation(Settings(), "single", labelled)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    folder = tmp_path_factory.mktemp("cloud")
    with running_cloud(folder, "--models", "mnist-network1") as cloud:
        yield cloud


def check(evaluation: Evaluation, path: Path, parts: tuple[Any, ...]) -> None:
    summary = summarise(parts, evaluation.samples)
    assert summary.pictures == 5
    assert not summary.disagreements
    assert len(read_lines(path)) == 6
    again = evaluate(evaluation, path)  # nothing is left to do
    assert sorted(part.indices for part in again) == [(index,) for index in range(5)]


def test_an_evaluation_computes_on_a_cloud_elsewhere(
    evaluation: Evaluation, tmp_path: Path, cloud: RunningCloud
) -> None:
    path, before = tmp_path / "answers.jsonl", cloud.log.count("connected")
    check(evaluation, path, evaluate(evaluation, path, 2, cloud=cloud.address))
    assert cloud.log.count("connected") == before + 2


def test_an_evaluation_spreads_over_workers_that_share_a_cloud(
    evaluation: Evaluation, tmp_path: Path, cloud: RunningCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreading, "PICTURES_OF_A_JOB", 3)
    path = tmp_path / "answers.jsonl"
    spread = spread_over(local_processes(2), cloud.address)
    check(evaluation, path, evaluate(evaluation, path, spread=spread))


def test_an_evaluation_runs_on_a_dask_cluster(evaluation: Evaluation, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra cluster is not installed")
    path = tmp_path / "answers.jsonl"
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=":0"
    ) as local:
        spread = spread_over(dask_cluster(local.scheduler_address))
        check(evaluation, path, evaluate(evaluation, path, spread=spread))
