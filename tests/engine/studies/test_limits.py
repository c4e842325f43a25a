import pytest

from engine.ckks.parameters import PROTOCOLS, ProtocolName, Settings
from engine.errors import ModelError
from engine.studies.judging import MODES, Mode
from engine.studies.sweeps.limits import limit_of
from engine.studies.sweeps.records import grid, why_not

MODELS = ("mnist-network1", "mnist-network2")


@pytest.mark.parametrize("outer_bits", [None, 32, 45])
@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("mode", MODES)
def test_a_limit_is_told_for_exactly_the_points_that_the_engine_refuses(
    mode: Mode, protocol: ProtocolName, outer_bits: int | None
) -> None:
    others = Settings(protocol=protocol, outer_bits=outer_bits)
    points = grid(MODELS, (4096, 8192, 16384), (15, 26, 31, 40), mode, others)
    told = {point for point in points if limit_of(point.settings, mode) is not None}

    assert told == {point for point in points if why_not(point) is not None}
    assert told
    assert (len(told) < len(points)) is (mode == "single" or protocol == "one-shot")


def test_a_limit_is_one_sentence_with_its_reason() -> None:
    sentence = limit_of(Settings("mnist-network2", 8192, 26), "single")
    assert sentence is not None
    assert sentence.startswith("A bit scale of 26 needs a coefficient modulus of 2")
    assert sentence.endswith("but N = 8192 is 128-bit secure only up to 214.")


def test_a_model_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ModelError):
        limit_of(Settings("nothing", 8192, 26), "single")
