"""Two values in a slot: joined, squared and parted again on plain numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.arrays import Array
from engine.circuits.clear import ClearSquares
from engine.ckks.pairs import alternating, joined, parts, square_pair, square_real

pairs = hnp.arrays(
    np.float64,
    st.integers(1, 9).map(lambda half: (2, 2 * half)),
    elements=st.floats(-100, 100),
)


@given(values=pairs)
def test_what_was_joined_comes_apart_again(values: Array) -> None:
    for part, found in zip(values, parts(joined(values)), strict=True):
        np.testing.assert_array_equal(found, part)


@given(values=pairs)
def test_both_values_of_a_slot_are_squared_at_once(values: Array) -> None:
    squared = square_pair(ClearSquares(), joined(values) / 2)
    for part, found in zip(values, parts(squared), strict=True):
        np.testing.assert_allclose(found, part**2, atol=1e-9)


@given(values=pairs)
def test_whatever_is_in_the_imaginary_part_the_real_one_is_squared(values: Array) -> None:
    squared = square_real(ClearSquares(), joined(values) / 2)
    np.testing.assert_allclose(squared, values[0] ** 2, atol=1e-9)


def test_one_value_a_slot_stays_real() -> None:
    slots = joined(np.ones((3, 1, 4)))
    assert slots.shape == (3, 4)
    assert np.isrealobj(slots)


@pytest.mark.parametrize("slots", [2, 8])
def test_the_imaginary_part_changes_its_sign_from_slot_to_slot(slots: int) -> None:
    assert alternating(slots).tolist() == [1j, -1j] * (slots // 2)
