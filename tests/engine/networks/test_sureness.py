"""Probabilities that mean what they say: temperature, calibration error, and what is unknown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.networks.recognition import are_known
from engine.networks.sureness import calibration_error, fitted_temperature, probabilities


@given(
    st.lists(st.floats(-500, 500), min_size=2, max_size=10),
    st.floats(0.2, 5),
)
def test_probabilities_sum_to_one_in_the_order_of_the_scores(
    scores: list[float], temperature: float
) -> None:
    likely = probabilities(np.array(scores), temperature)
    assert likely.sum() == pytest.approx(1)
    assert likely[int(np.argmax(scores))] == likely.max()


def test_a_higher_temperature_is_less_sure() -> None:
    cold, warm = (probabilities(np.array([4.0, 1.0]), each)[0] for each in (0.5, 2.0))
    assert cold > warm > 0.5


def test_the_temperature_that_made_the_labels_is_found_again() -> None:
    random = np.random.default_rng(1)
    scores = random.normal(0, 4, (20_000, 10))
    likely = probabilities(scores, 1.7)
    labels = (likely.cumsum(axis=1) > random.random((20_000, 1))).argmax(axis=1)
    assert fitted_temperature(scores, labels) == pytest.approx(1.7, rel=0.05)
    assert calibration_error(likely, labels) < 1.5
    assert calibration_error(probabilities(scores, 0.4), labels) > 5


def test_the_error_is_the_distance_of_how_sure_from_how_right() -> None:
    likely = np.full((10, 2), (0.8, 0.2))
    labels = np.array([0] * 6 + [1] * 4)
    assert calibration_error(likely, labels) == pytest.approx(20)


def test_bins_are_weighed_by_their_pictures() -> None:
    likely = np.array([[0.9, 0.1]] * 3 + [[0.6, 0.4]])
    labels = np.array([0, 0, 0, 1])
    assert calibration_error(likely, labels) == pytest.approx(100 * (3 * 0.1 + 0.6) / 4)


def test_all_is_known_where_nothing_tells_otherwise() -> None:
    assert are_known(np.zeros((3, 28, 28), np.uint8), "KMNIST") == [True] * 3
