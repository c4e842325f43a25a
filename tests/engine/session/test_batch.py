"""Batches with the real engine: a session's two processes, its events, and many batches at once.

A batch takes as long for one picture as for thousands; so one test classifies with the shipped
model, and the others with one of sixteen windows, which takes a second or two.
"""

import os
import signal
import threading

import numpy as np
import numpy.typing as npt
import pytest
from listening import Listener
from tiny import TINY

from engine.arrays import Array
from engine.ckks.parameters import Settings
from engine.errors import CancelledError, MessageError, ParameterError, ProcessLostError
from engine.planning.forecast import network_named
from engine.session.events import BatchResult, Event, StageFinished, StageProgress, StageStarted
from engine.session.relay import Session
from engine.studies.batches import classify_batches, split_pictures

Pictures = npt.NDArray[np.uint8]
SHIPPED = Settings()
pytestmark = pytest.mark.usefixtures("tiny_model")
STAGES = ["conv", "square-1", "dense-1", "square-2", "dense-2"]


def clear_scores(settings: Settings, pictures: Pictures) -> Array:
    return network_named(settings.model).forward(pictures[:, None] / 255)


@pytest.fixture
def session(shared: Session, listener: Listener) -> Session:
    """Return a session with keys for batches."""
    shared.prepare_batch(TINY)
    listener.clear()
    return shared


@pytest.fixture(scope="module")
def pictures(samples: tuple[Pictures, ...]) -> Pictures:
    """Return enough pictures to use both halves of the slots."""
    return np.tile(np.stack(samples), (411, 1, 1))


def test_a_batch_gives_what_the_clear_network_gives(
    session: Session, listener: Listener, pictures: Pictures
) -> None:
    session.prepare_batch(SHIPPED)
    listener.clear()
    result = session.classify_batch(pictures)
    clear = clear_scores(SHIPPED, pictures)
    assert result.scores.shape == (4110, 10)
    assert np.abs(result.scores - clear).max() < 0.005 * np.abs(clear).max()
    np.testing.assert_array_equal(result.scores.argmax(1), clear.argmax(1))
    check_sizes(result)
    check_events(result, listener.events)


def check_answer(session: Session, pictures: Pictures) -> None:
    clear = clear_scores(TINY, pictures)
    error = np.abs(session.classify_batch(pictures).scores - clear).max()
    assert error < 0.005 * np.abs(clear).max()


def check_sizes(result: BatchResult) -> None:
    sizes = {stage.key: stage.wire_bytes for stage in result.stages if stage.wire_bytes}
    assert sizes == {"send": result.bytes_up, "receive": result.bytes_down}
    assert result.bytes_up < 784 * 0.25e6
    assert 0 < result.server_seconds < result.seconds


def check_events(result: BatchResult, events: list[Event]) -> None:
    keys = ["encrypt", "send", *STAGES, "receive", "decrypt"]
    assert [event.key for event in events if isinstance(event, StageStarted)] == keys
    finished = [event for event in events if isinstance(event, StageFinished)]
    assert [event.key for event in finished] == keys
    assert [event.level for event in finished] == [3, 3, 3, 2, 2, 1, 1, 1, 0]
    assert tuple(finished) == result.stages
    rows = [event for event in events if isinstance(event, StageProgress)]
    assert [each for each in rows if each.key == "encrypt"] == [
        StageProgress("encrypt", done, 28) for done in range(1, 29)
    ]


def test_keys_for_batches_are_two_and_are_made_once(session: Session, listener: Listener) -> None:
    ready = session.prepare_batch(TINY)
    assert ready.galois_key_count == 1
    assert ready.relin_key_bytes + ready.galois_key_bytes < 2e6
    assert listener.events == []


