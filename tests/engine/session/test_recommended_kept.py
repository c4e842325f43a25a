"""What is recommended is planned once and kept under the hash of the model's file."""

import pytest

from engine.circuits.expected.precision import Precision
from engine.ckks.parameters import Settings
from engine.planning import recommended as module
from engine.planning import search
from engine.planning.forecast import circuit_for, expected_precision
from engine.planning.recommended import known_recommendation, recommended


def test_a_recommendation_is_kept_and_found_without_planning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recommended.forget()
    assert known_recommendation("mnist-network1") is None
    found = recommended("mnist-network1")
    assert known_recommendation("mnist-network1") == found

    recommended.forget()
    monkeypatch.setattr(module, "fastest_precise", lambda *_: pytest.fail("it was planned again"))
    assert recommended("mnist-network1") == found


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', '{"a": [5, 26]}', "[[[["])
def test_a_damaged_file_is_as_good_as_none(content: str) -> None:
    recommended.forget()
    module._kept_path().write_text(content)
    assert known_recommendation("mnist-network1") is None
    assert recommended("mnist-network1").poly_modulus_degree == 8192


def test_a_smaller_error_asked_for_costs_time_and_is_kept_apart() -> None:
    usual, exact = recommended("mnist-network1"), recommended("mnist-network1", most_error=5e-4)
    assert expected_precision(usual).relative_error > 5e-4
    assert expected_precision(exact).relative_error <= 5e-4
    assert exact.scale_bits > usual.scale_bits
    recommended.forget()
    assert recommended("mnist-network1") == usual


def test_fewer_bits_on_as_many_primes_are_not_asked_after_more_that_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Settings] = []

    def imprecise(settings: Settings) -> Precision:
        asked.append(settings)
        return Precision(1.0, ())

    monkeypatch.setattr(search, "expected_precision", imprecise)
    search.fastest_precise("mnist-network2", "one-shot", 32768)
    primes = [circuit_for(settings).parameters.chain.top_level for settings in asked]
    assert len(primes) > 2
    assert len(set(primes)) == len(primes)
