"""Settings become safe chains that SEAL accepts, or one error with a setting that works."""

import dataclasses
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tenseal import sealapi

from engine.circuits.stages import circuit_shape
from engine.ckks.chains import refreshed_parameters
from engine.ckks.feasibility import choose_parameters, nearest_working
from engine.ckks.parameters import (
    MAX_PRIME_BITS,
    OUTER_BITS_RANGE,
    POLY_MODULUS_DEGREES,
    SCALE_BITS_RANGE,
    Chain,
    CircuitShape,
    Parameters,
    Settings,
)
from engine.ckks.seal import data_primes, level_ids, make_context
from engine.ckks.security import GUIDELINES_2024, STANDARD_2018, security_bits
from engine.errors import ParameterError
from engine.networks.layers import Network

LEAST_PRIME_BITS = 20
NETWORK_1 = CircuitShape(squares=2, slots=4096, largest_logit=17.0, baby_steps=False)

chosen = st.builds(
    Settings,
    poly_modulus_degree=st.sampled_from(POLY_MODULUS_DEGREES),
    scale_bits=st.sampled_from(SCALE_BITS_RANGE),
    outer_bits=st.none() | st.sampled_from(OUTER_BITS_RANGE),
)
shapes = st.builds(
    CircuitShape,
    squares=st.integers(1, 3),
    slots=st.sampled_from((1024, 2048, 4096, 8192)),
    largest_logit=st.floats(0.01, 500),
    baby_steps=st.booleans(),
)


def set_to(degree: int, scale_bits: int, outer_bits: int | None = None) -> Settings:
    return Settings(poly_modulus_degree=degree, scale_bits=scale_bits, outer_bits=outer_bits)


def outcome(wanted: Settings, shape: CircuitShape) -> Parameters | ParameterError:
    try:
        return choose_parameters(wanted, shape)
    except ParameterError as error:
        return error


def assert_safe(parameters: Parameters) -> None:
    bits = parameters.chain.coeff_modulus_bits
    assert sum(bits) <= GUIDELINES_2024[parameters.chain.poly_modulus_degree][0]
    assert all(LEAST_PRIME_BITS <= each <= MAX_PRIME_BITS for each in bits), bits


def assert_seal_accepts(parameters: Parameters) -> None:
    chain = parameters.chain
    context = make_context(chain)
    assert context.parameters_set(), context.parameters_error_message()
    primes = data_primes(chain)
    assert [prime.bit_length() for prime in primes] == list(chain.coeff_modulus_bits[:-1])
    assert len(set(primes)) == len(primes) == chain.top_level
    assert set(range(1, len(primes) + 1)) <= set(level_ids(context))


@settings(max_examples=150)
@given(wanted=chosen, shape=shapes)
@example(wanted=set_to(8192, 32), shape=NETWORK_1)
@example(wanted=set_to(8192, 33), shape=NETWORK_1)
@example(wanted=set_to(8192, 15, 40), shape=NETWORK_1)
def test_every_setting_gives_a_safe_chain_or_a_suggestion_that_works(
    wanted: Settings, shape: CircuitShape
) -> None:
    parameters = outcome(wanted, shape)
    if isinstance(parameters, ParameterError):
        suggestion = parameters.suggestion
        if suggestion is not None:
            assert suggestion != wanted
            assert suggestion.model == wanted.model
            assert str(suggestion.scale_bits) in str(parameters)
            assert_safe(choose_parameters(suggestion, shape))
        return
    assert_safe(parameters)
    assert parameters.chain.slots >= shape.slots
    assert len(parameters.input_scale_bits) == shape.squares + 1
    assert len(parameters.square_drops) == shape.squares
    drops = sum(parameters.square_drops) + parameters.linear_drop * (shape.squares + 1)
    assert parameters.chain.top_level > drops


@settings(max_examples=12)
@given(wanted=chosen)
@example(wanted=set_to(8192, 31))
@example(wanted=set_to(8192, 32))
@example(wanted=set_to(8192, 33))
@example(wanted=set_to(8192, 15, 21))
@example(wanted=set_to(8192, 19, 40))
@example(wanted=set_to(16384, 20, 40))
@example(wanted=set_to(16384, 21, 60))
@example(wanted=set_to(32768, 15, 40))
@example(wanted=set_to(32768, 20, 40))
@example(wanted=set_to(32768, 21, 40))
@example(wanted=set_to(32768, 22, 28))
@example(wanted=set_to(32768, 23, 40))
@example(wanted=set_to(32768, 24, 60))
def test_seal_makes_every_chain_that_is_accepted(wanted: Settings) -> None:
    parameters = outcome(wanted, NETWORK_1)
    if isinstance(parameters, ParameterError):
        assert parameters.suggestion is not None
        parameters = choose_parameters(parameters.suggestion, NETWORK_1)
    assert_seal_accepts(parameters)


def test_the_default_works_for_the_shipped_model_and_is_128_bit_secure_by_both_tables(
    model: Network,
) -> None:
    parameters = choose_parameters(Settings(), circuit_shape(model))
    total = sum(parameters.chain.coeff_modulus_bits)
    assert security_bits(GUIDELINES_2024, 8192, total) == 128
    assert security_bits(STANDARD_2018, 8192, total) == 128
    assert parameters.chain.top_level == 3


def test_the_tables_are_the_published_ones() -> None:
    assert STANDARD_2018 == {
        4096: (109, 75, 58),
        8192: (218, 152, 118),
        16384: (438, 305, 237),
        32768: (881, 611, 476),
    }
    assert GUIDELINES_2024 == {
        4096: (106, 73, 56),
        8192: (214, 147, 114),
        16384: (430, 297, 230),
        32768: (868, 597, 462),
    }


