"""What is recommended is planned once and kept under the hash of the model's file."""

import pytest

from engine.planning import recommended as module
from engine.planning.forecast import expected_precision
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
