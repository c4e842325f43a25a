"""A cloud that answers anything it likes: the session says so in its own kind of errors."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from engine.ckks.parameters import Settings
from engine.errors import CipherSketchError, InternalError, MessageError
from engine.messages.framing import Message
from engine.parties.peer import Peer
from engine.session.relay import Session

Pictures = np.typing.NDArray[np.uint8]
REFRESHED = Settings("mnist-network1", 4096, 24, protocol="refresh")
ANSWERS = {
    "nothing": [],
    "no blob": [Message("scores", {"seconds": 0.1})],
    "no time": [Message("scores", {}, (b"x",))],
    "an unknown stage": [Message("stage_finished", {"key": "../conv", "seconds": 0.1})],
    "a stage that is no name": [Message("stage_finished", {"key": [], "seconds": 0.1})],
    "a time that is none": [
        Message("stage_finished", {"key": "conv", "seconds": "soon"}),
        Message("scores", {"seconds": 0.1}, (b"x",)),
    ],
    "a list in place of numbers": [
        Message("attempt", {"sentence": 3, "pixels": 4, "scores": None})
    ],
    "too few coefficients": [Message("coefficients", {"primes": [3, 5]}, (bytes(24),))],
    "bytes that are no ciphertext": [Message("scores", {"seconds": 0.1}, (b"x",))],
}


@pytest.fixture(scope="module")
def session(samples: tuple[Pictures, ...]) -> Iterator[Session]:
    with Session() as session:
        session.prepare(REFRESHED)
        session.classify(samples[3])
        yield session


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("request_name", ["classify", "let_cloud_try", "unpack"])
def test_an_answer_of_another_form_is_an_error_of_ours_and_the_session_goes_on(
    session: Session,
    samples: tuple[Pictures, ...],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    request_name: str,
) -> None:
    real = Peer.exchange

    def lie(peer: Peer, message: Message) -> Iterator[Message]:
        lies = message.kind in ("classify", "proceed", "try_to_decrypt", "unpack")
        return iter(ANSWERS[name]) if lies else real(peer, message)

    arguments: tuple[Any, ...] = (samples[3],) if request_name == "classify" else ()
    with monkeypatch.context() as patch:
        patch.setattr(Peer, "exchange", lie)
        with pytest.raises(CipherSketchError) as caught:
            getattr(session, request_name)(*arguments)
    assert isinstance(caught.value, (InternalError, MessageError))
    assert str(caught.value).endswith(".")
    assert session.classify(samples[3]).prediction == 3


def test_a_lie_about_a_flipped_bit_counts_as_no_answer(
    session: Session, samples: tuple[Pictures, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        real = Peer.exchange

        def lie(peer: Peer, message: Message) -> Iterator[Message]:
            lies = message.kind in ("classify", "proceed")
            return iter(ANSWERS["bytes that are no ciphertext"]) if lies else real(peer, message)

        patch.setattr(Peer, "exchange", lie)
        flipped = session.classify_with_flipped_bit(48)
    assert "not a ciphertext" in flipped.refusal
