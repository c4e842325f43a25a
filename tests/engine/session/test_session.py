"""Whole sessions with real processes: answers, events, sizes, cancelling, and lost processes.

Nothing here waits for a time to pass. A result and a key are larger than a pipe holds, so a child
process cannot finish its answer while the test holds the session inside an event.
"""

import dataclasses

import numpy as np
import pytest
from listening import Listener
from session_steps import SMALLER, Picture, classify

from engine.ckks.parameters import Settings
from engine.errors import (
    MessageError,
    ModelError,
    ParameterError,
)
from engine.networks.layers import Network
from engine.planning.forecast import Forecast, forecast
from engine.session.events import StageFinished, StageProgress, StageStarted
from engine.session.relay import Session


def test_encrypted_scores_are_within_half_a_percent_of_the_clear_ones(
    session: Session, samples: tuple[Picture, ...], model: Network
) -> None:
    for digit, picture in enumerate(samples):
        answer = session.classify(picture)
        clear = model.forward(picture[None, None] / 255)[0]
        assert answer.clear == tuple(clear.tolist())
        assert answer.relative_error < 0.005
        assert answer.prediction == answer.clear_prediction == digit


def test_the_answer_is_consistent_in_itself(
    session: Session, samples: tuple[Picture, ...], model: Network
) -> None:
    answer = session.classify(samples[5])
    encrypted, clear = np.asarray(answer.encrypted), np.asarray(answer.clear)
    assert answer.settings == Settings()
    assert answer.classes == model.card.classes
    assert answer.prediction == encrypted.argmax()
    assert answer.largest_difference == np.abs(encrypted - clear).max()
    assert answer.relative_error == answer.largest_difference / np.abs(clear).max()
    assert 0 < answer.server_seconds < answer.total_seconds
    assert hash(answer) == hash(dataclasses.replace(answer))


def test_every_stage_is_reported_once_and_in_order(
    session: Session, listener: Listener, samples: tuple[Picture, ...]
) -> None:
    planned = forecast(Settings())
    assert isinstance(planned, Forecast)
    answer = session.classify(samples[0])
    keys = [stage.key for stage in planned.stages][1:]  # the keys are there already
    assert keys[:2] == ["encrypt", "send"]
    assert keys[-2:] == ["receive", "decrypt"]
    expected: list[tuple[type, str]] = []
    for key in keys:
        expected += [(StageStarted, key), (StageFinished, key)]
    assert [(type(event), event.key) for event in listener.events] == expected
    finished = [event for event in listener.events if isinstance(event, StageFinished)]
    assert tuple(finished) == answer.stages
    assert [event.level for event in finished] == [stage.level for stage in planned.stages][1:]
    assert all(event.seconds >= 0 for event in finished)


def test_making_keys_reports_each_key(session: Session, listener: Listener) -> None:
    ready = session.prepare(SMALLER)
    total = ready.galois_key_count + 1
    progress = [StageProgress("keys", done, total) for done in range(1, total + 1)]
    assert listener.events[0] == StageStarted("keys")
    assert listener.events[1:-1] == progress
    last = listener.events[-1]
    assert isinstance(last, StageFinished)
    assert (last.key, last.seconds) == ("keys", ready.seconds)


def test_the_bytes_reported_are_the_sizes_of_what_was_sent(
    session: Session, listener: Listener, samples: tuple[Picture, ...]
) -> None:
    ready = session.prepare(SMALLER)
    keys = listener.events[-1]
    assert isinstance(keys, StageFinished)
    assert keys.wire_bytes == ready.relin_key_bytes + ready.galois_key_bytes
    answer = session.classify(samples[0])
    sizes = {stage.key: stage.wire_bytes for stage in answer.stages if stage.wire_bytes}
    assert sizes == {"send": len(answer.ciphertext.data), "receive": answer.result_bytes}


def test_sizes_stay_within_what_was_promised_at_the_default(
    session: Session, samples: tuple[Picture, ...]
) -> None:
    ready = session.prepare(Settings())
    assert ready.relin_key_bytes + ready.galois_key_bytes < 40e6
    assert len(session.classify(samples[0]).ciphertext.data) < 0.25e6


