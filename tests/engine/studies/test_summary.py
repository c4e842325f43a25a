"""Summing up: counts against the labels, and intervals as the textbooks have them."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data_sets.samples import Samples
from engine.studies.judging import Part
from engine.studies.summary import summarise, wilson


def part(indices: tuple[int, ...], encrypted: tuple[int, ...], seconds: float = 1.0) -> Part:
    """Return a part whose clear answers are all 1."""
    clear, errors = (1,) * len(indices), tuple(0.01 * (index + 1) for index in indices)
    stages = (("conv", seconds / 2), ("dense", seconds / 4))
    return Part(indices, encrypted, clear, errors, stages, seconds, 2 * seconds, 100, 10, 0.5, 900)


def samples(labels: list[int] | None, first: int = 0) -> Samples:
    pictures = np.zeros((3, 28, 28), np.uint8)
    return Samples("test", pictures, None if labels is None else np.array(labels, np.uint8), first)


def test_answers_are_counted_against_the_labels_and_each_other() -> None:
    parts = [part((2,), (1,), 3.0), part((0,), (5,), 1.0), part((1,), (1,), 2.0)]
    summary = summarise(parts, samples([5, 1, 0], first=8000))
    assert (summary.pictures, summary.parts) == (3, 3)
    assert (summary.clear_correct, summary.encrypted_correct, summary.same) == (1, 2, 2)
    assert summary.disagreements == (8000,)
    assert (summary.cloud_seconds, summary.seconds) == (2.0, 4.0)
    assert summary.stage_seconds == (("conv", 1.0), ("dense", 0.5))
    assert (summary.largest_relative_error, summary.median_relative_error) == (0.03, 0.02)


def test_without_labels_there_is_no_accuracy_but_agreement() -> None:
    summary = summarise([part((0, 1, 2), (1, 1, 1))], samples(None))
    assert summary.clear_accuracy is summary.encrypted_accuracy is None
    assert summary.agreement.percent == 100


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [  # R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3
        (81, 263, 25.53, 36.62),
        (15, 148, 6.24, 16.05),
        (0, 20, 0.0, 16.11),
        (1, 29, 0.61, 17.18),
    ],
)
def test_intervals_are_those_of_the_literature(
    count: int, total: int, low: float, high: float
) -> None:
    accuracy = wilson(count, total)
    assert (accuracy.low, accuracy.high) == pytest.approx((low, high), abs=0.005)


@given(st.integers(1, 20_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_within_bounds(case: tuple[int, int]) -> None:
    accuracy = wilson(*case)
    assert 0 <= accuracy.low <= accuracy.percent <= accuracy.high <= 100


def test_the_area_under_the_curve_is_known_for_two_classes_only() -> None:
    margins = [dataclasses.replace(part((0, 1, 2), (1, 0, 1)), margins=(0.5, -1.0, 0.5))]
    assert summarise(margins, samples([1, 0, 0])).auc == 0.75
    assert summarise(margins, samples(None)).auc is None
    assert summarise([part((0, 1, 2), (1, 0, 1))], samples([1, 0, 0])).auc is None
