"""Pictures in a stream: the same answers as one by one, with both processes at work."""

import os
import signal
import threading
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pytest
from listening import Listener
from session_steps import classify, elsewhere

from engine.ckks.parameters import Settings
from engine.errors import CancelledError, ProcessLostError
from engine.messages.log import MessageLogged
from engine.session.events import Classification, StageStarted
from engine.session.relay import Session

Picture = npt.NDArray[np.uint8]
REFRESHED = Settings("mnist-network1", 4096, 24, protocol="refresh")


def one_after_another(pictures: tuple[Picture, ...]) -> Callable[[], Picture | None]:
    left = iter(pictures)
    return lambda: next(left, None)


@pytest.fixture
def messages(session: Session) -> Iterator[list[MessageLogged]]:
    logged: list[MessageLogged] = []
    before = session.on_message
    session.on_message = logged.append
    yield logged
    session.on_message = before


@pytest.mark.parametrize("settings", [Settings(), REFRESHED], ids=["one-shot", "refresh"])
def test_every_picture_is_answered_in_order(
    session: Session, samples: tuple[Picture, ...], settings: Settings
) -> None:
    session.prepare(settings)
    answers: list[Classification] = []
    session.stream(one_after_another(samples), answers.append)
    assert [each.prediction for each in answers] == list(range(10))
    assert all(each.settings == settings for each in answers)
    assert max(each.relative_error for each in answers) < 0.02


def test_a_picture_is_encrypted_while_the_cloud_works_on_the_one_before(
    session: Session, listener: Listener, samples: tuple[Picture, ...]
) -> None:
    cloud, encrypted, lock = session.pids[1], 0, threading.Lock()

    def stand_still() -> None:
        with lock:
            if encrypted < 2:
                os.kill(cloud, signal.SIGSTOP)

    def go_on(message: MessageLogged) -> None:
        nonlocal encrypted
        with lock:
            encrypted += message.name == "encrypt" and message.receiver == "client"
            if encrypted == 2:
                os.kill(cloud, signal.SIGCONT)

    # The cloud stands still in its first run: only the next encryption lets it go on.
    listener.at((StageStarted, "conv"), stand_still)
    answers: list[Classification] = []
    before, session.on_message = session.on_message, go_on
    try:
        session.stream(one_after_another(samples[:2]), answers.append)
    finally:
        session.on_message = before
    assert [each.prediction for each in answers] == [0, 1]


def test_a_stream_without_pictures_ends_and_asks_nothing(
    session: Session, messages: list[MessageLogged]
) -> None:
    session.stream(lambda: None, lambda answer: pytest.fail(f"answered {answer}"))
    assert messages == []


@pytest.mark.parametrize("stage", ["encrypt", "conv", "decrypt"])
def test_a_cancel_ends_a_stream_and_the_next_run_works(
    session: Session, listener: Listener, samples: tuple[Picture, ...], stage: str
) -> None:
    listener.at((StageStarted, stage), lambda: elsewhere(session.cancel))
    with pytest.raises(CancelledError):
        session.stream(one_after_another(samples), lambda answer: None)
    listener.clear()
    assert classify(session, samples[8]).prediction == 8


@pytest.mark.parametrize("which", [0, 1], ids=["key owner", "cloud"])
def test_a_process_that_dies_ends_a_stream_with_a_sentence(
    session: Session, listener: Listener, samples: tuple[Picture, ...], which: int
) -> None:
    def kill() -> None:
        os.kill(session.pids[which], signal.SIGKILL)

    listener.at((StageStarted, "dense-1"), kill)
    with pytest.raises(ProcessLostError):
        session.stream(one_after_another(samples), lambda answer: None)
    listener.clear()
    session.prepare(Settings())
    assert classify(session, samples[7]).prediction == 7


def test_a_picture_taken_after_a_pause_is_answered_in_the_same_stream(
    session: Session, samples: tuple[Picture, ...]
) -> None:
    asked = iter((samples[1], None, None, samples[2]))
    answers: list[int] = []
    session.stream(lambda: next(asked, None), lambda answer: answers.append(answer.prediction))
    assert answers == [1, 2]
