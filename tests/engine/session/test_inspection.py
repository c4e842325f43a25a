import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.session.inspection import (
    BINS,
    Coefficients,
    coefficient_histogram,
    entropy_bits,
    pixel_histogram,
    uniformity,
)


@given(st.binary(min_size=1, max_size=784))
def test_every_pixel_is_counted_once_where_its_value_belongs(data: bytes) -> None:
    pixels = np.frombuffer(data, np.uint8)
    counts = pixel_histogram(pixels)
    assert counts.shape == (BINS,)
    for place, count in enumerate(counts):
        assert count == ((pixels >= 4 * place) & (pixels < 4 * place + 4)).sum()


def test_coefficients_are_counted_as_shares_of_their_own_prime() -> None:
    primes = (101, (1 << 60) - 1)
    rows = np.array([[[0, 50, 100], [0, (1 << 59), primes[1] - 1]]] * 2, dtype=np.uint64)
    counts = coefficient_histogram(Coefficients(primes, rows), bins=4)
    assert counts.tolist() == [4, 2, 2, 4]


def test_equal_counts_are_nearer_to_equal_than_chance_would_be() -> None:
    equal = uniformity(np.full(BINS, 100))
    assert equal.chi_square == 0
    assert equal.freedom == BINS - 1
    assert not equal.is_like_chance


def test_random_counts_are_like_chance_and_a_picture_is_not() -> None:
    rng = np.random.default_rng(5)
    assert uniformity(np.bincount(rng.integers(0, BINS, 50_000), minlength=BINS)).is_like_chance
    assert not uniformity(pixel_histogram(np.zeros((28, 28), dtype=np.uint8))).is_like_chance


def test_chi_square_follows_its_definition() -> None:
    assert uniformity(np.array([12, 8])).chi_square == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("data", "bits"), [(b"", 0), (b"aaaa", 0), (b"abab", 1), (bytes(range(256)), 8)]
)
def test_entropy_is_that_of_shannon(data: bytes, bits: float) -> None:
    assert entropy_bits(data) == pytest.approx(bits)
