"""What tests of sweeps do over and over: choose, begin, wait, finish."""

import numpy as np
from fake_sweep import FakeSweep
from studio import Studio

from app.sweep.choice import SweepChoice, SweepOrder
from app.sweep.figures import KINDS
from app.sweep.running import SweepPhase, Sweeps
from app.sweep.view import SweepView
from engine.data_sets.samples import Samples

SMALL = SweepChoice(("mnist-network1",), (8192,), (20, 24, 40), 3, "single")
"""Two points that can work and one that cannot."""


def made_samples(order: SweepOrder) -> Samples:
    if order.picture is not None:
        return Samples("the picture on the canvas", order.picture[None], None)
    pictures = np.zeros((order.pictures, 28, 28), np.uint8)
    return Samples("made", pictures, np.zeros(order.pictures, np.uint8))


def open_view(studio: Studio) -> SweepView:
    studio.window.views.show_view("sweep")
    shown = studio.window.views.currentWidget()
    assert isinstance(shown, SweepView)
    studio.qtbot.waitUntil(lambda: len(shown.plots.plots) == len(KINDS))
    return shown


def choose(studio: Studio, choice: SweepChoice) -> None:
    sweeps = studio.window.program.sweeps
    with studio.qtbot.waitSignal(sweeps.limits_changed):
        sweeps.choose(choice)


def begin(studio: Studio, runs: list[FakeSweep], points: int) -> FakeSweep:
    """Start or resume, and let so many points be measured; the next one is under way."""
    sweeps, before = studio.window.program.sweeps, len(runs)
    studio.window.actions_.sweep.start.trigger()
    studio.qtbot.waitUntil(lambda: len(runs) > before)
    runs[-1].allow(points)
    wanted = done(sweeps) + points
    studio.qtbot.waitUntil(lambda: done(sweeps) >= wanted)
    return runs[-1]


def done(sweeps: Sweeps) -> int:
    return sum(state.row is not None for state in sweeps.states)


def wait_for(studio: Studio, phase: SweepPhase) -> None:
    studio.qtbot.waitUntil(lambda: studio.window.program.sweeps.phase is phase)


def finish(studio: Studio, runs: list[FakeSweep]) -> None:
    begin(studio, runs, 2)
    wait_for(studio, SweepPhase.IDLE)