def test_pictures_and_batches_share_the_processes_and_not_the_keys(
    session: Session, samples: tuple[Pictures, ...]
) -> None:
    pids, ready = session.pids, session.prepare_batch(TINY)
    session.prepare(SHIPPED)
    assert session.classify(samples[3]).prediction == 3
    assert session.pids == pids
    assert session.prepare_batch(TINY) is ready


def test_a_cancelled_batch_ends_and_the_session_recovers(
    session: Session, listener: Listener, pictures: Pictures
) -> None:
    for stage in ("encrypt", "send"):
        session.prepare_batch(TINY)
        canceller = threading.Thread(target=session.cancel)
        listener.at(StageProgress(stage, 2, 28), canceller.start, canceller.join)
        with pytest.raises(CancelledError):
            session.classify_batch(pictures)
    check_answer(session, pictures)


def test_a_lost_cloud_is_an_error_and_a_new_one_is_given_the_old_keys(
    session: Session, listener: Listener, pictures: Pictures
) -> None:
    ready, cloud = session.prepare_batch(TINY), session.pids[1]
    listener.at(StageProgress("send", 1, 28), lambda: os.kill(cloud, signal.SIGKILL))
    with pytest.raises(ProcessLostError):
        session.classify_batch(pictures)
    listener.clear()
    assert session.prepare_batch(TINY) is ready
    assert listener.events == []
    assert session.pids[1] != cloud
    check_answer(session, pictures)
    check_answer(session, pictures)


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((28, 28), dtype=np.uint8),
        np.zeros((0, 28, 28), dtype=np.uint8),
        np.zeros((8193, 28, 28), dtype=np.uint8),
        np.zeros((1, 28, 27), dtype=np.uint8),
        np.zeros((1, 28, 28)),
    ],
    ids=lambda wrong: f"{wrong.dtype}-{wrong.shape}",
)
def test_what_is_no_batch_is_refused(session: Session, wrong: Pictures) -> None:
    with pytest.raises(MessageError, match=r"[Pp]ictures"):
        session.classify_batch(wrong)


def test_before_prepare_there_are_no_keys_for_batches(pictures: Pictures) -> None:
    with Session() as fresh, pytest.raises(MessageError, match="prepare"):
        fresh.classify_batch(pictures)


def test_settings_that_cannot_work_are_refused_before_any_process(listener: Listener) -> None:
    with Session() as fresh:
        with pytest.raises(ParameterError):
            fresh.prepare_batch(Settings(scale_bits=50))
        assert fresh.pids == ()


def test_batches_are_classified_in_one_shot_only() -> None:
    with Session() as fresh:
        with pytest.raises(ParameterError, match="in one shot") as caught:
            fresh.prepare_batch(Settings(protocol="refresh"))
        assert caught.value.suggestion == Settings()
        assert fresh.pids == ()


# Many batches.


def test_a_pool_gives_every_batch_back_under_its_number(pictures: Pictures) -> None:
    batches = [pictures[:3], pictures[3:9]]
    results = dict(classify_batches(TINY, batches, workers=2))
    for index, batch in enumerate(batches):
        np.testing.assert_allclose(results[index].scores, clear_scores(TINY, batch), atol=0.02)


def test_whoever_leaves_a_pool_early_leaves_no_process(pictures: Pictures) -> None:
    stopped = threading.Event()

    def fail(worker: int, event: Event) -> None:
        if event == StageProgress("send", 1, 28):
            stopped.set()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(classify_batches(TINY, [pictures[:3]] * 4, workers=2, on_event=fail))
    assert stopped.is_set()  # the module's own watch on processes does the rest


def test_a_pool_with_nothing_to_do_does_nothing() -> None:
    assert list(classify_batches(TINY, [])) == []


def test_pictures_are_split_evenly_into_the_fewest_batches() -> None:
    blank = np.zeros((10_000, 28, 28), dtype=np.uint8)
    assert [len(batch) for batch in split_pictures(TINY, blank)] == [5000, 5000]
    assert [len(batch) for batch in split_pictures(TINY, blank[:8192])] == [8192]
