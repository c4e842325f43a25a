"""The Sweep view over sweeps that a test ends when it likes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_sweep import FakeSweep
from studio import Studio
from sweep_steps import made_samples, open_view

from app.sweep.choice import SweepOrder
from app.sweep.running import Sweeps
from app.sweep.view import SweepView


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[FakeSweep]]:
    """The fake sweeps that were begun, in order; none is left waiting."""
    begun: list[FakeSweep] = []

    def open_fake(order: SweepOrder, folder: Path) -> FakeSweep:
        begun.append(FakeSweep(order, folder, made_samples(order)))
        return begun[-1]

    monkeypatch.setattr("app.sweep.link.open_sweep", open_fake)
    yield begun
    for sweep in begun:
        sweep.cancel()


@pytest.fixture
def view(idle: Studio, runs: list[FakeSweep]) -> SweepView:
    idle.window.show()
    return open_view(idle)


@pytest.fixture
def sweeps(idle: Studio, view: SweepView) -> Sweeps:
    return idle.window.program.sweeps