@pytest.mark.parametrize(
    ("total", "level"), [(214, 128), (215, 0), (147, 192), (148, 128), (114, 256), (115, 192)]
)
def test_security_is_the_highest_level_that_the_table_grants(total: int, level: int) -> None:
    assert security_bits(GUIDELINES_2024, 8192, total) == level


@pytest.mark.parametrize("degree", POLY_MODULUS_DEGREES)
def test_the_2018_limit_is_the_one_that_seal_enforces(degree: int) -> None:
    limit = sealapi.CoeffModulus.MaxBitCount(degree, sealapi.SEC_LEVEL_TYPE.TC128)
    assert limit == STANDARD_2018[degree][0]
    assert GUIDELINES_2024[degree][0] <= limit


def test_seal_refuses_an_unsafe_chain() -> None:
    unsafe = Chain(8192, (50, 50, 50, 50, 50))
    assert not make_context(unsafe).parameters_set()
    assert make_context(unsafe, secure=False).parameters_set()


def test_outer_bits_give_the_chain_that_tenseal_users_write() -> None:
    parameters = choose_parameters(set_to(8192, 26, 32), NETWORK_1)
    assert parameters.chain.coeff_modulus_bits == (32, 26, 26, 26, 26, 26, 32)
    assert parameters.input_scale_bits == (26.0, 26.0, 26.0)


def test_without_outer_bits_fewer_and_larger_primes_carry_the_same_budget() -> None:
    parameters = choose_parameters(set_to(8192, 26), NETWORK_1)
    assert (parameters.linear_drop, parameters.square_drops) == (0, (1, 1))
    assert len(parameters.chain.coeff_modulus_bits) == 4


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (set_to(2048, 26), "2048 is not one of"),
        (set_to(8191, 26), "8191 is not one of"),
        (set_to(8192, 14), "14 is outside 15 to 50"),
        (set_to(8192, 51), "51 is outside 15 to 50"),
        (set_to(8192, 26, 19), "19 bits are outside 20 to 60"),
        (set_to(8192, 26, 61), "61 bits are outside 20 to 60"),
        (set_to(4096, 26), "2048 slots, but one picture needs 4096"),
        (set_to(8192, 50), "128-bit secure only up to 214"),
        (set_to(8192, 26, 60), "128-bit secure only up to 214"),
        (set_to(8192, 26, 27), "6 bits above the bit scale, not 1"),
    ],
)
def test_a_refusal_says_what_is_wrong_and_what_works(wanted: Settings, reason: str) -> None:
    with pytest.raises(ParameterError, match=reason) as caught:
        choose_parameters(wanted, NETWORK_1)
    suggestion = caught.value.suggestion
    assert suggestion is not None
    assert f"N = {suggestion.poly_modulus_degree}" in str(caught.value)
    assert_safe(choose_parameters(suggestion, NETWORK_1))


def test_a_shape_that_fits_nowhere_is_refused_without_a_suggestion() -> None:
    with pytest.raises(ParameterError, match="no setting works") as caught:
        choose_parameters(Settings(), dataclasses.replace(NETWORK_1, slots=2**20))
    assert caught.value.suggestion is None


def test_the_suggestion_is_the_nearest_setting() -> None:
    assert nearest_working(set_to(8192, 26), NETWORK_1) == set_to(8192, 26)
    assert nearest_working(set_to(4096, 26), NETWORK_1) == set_to(8192, 26)
    assert nearest_working(set_to(8192, 26, 30), NETWORK_1) == set_to(8192, 24, 30)


def test_a_suggestion_keeps_the_model() -> None:
    wanted = dataclasses.replace(set_to(4096, 26), model="another")
    found = nearest_working(wanted, NETWORK_1)
    assert found is not None
    assert found.model == "another"


@pytest.mark.parametrize("largest_logit", [0.001, 0.5, 1.0, 2.0])
def test_small_scores_need_no_special_care(largest_logit: float) -> None:
    assert_safe(
        choose_parameters(Settings(), dataclasses.replace(NETWORK_1, largest_logit=largest_logit))
    )


REFRESHED = CircuitShape(1, 2048, 17.0, baby_steps=False, refreshed=True)


@settings(max_examples=60)
@given(wanted=chosen)
def test_with_refreshes_too_every_setting_gives_a_safe_chain_or_a_suggestion(
    wanted: Settings,
) -> None:
    wanted = dataclasses.replace(wanted, protocol="refresh")
    parameters = outcome(wanted, REFRESHED)
    if isinstance(parameters, ParameterError):
        assert parameters.suggestion is not None
        assert parameters.suggestion.protocol == "refresh"
        parameters = choose_parameters(parameters.suggestion, REFRESHED)
    assert_safe(parameters)
    leg = refreshed_parameters(parameters, 40.0)
    assert leg.chain == parameters.chain
    assert leg.linear_drop + sum(leg.square_drops) < leg.chain.top_level


def test_with_refreshes_a_chain_is_shorter_and_fits_a_smaller_ring() -> None:
    once = choose_parameters(set_to(8192, 26), NETWORK_1)
    often = choose_parameters(set_to(8192, 26), REFRESHED)
    assert often.chain.top_level == 2 < once.chain.top_level
    small = choose_parameters(set_to(4096, 24), REFRESHED)
    assert small.chain.coeff_modulus_bits == (50, 22, 34)
    with pytest.raises(ParameterError) as caught:
        choose_parameters(set_to(4096, 26), REFRESHED)
    assert caught.value.suggestion == set_to(4096, 24)


def test_a_protocol_that_there_is_not_is_refused_by_name() -> None:
    wanted: Any = dataclasses.replace(Settings(), protocol="telepathy")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="'telepathy' is none of one-shot, refresh") as caught:
        choose_parameters(wanted, NETWORK_1)
    assert caught.value.suggestion == Settings()
