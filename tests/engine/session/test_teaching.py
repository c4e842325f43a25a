"""A teaching run shows what is in every stage; an ordinary run shows nothing of it."""

import numpy as np
import pytest
from recording import Recording, recorded

from engine.ckks.parameters import Settings
from engine.errors import MessageError
from engine.inside.looks import TeachingRun, right_bits
from engine.messages.log import MessageLog
from engine.messages.to_cloud import Teach
from engine.planning.recommended import recommended
from engine.session.relay import Session

Picture = np.ndarray
WORST = 3.5
"""Bits between the error foretold, a median, and that of one picture under one key."""


@pytest.fixture(scope="module")
def picture() -> Picture:
    found = np.zeros((28, 28), dtype=np.uint8)
    found[6:22, 13:15] = 255
    return found


@pytest.fixture(scope="module")
def taught(picture: Picture) -> tuple[TeachingRun, Recording]:
    """Return a teaching run after an ordinary one, and all that was sent."""
    with recorded() as (session, record):
        record.ready = session.prepare(Settings())
        record.answers = [session.classify(picture)]
        run = session.teach(picture)
    return run, record


def test_an_ordinary_run_sends_and_gets_what_it_always_did(session: Session) -> None:
    log = MessageLog()
    session.on_message = log.add
    session.classify(np.zeros((28, 28), dtype=np.uint8))
    session.on_message = lambda message: None
    stages = ["stage_finished"] * 5
    assert [entry.name for entry in log.entries] == [
        *("encrypt", "ciphertext", "end"),
        *("classify", "arrived", *stages, "scores", "end"),
        *("decrypt", "scores", "end"),
    ]
    assert all(entry.blob_bytes == 0 for entry in log.entries if entry.name.startswith("stage"))


def test_the_cloud_gets_one_fresh_ciphertext_and_nothing_that_was_decrypted(
    taught: tuple[TeachingRun, Recording],
) -> None:
    _, record = taught
    assert [message.kind for message in record.messages][-2:] == ["classify", "teach"]
    ordinary, teaching = record.messages[-2:]
    assert len(teaching.blobs) == len(ordinary.blobs) == 1
    assert abs(len(teaching.blobs[0]) - len(ordinary.blobs[0])) < 500
    assert teaching.blobs != ordinary.blobs  # encrypted afresh
    assert teaching.fields == {"leg": 0}
    after = [entry.name for entry in record.log.entries if entry.receiver == "cloud"]
    assert after[-1] == "teach"  # what was revealed came later, and went nowhere


def test_every_stage_is_shown_beside_its_clear_values(
    taught: tuple[TeachingRun, Recording],
) -> None:
    run, record = taught
    assert [stage.key for stage in run.stages] == [
        "conv", "square-1", "dense-1", "square-2", "dense-2",
    ]  # fmt: skip
    for stage in run.stages:
        assert stage.decrypted.shape == stage.clear.shape == stage.is_held.shape == (1, 2, 4096)
        assert stage.wire_bytes > 50_000
    last = run.stages[-1]
    assert np.abs(np.asarray(run.scores) - record.answers[0].clear).max() < 0.1
    assert last.is_held.sum() >= 10


@pytest.mark.parametrize(
    "settings",
    [Settings(), Settings("mnist-network2", protocol="refresh"), recommended("mnist-network2")],
    ids=["network 1", "network 2 refreshed", "network 2"],
)
def test_decrypted_and_clear_agree_as_foretold(
    session: Session, settings: Settings, picture: Picture
) -> None:
    session.prepare(settings)
    for stage in session.teach(picture).stages:
        assert stage.bits > stage.expected_bits - WORST
        largest = np.abs(stage.clear[stage.is_held]).max()
        off = np.abs(stage.decrypted - stage.clear)[stage.is_held].max()
        assert off / largest < 2 ** (WORST - stage.expected_bits)


def test_a_leg_that_is_not_there_is_refused(session: Session) -> None:
    with pytest.raises(MessageError, match="no leg 5"):
        session._processes.cloud.ask(Teach(5, (b"",)))


def test_bits_are_those_of_the_largest_number() -> None:
    clear = np.array([1.0, -8.0])
    assert right_bits(clear, clear + 0.25) == 5
    assert right_bits(clear, clear) == 53
    assert right_bits(0 * clear, clear) == 53
