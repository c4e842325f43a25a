"""The primes of a chain are SEAL's, worked out without it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ckks.parameters import Chain
from engine.ckks.primes import chain_primes
from engine.ckks.seal import make_context
from engine.playground.settings import SETTINGS

bits = st.lists(st.integers(22, 60), min_size=2, max_size=8)


@settings(max_examples=40)
@given(degree=st.sampled_from((4096, 8192, 16384)), sizes=bits)
def test_they_are_those_that_seal_takes(degree: int, sizes: list[int]) -> None:
    chain = Chain(degree, tuple(sizes))
    context = make_context(chain, secure=False)
    taken = context.key_context_data().parms().coeff_modulus()
    assert chain_primes(chain) == tuple(prime.value() for prime in taken)


def test_every_setting_of_the_playground_is_secure() -> None:
    for setting in SETTINGS:
        assert make_context(setting.chain).parameters_set()
        assert sum(setting.chain.coeff_modulus_bits) <= 214
