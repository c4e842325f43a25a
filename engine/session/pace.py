"""Forecasts follow this machine: what a run took corrects the costs that were measured once.

A machine that is throttled, on battery or busy takes longer for everything alike, so one factor is
enough: measured on one of them, all models took between 1.5 and 1.8 times as long as predicted, and
between 0.95 and 1.12 times in processor time.
"""

from contextlib import suppress
from pathlib import Path

from engine.circuits.expected.calibration import load_costs, save_costs
from engine.planning.forecast import stage_counts
from engine.session.events import Classification


def keep_pace(run: Classification, path: Path, day: str) -> None:
    """Correct the costs in a file by a run whose cloud was on this machine, if it has any.

    `day` is today, as in 2026-11-30.
    """
    costs = load_costs(path)
    if costs is None:
        return
    counts, degree = stage_counts(run.settings), run.settings.poly_modulus_degree
    predicted = sum(costs.total(each, degree) for each in counts.values())
    taken = sum(stage.seconds for stage in run.stages if stage.key in counts)
    with suppress(OSError):  # the next run tries again
        save_costs(costs.after(predicted, taken, day), path)
