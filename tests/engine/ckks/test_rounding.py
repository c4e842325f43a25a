"""Rounding a mask ahead of SEAL: the same values, with less error where it matters."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tenseal import sealapi

from engine.arrays import Array
from engine.ckks import rounding
from engine.ckks.parameters import Chain
from engine.ckks.rounding import round_mask
from engine.ckks.seal import SealEncoder, level_ids, make_context

DEGREE = 8192
CHAIN = Chain(DEGREE, (50, 50, 50, 50))

ComplexArray = npt.NDArray[np.complex128]


def plainly_rounded(values: Array, scale: float) -> ComplexArray:
    """Round every coefficient to the nearest integer, as SEAL's own encoder does."""
    degree = 2 * len(values)
    coefficients = rounding._coefficients(values.astype(np.complex128), degree)
    return rounding._slots(np.rint(coefficients * scale), degree) / scale


@pytest.fixture(scope="module")
def context() -> sealapi.SEALContext:
    return make_context(CHAIN)


def decoded(
    context: sealapi.SEALContext, values: list[complex] | list[float], scale: float
) -> ComplexArray:
    encoder, plaintext = sealapi.CKKSEncoder(context), sealapi.Plaintext()
    encoder.encode(values, level_ids(context)[3], scale, plaintext)
    return np.asarray(encoder.decode_complex(plaintext))


@settings(max_examples=30)
@given(log_degree=st.integers(2, 12), seed=st.integers(0, 2**32 - 1), size=st.floats(0.01, 100))
def test_coefficients_and_slots_are_inverses(log_degree: int, seed: int, size: float) -> None:
    degree = 2**log_degree
    rng = np.random.default_rng(seed)
    slots: ComplexArray = rng.normal(scale=size, size=(degree // 2, 2)) @ np.array([1, 1j])
    coefficients = rounding._coefficients(slots, degree)
    assert coefficients.dtype == np.float64
    np.testing.assert_allclose(rounding._slots(coefficients, degree), slots, atol=1e-9 * size)
    coefficients = rng.normal(scale=size, size=degree)
    again = rounding._coefficients(rounding._slots(coefficients, degree), degree)
    np.testing.assert_allclose(again, coefficients, atol=1e-9 * size)


@settings(max_examples=30)
@given(log_degree=st.integers(2, 11), scale_bits=st.floats(1, 40), seed=st.integers(0, 2**32 - 1))
def test_a_rounded_mask_has_integer_coefficients(
    log_degree: int, scale_bits: float, seed: int
) -> None:
    degree, scale = 2**log_degree, 2.0**scale_bits
    values = np.random.default_rng(seed).normal(size=degree // 2)
    coefficients = rounding._coefficients(round_mask(values, scale), degree) * scale
    np.testing.assert_allclose(coefficients, np.rint(coefficients), atol=1e-3)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("scale_bits", [12, 20, 26])
def test_the_error_of_the_real_parts_is_half_of_plain_rounding(scale_bits: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=DEGREE // 2)
    scale = 2.0**scale_bits
    ours = round_mask(values, scale).real - values
    plain = plainly_rounded(values, scale).real - values
    assert ours.std() < 0.6 * plain.std()
    assert ours.std() == pytest.approx(np.sqrt(DEGREE / 2 / 12 / 2) / scale, rel=0.1)


@pytest.mark.parametrize("scale_bits", [20, 30, 40])
def test_the_imaginary_parts_stay_small(scale_bits: int) -> None:
    values = np.random.default_rng(scale_bits).normal(size=DEGREE // 2)
    rounded = round_mask(values, 2.0**scale_bits)
    assert np.abs(rounded.imag).max() < DEGREE / 2.0**scale_bits


@pytest.mark.parametrize("scale_bits", [16.0, 24.3, 32.0])
def test_seal_encodes_a_rounded_mask_without_rounding_it_again(
    context: sealapi.SEALContext, scale_bits: float
) -> None:
    rng = np.random.default_rng(7)
    values, scale = rng.normal(size=DEGREE // 2), 2.0**scale_bits
    rounded = round_mask(values, scale)
    back = decoded(context, rounded.tolist(), scale)
    assert np.abs(back - rounded).max() < 1e-3 / scale * np.sqrt(DEGREE)
    assert (back.real - values).std() < 0.6 * (
        decoded(context, values.tolist(), scale).real - values
    ).std()


@pytest.mark.parametrize("scale_bits", [45, 52, 58, 62.4, 66, 70, 80])
def test_scales_beyond_double_precision_do_no_harm(
    context: sealapi.SEALContext, scale_bits: float
) -> None:
    values = np.random.default_rng(8).normal(scale=5, size=DEGREE // 2)
    scale = 2.0**scale_bits
    np.testing.assert_allclose(round_mask(values, scale), values, atol=1e-9)
    back = decoded(context, round_mask(values, scale).tolist(), scale)
    np.testing.assert_allclose(back.real, values, atol=1e-9)


def test_the_encoder_repeats_a_period_through_all_slots(context: sealapi.SEALContext) -> None:
    values, plain = np.random.default_rng(9).normal(size=256), sealapi.CKKSEncoder(context)
    plaintext = SealEncoder(context).encode(values, 2, 2.0**30)
    slots = np.asarray(plain.decode_double(plaintext))
    np.testing.assert_allclose(slots, np.tile(values, DEGREE // 2 // 256), atol=1e-5)
    assert plaintext.scale == 2.0**30
