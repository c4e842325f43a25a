"""Whole sessions with real processes: answers, events, sizes, cancelling, and lost processes.

Nothing here waits for a time to pass. A result and a key are larger than a pipe holds, so a child
process cannot finish its answer while the test holds the session inside an event.
"""

import dataclasses
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from listening import Listener

from engine.circuits.calibration import load_costs
from engine.ckks.parameters import Settings
from engine.errors import (
    CancelledError,
    CipherSketchError,
    MessageError,
    ModelError,
    ParameterError,
    ProcessLostError,
)
from engine.networks.network import Network
from engine.session.events import Classification, Event, StageFinished, StageProgress, StageStarted
from engine.session.forecast import Forecast, forecast
from engine.session.session import Session

Picture = npt.NDArray[np.uint8]

SECONDS_BEFORE_GIVING_UP = 20.0
SMALLER = Settings(scale_bits=24)  # other keys, as quick to make


def classify(session: Session, picture: Picture) -> Classification:
    """Classify and check the answer; relative errors are judged in their own test."""
    answer = session.classify(picture)
    assert answer.prediction == answer.clear_prediction
    return answer


def elsewhere(act: Callable[[], object]) -> None:
    """Do something in another thread, and wait for it to be done."""
    thread = threading.Thread(target=act)
    thread.start()
    thread.join(SECONDS_BEFORE_GIVING_UP)
    assert not thread.is_alive()


def end(pid: int) -> None:
    """Kill a process, as the system does when memory runs out; return when it is known dead."""
    os.kill(pid, signal.SIGKILL)
    if hasattr(os, "waitid"):
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def end_all(pids: tuple[int, ...]) -> None:
    for pid in pids:
        end(pid)


@pytest.fixture
def session(shared: Session, listener: Listener) -> Iterator[Session]:
    """Return a session with keys for the default settings, and check that it works afterwards."""
    listener.clear()
    shared.prepare(Settings())
    listener.clear()
    yield shared
    listener.clear()
    shared.prepare(Settings())
    picture = np.zeros((28, 28), dtype=np.uint8)
    picture[6:22, 13:15] = 255
    classify(shared, picture)
    assert len(shared.pids) == 2


# What a run gives.


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


# Keys are kept, and made anew when they must be.


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


# What is refused.


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
        np.zeros((1, 28, 28), dtype=np.uint8),
        np.zeros((14, 56), dtype=np.uint8),
        np.zeros((0, 0), dtype=np.uint8),
        np.ones((28, 28)),
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


# Cancelling.

STAGES = ("encrypt", "send", "conv", "dense-2", "receive", "decrypt")


@pytest.mark.parametrize("stage", STAGES)
def test_a_cancel_during_a_run_ends_it_and_the_next_run_works(
    session: Session, listener: Listener, samples: tuple[Picture, ...], stage: str
) -> None:
    listener.at((StageStarted, stage), lambda: elsewhere(session.cancel))
    with pytest.raises(CancelledError):
        session.classify(samples[8])
    assert stage in listener.of(StageStarted)
    assert "decrypt" not in listener.of(StageFinished)
    assert classify(session, samples[8]).prediction == 8


@pytest.mark.parametrize("done", [1, 12])
def test_a_cancel_while_keys_are_made_ends_it_and_the_next_time_makes_them(
    session: Session, listener: Listener, samples: tuple[Picture, ...], done: int
) -> None:
    total = session.prepare(Settings()).galois_key_count + 1
    listener.at(StageProgress("keys", done, total), lambda: elsewhere(session.cancel))
    with pytest.raises(CancelledError):
        session.prepare(SMALLER)
    assert listener.of(StageFinished) == []
    assert session.prepare(SMALLER).settings == SMALLER
    assert classify(session, samples[9]).prediction == 9


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs signals that stop a process")
@pytest.mark.parametrize(("stage", "place"), [("encrypt", 0), ("send", 1)])
def test_a_cancel_ends_a_call_that_waits_for_a_process_that_never_answers(
    session: Session, listener: Listener, samples: tuple[Picture, ...], stage: str, place: int
) -> None:
    stopped, errors = threading.Event(), []

    def stop() -> None:
        os.kill(session.pids[place], signal.SIGSTOP)
        stopped.set()

    def run() -> None:
        try:
            session.classify(samples[0])
        except CipherSketchError as error:
            errors.append(error)

    listener.at((StageStarted, stage), stop)
    pid = session.pids[place]
    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert stopped.wait(SECONDS_BEFORE_GIVING_UP)
        session.cancel()
        thread.join(SECONDS_BEFORE_GIVING_UP)
        assert not thread.is_alive(), "the call still waits"
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        thread.join(SECONDS_BEFORE_GIVING_UP)
    assert [type(error) for error in errors] == [CancelledError]


def test_a_cancel_from_the_listener_itself_works_too(
    session: Session, listener: Listener, samples: tuple[Picture, ...]
) -> None:
    listener.at((StageStarted, "dense-1"), session.cancel)
    with pytest.raises(CancelledError):
        session.classify(samples[0])


def test_a_cancel_of_nothing_changes_nothing(
    session: Session, listener: Listener, samples: tuple[Picture, ...]
) -> None:
    pids = session.pids
    session.cancel()
    assert classify(session, samples[0]).prediction == 0
    assert session.pids == pids
    assert "keys" not in listener.of(StageStarted)


def test_a_cancel_before_anything_was_sent_keeps_the_processes_and_the_keys(
    session: Session, listener: Listener, samples: tuple[Picture, ...]
) -> None:
    pids = session.pids
    listener.at((StageStarted, "encrypt"), session.cancel)
    with pytest.raises(CancelledError):
        session.classify(samples[0])
    assert session.pids == pids
    assert classify(session, samples[0]).prediction == 0
    assert "keys" not in listener.of(StageStarted)


