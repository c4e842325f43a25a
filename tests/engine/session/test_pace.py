"""Forecasts follow what runs on this machine take, and only those."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from clouds import running_cloud

from engine.circuits.expected.calibration import load_costs, save_costs
from engine.circuits.expected.cost import PRIMITIVES, PrimitiveCosts
from engine.ckks.parameters import Settings
from engine.planning.forecast import Forecast, forecast
from engine.session.events import Classification
from engine.session.pace import keep_pace
from engine.session.relay import Session

DAY = "2026-11-30"
NETWORK_1 = Settings()
COSTS = PrimitiveCosts(8192, dict.fromkeys((*PRIMITIVES, "make_galois_key"), (0.001,)))


def foreseen(settings: Settings = NETWORK_1) -> Forecast:
    expected = forecast(settings)
    assert isinstance(expected, Forecast)
    return expected


def seconds(settings: Settings = NETWORK_1) -> float:
    expected = foreseen(settings).server_seconds
    assert expected is not None
    return expected


@pytest.fixture(scope="module")
def run(samples: tuple[Any, ...]) -> Classification:
    with Session() as session:
        session.prepare(Settings())
        return session.classify(samples[3])


def lasting(run: Classification, times: float) -> Classification:
    """Return a run whose stages in the cloud took so many times as long as the costs say."""
    predicted = {key: times * each for key, each in foreseen(run.settings).stage_seconds}
    stages = [
        dataclasses.replace(stage, seconds=predicted.get(stage.key, 100.0)) for stage in run.stages
    ]
    return dataclasses.replace(run, stages=tuple(stages))


def test_a_forecast_follows_slower_stages_whatever_the_setting(
    run: Classification, costs_file: Path
) -> None:
    save_costs(COSTS, costs_file)
    other = Settings("mnist-network2", 16384, 27)
    before, before_other = seconds(), seconds(other)
    slower = lasting(run, 1.7)
    for _ in range(4):
        keep_pace(slower, costs_file, DAY)
        slower = lasting(run, 1.7 * before / seconds())
    assert seconds() == pytest.approx(1.7 * before)
    assert seconds(other) == pytest.approx(1.7 * before_other)
    assert foreseen().timed_on == DAY


def test_one_run_that_was_held_up_leaves_the_forecast_as_it_was(
    run: Classification, costs_file: Path
) -> None:
    save_costs(COSTS, costs_file)
    before = seconds()
    keep_pace(lasting(run, 6.0), costs_file, DAY)
    assert seconds() == before


def test_a_machine_never_measured_is_not_measured_by_runs(
    run: Classification, costs_file: Path
) -> None:
    keep_pace(run, costs_file, DAY)
    assert not costs_file.exists()


def test_a_session_that_keeps_pace_remembers_what_its_runs_took(
    samples: tuple[Any, ...], costs_file: Path
) -> None:
    save_costs(COSTS, costs_file)
    with Session(keeps_pace=True) as session:
        session.prepare(Settings())
        session.classify(samples[3])
    kept = load_costs(costs_file)
    assert kept is not None
    assert len(kept.runs) == 3
    assert kept.day


def test_runs_of_a_cloud_elsewhere_do_not_count(
    tmp_path: Path, samples: tuple[Any, ...], costs_file: Path
) -> None:
    save_costs(COSTS, costs_file)
    with (
        running_cloud(tmp_path, "--models", Settings().model) as cloud,
        Session(cloud=cloud.address, keeps_pace=True) as session,
    ):
        session.prepare(Settings())
        session.classify(samples[3])
    assert load_costs(costs_file) == COSTS
