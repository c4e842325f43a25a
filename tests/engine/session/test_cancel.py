import os
import signal
import threading

import pytest
from listening import Listener
from session_steps import SECONDS_BEFORE_GIVING_UP, SMALLER, Picture, classify, elsewhere

from engine.ckks.parameters import Settings
from engine.errors import (
    CancelledError,
    CipherSketchError,
)
from engine.session.events import StageFinished, StageProgress, StageStarted
from engine.session.relay import Session

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


def classify_elsewhere(
    session: Session, picture: Picture
) -> tuple[threading.Thread, list[CipherSketchError]]:
    """Classify in a thread of its own; the list gets what that raises."""
    errors: list[CipherSketchError] = []

    def run() -> None:
        try:
            session.classify(picture)
        except CipherSketchError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, errors


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs signals that stop a process")
@pytest.mark.parametrize(("stage", "place"), [("encrypt", 0), ("send", 1)])
def test_a_cancel_ends_a_call_that_waits_for_a_process_that_never_answers(
    session: Session, listener: Listener, samples: tuple[Picture, ...], stage: str, place: int
) -> None:
    stopped = threading.Event()

    def stop() -> None:
        os.kill(session.pids[place], signal.SIGSTOP)
        stopped.set()

    listener.at((StageStarted, stage), stop)
    thread, errors = classify_elsewhere(session, samples[0])
    try:
        assert stopped.wait(SECONDS_BEFORE_GIVING_UP)
        session.cancel()
        thread.join(SECONDS_BEFORE_GIVING_UP)
        assert not thread.is_alive(), "the call still waits"
    finally:
        session.restart()  # a cancel that came before the request leaves it stopped
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


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs signals that stop a process")
def test_a_restart_ends_both_processes_though_only_one_was_at_work(
    session: Session, listener: Listener, samples: tuple[Picture, ...]
) -> None:
    session.prepare(Settings())
    before = session.pids
    stopped = threading.Event()

    def stop() -> None:
        for pid in before:
            os.kill(pid, signal.SIGSTOP)
        stopped.set()

    listener.at((StageStarted, "encrypt"), stop)
    thread, errors = classify_elsewhere(session, samples[0])
    assert stopped.wait(SECONDS_BEFORE_GIVING_UP)
    session.restart()
    thread.join(SECONDS_BEFORE_GIVING_UP)
    assert not thread.is_alive()
    assert [type(error) for error in errors] == [CancelledError]
    assert classify(session, samples[0]).prediction == 0
    assert not set(before) & set(session.pids)
