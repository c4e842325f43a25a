"""Batches with the real engine: a session's processes, the cloud's refusals, and what it gets.

A batch takes as long for one picture as for thousands, so the sessions here run few of them.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from tenseal import sealapi

from engine.batch import batch_circuit_for
from engine.batch_circuit import pair_pictures, part_pictures
from engine.batch_client import BatchOwner
from engine.batch_execution import BatchRun, Row
from engine.batch_pool import classify_batches, split_pictures
from engine.batch_seal import BatchEncoder, SealBatchBackend, conjugation_element
from engine.batch_server import BatchCloud
from engine.circuit import Circuit
from engine.errors import CancelledError, MessageError, ParameterError, ProcessLostError
from engine.events import BatchResult, Event, StageFinished, StageProgress, StageStarted
from engine.forecast import network_named
from engine.messages import Message
from engine.network import Array, Conv2d, Dense, ModelCard, Network, Square, save_network
from engine.parameters import Settings
from engine.seal import data_primes, make_context, to_bytes
from engine.session import Session

Pictures = npt.NDArray[np.uint8]
SETTINGS = Settings()
STAGES = ["conv", "square-1", "dense-1", "square-2", "dense-2"]


def clear_scores(pictures: Pictures) -> Array:
    return network_named(SETTINGS.model).forward(pictures[:, None] / 255)


class Listener:
    """Remembers every event; does something, once, inside the event that is named."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.act: tuple[Event, Callable[[], object]] | None = None

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        if self.act is not None and self.act[0] == event:
            act, self.act = self.act[1], None
            act()


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener()


@pytest.fixture(scope="module")
def shared(listener: Listener) -> Iterator[Session]:
    with closing(Session(listener)) as session:
        yield session


@pytest.fixture
def session(shared: Session, listener: Listener) -> Session:
    """Return a session with keys for batches."""
    listener.act = None
    shared.prepare_batch(SETTINGS)
    listener.events.clear()
    return shared


@pytest.fixture(scope="module")
def pictures(samples: tuple[Pictures, ...]) -> Pictures:
    """Return enough pictures to use both halves of the slots."""
    return np.tile(np.stack(samples), (411, 1, 1))


def test_a_batch_gives_what_the_clear_network_gives(
    session: Session, listener: Listener, pictures: Pictures
) -> None:
    result = session.classify_batch(pictures)
    clear = clear_scores(pictures)
    assert result.scores.shape == (4110, 10)
    assert np.abs(result.scores - clear).max() < 0.005 * np.abs(clear).max()
    np.testing.assert_array_equal(result.scores.argmax(1), clear.argmax(1))
    check_sizes(result)
    check_events(result, listener.events)


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
    ready = session.prepare_batch(SETTINGS)
    assert ready.galois_key_count == 1
    assert ready.relin_key_bytes + ready.galois_key_bytes < 2e6
    assert listener.events == []


def test_pictures_and_batches_share_the_processes_and_not_the_keys(
    session: Session, samples: tuple[Pictures, ...]
) -> None:
    pids = session.pids
    session.prepare(SETTINGS)
    assert session.classify(samples[3]).prediction == 3
    assert session.pids == pids
    session.prepare_batch(SETTINGS)
    assert session.pids == pids


@pytest.mark.parametrize("stage", ["encrypt", "send"])
def test_a_cancelled_batch_ends_and_the_session_recovers(
    session: Session, listener: Listener, pictures: Pictures, stage: str
) -> None:
    canceller = threading.Thread(target=session.cancel)
    listener.act = StageProgress(stage, 2, 28), lambda: (canceller.start(), canceller.join())
    with pytest.raises(CancelledError):
        session.classify_batch(pictures)
    assert session.prepare_batch(SETTINGS).galois_key_count == 1
    assert len(session.pids) == 2


def test_a_lost_cloud_is_an_error_and_a_new_one_is_given_the_old_keys(
    session: Session, listener: Listener, pictures: Pictures
) -> None:
    ready, cloud = session.prepare_batch(SETTINGS), session.pids[1]
    listener.act = StageProgress("send", 1, 28), lambda: os.kill(cloud, signal.SIGKILL)
    with pytest.raises(ProcessLostError):
        session.classify_batch(pictures)
    listener.events.clear()
    assert session.prepare_batch(SETTINGS) is ready
    assert listener.events == []
    assert session.pids[1] != cloud


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
    with closing(Session()) as fresh, pytest.raises(MessageError, match="prepare"):
        fresh.classify_batch(pictures)


def test_settings_that_cannot_work_are_refused_before_any_process(listener: Listener) -> None:
    with closing(Session()) as fresh:
        with pytest.raises(ParameterError):
            fresh.prepare_batch(Settings(scale_bits=50))
        assert fresh.pids == ()


# Many batches.


def test_a_pool_gives_every_batch_back_under_its_number(pictures: Pictures) -> None:
    batches = [pictures[:3], pictures[3:9]]
    results = dict(classify_batches(SETTINGS, batches, workers=2))
    for index, batch in enumerate(batches):
        np.testing.assert_array_equal(
            results[index].scores.argmax(1), clear_scores(batch).argmax(1)
        )


def test_whoever_leaves_a_pool_early_leaves_no_process(pictures: Pictures) -> None:
    stopped = threading.Event()

    def fail(worker: int, event: Event) -> None:
        if event == StageProgress("send", 1, 28):
            stopped.set()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(classify_batches(SETTINGS, [pictures[:3]] * 4, workers=2, on_event=fail))
    assert stopped.is_set()  # the module's own watch on processes does the rest


def test_pictures_are_split_evenly_into_the_fewest_batches() -> None:
    blank = np.zeros((10_000, 28, 28), dtype=np.uint8)
    assert [len(batch) for batch in split_pictures(SETTINGS, blank)] == [5000, 5000]
    assert [len(batch) for batch in split_pictures(SETTINGS, blank[:8192])] == [8192]


# The two roles, in this very process.


class Lab:
    """A key owner and a cloud for batches, with keys."""

    def __init__(self, model: Path) -> None:
        circuit = batch_circuit_for(SETTINGS)
        chain = circuit.parameters.chain
        self.owner, self.cloud = BatchOwner(), BatchCloud()
        fields = {
            "poly_modulus_degree": chain.poly_modulus_degree,
            "coeff_modulus_bits": chain.coeff_modulus_bits,
            "scale": circuit.scale,
        }
        list(self.owner.begin(Message("begin_batch", fields)))
        settings = {"path": str(model), "settings": vars(SETTINGS)}
        list(self.cloud.load(Message("load_batch", settings)))
        self.keys = list(self.owner.make_keys(Message("make_batch_keys")))

    def give_keys(self) -> None:
        list(self.cloud.relin_keys(self.keys[0]))
        list(self.cloud.conjugation_keys(self.keys[1]))

    def row(self) -> tuple[bytes, ...]:
        request = Message("encrypt_row", {"count": 3}, (bytes(84),))
        return next(self.owner.encrypt_row(request)).blobs

    def classify(self, row: int, blobs: tuple[bytes, ...]) -> list[Message]:
        return list(self.cloud.classify_row(Message("classify_row", {"row": row}, blobs)))