def test_after_a_cancelled_run_the_cloud_gets_the_same_keys_again(
    session: Session, listener: Listener, samples: tuple[Picture, ...]
) -> None:
    client = session.pids[0]
    listener.at((StageStarted, "dense-1"), lambda: elsewhere(session.cancel))
    with pytest.raises(CancelledError):
        session.classify(samples[0])
    listener.clear()
    assert classify(session, samples[0]).prediction == 0
    assert session.pids[0] == client
    assert "keys" not in listener.of(StageStarted)


def test_a_run_after_cancelled_key_making_makes_the_keys_itself(
    session: Session, listener: Listener, samples: tuple[Picture, ...]
) -> None:
    listener.at((StageProgress, "keys"), lambda: elsewhere(session.cancel))
    with pytest.raises(CancelledError):
        session.prepare(SMALLER)
    answer = session.classify(samples[3])
    assert (answer.prediction, answer.settings) == (3, SMALLER)


# Processes that die.


@pytest.mark.parametrize("place", [0, 1], ids=["client", "cloud"])
def test_a_process_killed_between_runs_is_replaced(
    session: Session, samples: tuple[Picture, ...], place: int
) -> None:
    pids = session.pids
    end(pids[place])
    answer = session.classify(samples[7])
    assert answer.prediction == 7
    assert session.pids[place] != pids[place]
    assert session.pids[1 - place] == pids[1 - place]


@pytest.mark.parametrize("stage", ["send", "conv", "dense-2"])
def test_a_cloud_killed_during_a_run_is_reported_and_replaced(
    session: Session, listener: Listener, samples: tuple[Picture, ...], stage: str
) -> None:
    client, cloud = session.pids
    listener.at((StageStarted, stage), lambda: end(cloud))
    with pytest.raises(ProcessLostError, match="The cloud process stopped"):
        session.classify(samples[7])
    assert classify(session, samples[7]).prediction == 7
    assert session.pids[0] == client


@pytest.mark.parametrize("stage", ["encrypt", "conv", "decrypt"])
def test_a_client_killed_during_a_run_is_reported_and_its_keys_are_made_anew(
    session: Session, listener: Listener, samples: tuple[Picture, ...], stage: str
) -> None:
    client, _ = session.pids
    listener.at((StageStarted, stage), lambda: end(client))
    with pytest.raises(ProcessLostError, match="The client process stopped"):
        session.classify(samples[7])
    listener.clear()
    assert classify(session, samples[7]).prediction == 7
    assert listener.of(StageFinished)[0] == "keys"


@pytest.mark.parametrize("place", [0, 1], ids=["client", "cloud"])
def test_a_process_killed_while_keys_are_made_is_reported_and_replaced(
    session: Session, listener: Listener, samples: tuple[Picture, ...], place: int
) -> None:
    pid = session.pids[place]
    listener.at((StageProgress, "keys"), lambda: end(pid))
    with pytest.raises(ProcessLostError):
        session.prepare(SMALLER)
    assert session.prepare(SMALLER).settings == SMALLER
    assert classify(session, samples[7]).prediction == 7


def test_both_processes_killed_at_once_are_replaced(
    session: Session, listener: Listener, samples: tuple[Picture, ...]
) -> None:
    listener.at((StageStarted, "square-2"), lambda: end_all(session.pids))
    with pytest.raises(ProcessLostError):
        session.classify(samples[7])
    assert classify(session, samples[7]).prediction == 7


def test_after_the_client_was_lost_its_last_result_cannot_be_decrypted(
    session: Session, samples: tuple[Picture, ...]
) -> None:
    session.classify(samples[0])
    end(session.pids[0])
    with pytest.raises(MessageError, match="no result to decrypt"):
        session.decrypt_with_wrong_key()


# Closing.


def test_after_close_no_process_is_left(samples: tuple[Picture, ...]) -> None:
    session = Session()
    session.prepare(Settings())
    classify(session, samples[0])
    pids = session.pids
    assert len(pids) == 2
    session.close()
    session.close()
    assert session.pids == ()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.parametrize(
    "moment", [StageStarted("keys"), (StageProgress, "keys"), (StageStarted, "conv")], ids=str
)
def test_a_close_from_another_thread_ends_the_run_and_every_process(
    samples: tuple[Picture, ...], moment: Event | tuple[type, str]
) -> None:
    listener = Listener()
    session = Session(listener)
    listener.at(moment, lambda: elsewhere(session.close))

    def run() -> None:
        session.prepare(Settings())
        session.classify(samples[0])

    with pytest.raises(CancelledError):
        run()
    assert session.pids == ()
    session.close()


def test_a_session_that_was_never_used_closes() -> None:
    Session().close()


def test_processes_can_be_started_ahead() -> None:
    with Session() as session:
        session.start()
        pids = session.pids
        assert len(set(pids)) == 2
        session.start()
        assert session.pids == pids


# Measuring this machine.


def test_a_calibration_is_kept_for_forecasts(session: Session, costs_file: Path) -> None:
    before = forecast(Settings())
    assert isinstance(before, Forecast)
    assert before.server_seconds is None
    session.calibrate()
    assert load_costs(costs_file) is not None
    after = forecast(Settings())
    assert isinstance(after, Forecast)
    assert after.server_seconds is not None
    assert after.server_seconds > 0


def test_a_calibration_needs_no_keys(costs_file: Path) -> None:
    with Session() as session:
        session.calibrate()
    assert costs_file.exists()
