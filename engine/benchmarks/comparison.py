"""`bench --all`: both networks in both protocols in one run, and the bars that they must meet."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.benchmarks.single import BenchReport, Pictures, run_benches
from engine.ckks.parameters import Settings
from engine.remote.address import Address

CONTENDERS = {
    "network 1, one shot": Settings("mnist-network1", 8192, 26),
    "network 2, one shot": Settings("mnist-network2", 16384, 27),
    "network 1, refreshed": Settings("mnist-network1", 4096, 24, protocol="refresh"),
    "network 2, refreshed": Settings("mnist-network2", 4096, 24, protocol="refresh"),
}
"""The fastest setting of each that is exact to half a percent."""

MOST_TIMES_NETWORK_1 = 10.0
LEAST_TIMES_STOCK = 8.0
MOST_ERROR = 0.005
LEAST_SAME = 0.999


@dataclass(frozen=True)
class Bar:
    """A figure, the limit that it has to keep, and whether it does."""

    what: str
    value: float
    limit: float
    met: bool


@dataclass(frozen=True)
class Comparison:
    """What `python -m engine bench --all --json` prints."""

    reports: dict[str, BenchReport]
    bars: tuple[Bar, ...]


def run_comparison(
    pictures: Pictures,
    runs: int,
    on_progress: Callable[[int, int], None],
    cloud: Address | None = None,
) -> Comparison:
    """Measure all contenders in turn, as `engine.benchmarks.single.run_benches` does."""
    measured = run_benches(list(CONTENDERS.values()), pictures, runs, on_progress, cloud)
    reports = dict(zip(CONTENDERS, measured, strict=True))
    return Comparison(reports, judge(reports))


def judge(reports: dict[str, BenchReport]) -> tuple[Bar, ...]:
    """Return every bar with the figure that it judges."""
    first, second, _, refreshed = (reports[name].engine_ms for name in CONTENDERS)
    bars = [
        _at_most("network 2 in one shot, times network 1", second / first, MOST_TIMES_NETWORK_1),
        _at_most("network 2 refreshed, times one shot", refreshed / second, 1.0),
    ]
    for name, report in reports.items():
        same = report.same_prediction / report.pictures
        bars += [
            _at_least(f"{name}: times as fast as stock", report.ratio, LEAST_TIMES_STOCK),
            _at_most(f"{name}: largest relative error", report.max_relative_error, MOST_ERROR),
            _at_least(f"{name}: same prediction as clear", same, LEAST_SAME),
        ]
    return tuple(bars)


def _at_most(what: str, value: float, limit: float) -> Bar:
    return Bar(what, round(value, 5), limit, value <= limit)


def _at_least(what: str, value: float, limit: float) -> Bar:
    return Bar(what, round(value, 5), limit, value >= limit)