def test_keys_are_made_once_for_a_setting(session: Session, listener: Listener) -> None:
    ready, pids = session.prepare(Settings()), session.pids
    assert session.prepare(Settings()) is ready
    assert listener.events == []
    assert session.pids == pids


def test_another_setting_makes_other_keys_in_the_same_processes(
    session: Session, samples: tuple[Picture, ...]
) -> None:
    pids = session.pids
    ready = session.prepare(SMALLER)
    assert ready.settings == SMALLER
    assert classify(session, samples[2]).settings == SMALLER
    again = session.prepare(Settings())
    assert again.settings == Settings()
    assert classify(session, samples[2]).settings == Settings()
    assert session.pids == pids


def test_two_encryptions_of_one_picture_have_hardly_a_byte_in_common(
    session: Session, samples: tuple[Picture, ...]
) -> None:
    first, second = (
        np.frombuffer(session.encrypt(samples[0]).data, dtype=np.uint8) for _ in range(2)
    )
    common = min(len(first), len(second))
    assert (first[:common] != second[:common]).mean() > 0.95


def test_a_ciphertext_says_nothing_of_the_picture_by_its_size(
    session: Session, samples: tuple[Picture, ...]
) -> None:
    blank = np.zeros((28, 28), dtype=np.uint8)
    sizes = [len(session.encrypt(picture).data) for picture in (*samples[:3], blank, 255 - blank)]
    assert max(sizes) - min(sizes) < 0.005 * min(sizes)


def test_the_wrong_key_gives_noise(session: Session, samples: tuple[Picture, ...]) -> None:
    right = session.classify(samples[6])
    wrong = session.decrypt_with_wrong_key()
    assert len(wrong) == 10
    assert max(map(abs, wrong)) > 10 * max(map(abs, right.encrypted))
    assert session.decrypt_with_wrong_key() != wrong  # another wrong key every time
    assert classify(session, samples[6]).prediction == right.prediction


def test_before_any_result_there_is_nothing_to_decrypt(session: Session) -> None:
    session.prepare(SMALLER)
    with pytest.raises(MessageError, match="no result to decrypt"):
        session.decrypt_with_wrong_key()


def test_before_prepare_there_is_nothing_to_encrypt_with(samples: tuple[Picture, ...]) -> None:
    with Session() as fresh:
        for call in (fresh.classify, fresh.encrypt):
            with pytest.raises(MessageError, match="no keys yet"):
                call(samples[0])


def test_an_impossible_setting_is_refused_before_any_key_is_made(
    session: Session, listener: Listener
) -> None:
    with pytest.raises(ParameterError) as caught:
        session.prepare(Settings(poly_modulus_degree=4096))
    assert caught.value.suggestion is not None
    assert listener.events == []


def test_a_model_that_does_not_exist_is_refused_and_keys_stay(
    session: Session, listener: Listener, samples: tuple[Picture, ...]
) -> None:
    with pytest.raises(ModelError, match="no model named 'nobody'"):
        session.prepare(Settings(model="nobody"))
    with pytest.raises(ParameterError):
        session.prepare(Settings(scale_bits=50))
    assert listener.events == []
    assert classify(session, samples[1]).settings == Settings()
    assert "keys" not in listener.of(StageStarted)


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((28, 27), dtype=np.uint8),
        np.zeros(784, dtype=np.uint8),
        np.zeros((14, 56), dtype=np.uint8),
        np.zeros((0, 0), dtype=np.uint8),
        np.full((28, 28), 300),
    ],
    ids=lambda picture: f"{picture.dtype}-{picture.shape}",
)
def test_what_is_no_picture_is_refused(session: Session, picture: Picture) -> None:
    for call in (session.classify, session.encrypt):
        with pytest.raises(MessageError, match="picture"):
            call(picture)


def test_pictures_may_lie_in_memory_as_they_like(
    session: Session, samples: tuple[Picture, ...]
) -> None:
    turned = np.asfortranarray(samples[4])
    assert session.classify(turned).clear == session.classify(samples[4]).clear
    assert classify(session, turned).prediction == 4


def test_an_error_of_the_listener_passes_through(
    session: Session, listener: Listener, samples: tuple[Picture, ...]
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    listener.at((StageStarted, "square-1"), fail)
    with pytest.raises(ZeroDivisionError):
        session.classify(samples[0])
    assert classify(session, samples[0]).prediction == 0
