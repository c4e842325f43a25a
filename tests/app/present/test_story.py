"""The steps of the story, sorted out of the stages of any journey."""

import dataclasses

import pytest

from app.present.story import CHAPTERS, Step, engine_text, part_of, stages_of, step_of
from app.state.records import Progress, StageState
from engine.ckks.parameters import Settings
from engine.planning.forecast import Forecast, forecast
from engine.planning.journey import StageInfo


def info(key: str, side: str) -> StageInfo:
    return StageInfo(key, key.title(), "", side, 3)  # type: ignore[arg-type]


ROUNDS = (
    info("keys", "client"),
    info("encrypt", "client"),
    info("send", "wire"),
    info("conv", "cloud"),
    info("receive-1", "wire"),
    info("decrypt-1", "client"),
    info("refresh-1", "client"),
    info("encrypt-2", "client"),
    info("send-2", "wire"),
    info("dense-1", "cloud"),
    info("receive", "wire"),
    info("decrypt", "client"),
)


def done(*keys: str) -> dict[str, StageState]:
    return {key: StageState(Progress.DONE, 0.5, 100) for key in keys}


def test_every_step_has_one_sentence() -> None:
    assert set(CHAPTERS) == set(Step)
    assert all(chapter.sentence.endswith(".") for chapter in CHAPTERS.values())


def test_every_stage_of_a_real_journey_but_the_keys_belongs_to_a_step() -> None:
    found = forecast(Settings())
    assert isinstance(found, Forecast)
    sorted_out = [step_of(each) for each in found.stages]

    assert sorted_out[0] is None
    assert None not in sorted_out[1:]
    for step in list(Step)[1:]:
        assert stages_of(step, found.stages)


def test_a_journey_of_several_rounds_is_told_in_the_same_steps() -> None:
    keys = {step: [each.key for each in stages_of(step, ROUNDS)] for step in Step}

    assert keys[Step.ENCRYPT] == ["encrypt", "encrypt-2"]
    assert keys[Step.SEND] == ["send", "send-2"]
    assert keys[Step.COMPUTE] == ["conv", "refresh-1", "dense-1"]
    assert keys[Step.RETURN] == ["receive-1", "receive"]
    assert keys[Step.DECRYPT] == ["decrypt-1", "decrypt"]


@pytest.mark.parametrize("step", [Step.ENCRYPT, Step.SEND])
def test_the_picture_is_on_its_way_after_the_first_round_has_begun(step: Step) -> None:
    part = part_of(step, ROUNDS, done("encrypt", "send"))

    assert part.progress is Progress.DONE
    assert part.seconds == 0.5


@pytest.mark.parametrize("step", [Step.COMPUTE, Step.RETURN, Step.DECRYPT])
def test_what_comes_later_is_done_after_the_last_round(step: Step) -> None:
    first = done("encrypt", "send", "conv", "receive-1", "decrypt-1", "refresh-1")
    everything = done(*(each.key for each in ROUNDS))

    assert part_of(step, ROUNDS, first).progress is Progress.RUNNING
    assert part_of(step, ROUNDS, everything).progress is Progress.DONE
    assert part_of(step, ROUNDS, {}).progress is Progress.WAITING


def test_times_and_bytes_of_all_rounds_are_added_up() -> None:
    part = part_of(Step.RETURN, ROUNDS, done("receive-1", "receive"))

    assert (part.seconds, part.wire_bytes) == (1.0, 200)


def test_where_the_engine_is_is_told_with_its_stage_and_their_number() -> None:
    states = done("encrypt", "send")
    states["conv"] = dataclasses.replace(StageState(Progress.RUNNING))

    assert engine_text(ROUNDS, states) == "Conv; 2 of 11 stages are done"
    assert engine_text(ROUNDS, {}) == "0 of 11 stages are done"
