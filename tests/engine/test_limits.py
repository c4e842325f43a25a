import pytest

from engine.errors import ModelError
from engine.judging import MODES, Mode
from engine.limits import limit_of
from engine.parameters import Settings
from engine.sweep_records import grid, why_not

MODELS = ("mnist-network1", "mnist-network2")


@pytest.mark.parametrize("mode", MODES)
def test_a_limit_is_told_for_exactly_the_points_that_the_engine_refuses(mode: Mode) -> None:
    points = grid(MODELS, (4096, 8192, 16384), (15, 31, 40, 50), mode)
    told = {point for point in points if limit_of(point.settings, mode) is not None}

    assert told == {point for point in points if why_not(point) is not None}
    assert 0 < len(told) < len(points)


def test_a_limit_is_one_sentence_with_its_reason() -> None:
    sentence = limit_of(Settings("mnist-network2", 8192, 26), "single")
    assert sentence == "N = 8192 gives 4096 slots, but one picture needs 8192."


def test_a_model_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ModelError):
        limit_of(Settings("nothing", 8192, 26), "single")
