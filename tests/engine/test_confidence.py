"""The confidence interval of an accuracy, against published values and its own definition."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.confidence import Z, confidence_interval


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [(0, 10, 0, 27.75), (10, 10, 72.25, 100), (81, 263, 25.53, 36.62), (9913, 10000, 98.93, 99.29)],
)
def test_known_intervals(right: int, total: int, low: float, high: float) -> None:
    assert confidence_interval(right, total) == pytest.approx((low, high), abs=0.01)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_each_end_is_as_unlikely_as_the_interval_allows(counts: tuple[int, int]) -> None:
    right, total = counts
    for end in confidence_interval(right, total):
        truth = end / 100
        deviation = math.sqrt(truth * (1 - truth) / total)
        assert abs(right / total - truth) == pytest.approx(Z * deviation, abs=1e-6)
