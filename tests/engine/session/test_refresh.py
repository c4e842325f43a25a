"""The refresh protocol with real processes, and what each side refuses in it."""

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from asking import answers
from listening import Listener

from engine.ckks.parameters import Settings
from engine.errors import CancelledError, MessageError, ProcessLostError
from engine.messages.framing import Message
from engine.parties.cloud import Cloud
from engine.parties.models import Models
from engine.planning.forecast import Forecast, forecast
from engine.session.events import StageFinished, StageStarted
from engine.session.relay import Session

Picture = npt.NDArray[np.uint8]

SMALL = Settings("mnist-network2", 4096, 24, protocol="refresh")
LARGER = Settings("mnist-network2", 8192, 28, protocol="refresh")


@pytest.fixture
def session(shared: Session, listener: Listener) -> Session:
    """Return a session with keys for small refreshed parameters."""
    shared.prepare(SMALL)
    listener.clear()
    return shared


@pytest.mark.parametrize("wanted", [SMALL, LARGER], ids=str)
def test_refreshed_scores_are_within_half_a_percent_of_the_clear_ones(
    session: Session, samples: tuple[Picture, ...], wanted: Settings
) -> None:
    session.prepare(wanted)
    for digit, picture in enumerate(samples):
        answer = session.classify(picture)
        assert answer.relative_error < 0.005
        assert answer.prediction == answer.clear_prediction == digit


def test_every_stage_between_the_legs_is_reported_in_order_with_its_bytes(
    session: Session, listener: Listener, samples: tuple[Picture, ...]
) -> None:
    planned = forecast(SMALL)
    assert isinstance(planned, Forecast)
    answer = session.classify(samples[0])
    stages = planned.stages[1:]
    assert [stage.key for stage in stages] == [
        *("encrypt", "send", "conv-1", "square-1", "receive-1", "decrypt-1"),
        *("encrypt-2", "send-2", "conv-2", "square-2", "receive-2", "decrypt-2"),
        *("encrypt-3", "send-3", "dense-1", "square-3", "receive-3", "decrypt-3"),
        *("encrypt-4", "send-4", "dense-2", "receive", "decrypt"),
    ]
    kinds = (StageStarted, StageFinished)
    expected = [(kind, stage.key) for stage in stages for kind in kinds]
    assert [(type(event), event.key) for event in listener.events] == expected
    finished = [event for event in listener.events if isinstance(event, StageFinished)]
    assert tuple(finished) == answer.stages
    for event, stage in zip(finished, stages, strict=True):
        assert event.level == stage.level
        assert (event.wire_bytes > 0) == (stage.side == "wire")
    sizes = {event.key: event.wire_bytes for event in finished}
    assert sizes["send"] == len(answer.ciphertext.data)
    assert sizes["send"] == pytest.approx(planned.ciphertext_bytes, rel=0.05)
    assert sizes["receive"] == answer.result_bytes
    assert sum(each.seconds for each in finished if each.key.startswith(("conv", "dense"))) < (
        answer.server_seconds
    )


def test_the_journey_says_who_sees_what_in_between() -> None:
    planned = forecast(SMALL)
    assert isinstance(planned, Forecast)
    told = {stage.key: stage for stage in planned.stages}
    assert "4 ciphertexts" in told["encrypt"].explanation
    assert "client sees 1152 activations" in told["decrypt-1"].explanation
    assert "weights may be guessed" in told["decrypt-1"].explanation
    assert "encrypts them" in told["encrypt-2"].explanation
    assert "fresh" in told["send-2"].explanation
    assert "relinearises" not in told["square-1"].explanation
    assert [told[key].side for key in ("receive-1", "decrypt-1", "encrypt-2", "send-2")] == [
        *("wire", "client", "client", "wire")
    ]
    for stage in planned.stages:
        assert stage.title
        assert stage.explanation.endswith(".")


@pytest.mark.parametrize("stage", ["receive-1", "decrypt-1", "encrypt-2", "send-2", "conv-2"])
def test_a_cancel_between_the_legs_ends_the_run_and_the_next_one_works(
    session: Session, listener: Listener, samples: tuple[Picture, ...], stage: str
) -> None:
    canceller = threading.Thread(target=session.cancel)

    def cancel() -> None:
        canceller.start()
        canceller.join()

    listener.at((StageStarted, stage), cancel)
    with pytest.raises(CancelledError):
        session.classify(samples[4])
    assert session.classify(samples[4]).prediction == 4


@pytest.mark.parametrize(("place", "stage"), [(0, "decrypt-1"), (1, "send-2")])
def test_a_process_lost_between_the_legs_is_reported_and_replaced(
    session: Session, listener: Listener, samples: tuple[Picture, ...], place: int, stage: str
) -> None:
    pid = session.pids[place]
    listener.at((StageStarted, stage), lambda: os.kill(pid, signal.SIGKILL))
    with pytest.raises(ProcessLostError):
        session.classify(samples[6])
    assert session.classify(samples[6]).prediction == 6
    assert session.pids[place] != pid


def test_the_wrong_key_gives_noise(session: Session, samples: tuple[Picture, ...]) -> None:
    right = session.classify(samples[1])
    assert max(map(abs, session.decrypt_with_wrong_key())) > 10 * max(map(abs, right.encrypted))


# Both roles in this process.


class Relay:
    """A client and a cloud with its keys, and the results of each leg of one picture."""

    def __init__(self, lab: Any, picture: Picture) -> None:
        self.lab, self.cloud = lab, Cloud(Models())
        lab.answer(self.cloud, lab.load_request())
        for message in lab.evaluation_keys():
            lab.answer(self.cloud, message)
        request = Message("encrypt", {}, ((picture / 255).tobytes(),))
        self.sent = [lab.answer(lab.owner, request).blobs]
        self.results = [lab.answer(self.cloud, Message("classify", {}, self.sent[0])).blobs[0]]
        self.told: list[Message] = []
        for leg in range(1, len(lab.circuit.legs)):
            self.told += self.refresh(leg - 1, self.results[-1])
            self.sent.append(self.told[-1].blobs)
            answer = lab.answer(self.cloud, Message("proceed", {"leg": leg}, self.sent[-1]))
            self.results.append(answer.blobs[0])

    def refresh(self, leg: object, data: bytes) -> list[Message]:
        return answers(self.lab.owner, Message("refresh", {"leg": leg}, (data,)))

    def proceed(self, leg: object, blobs: tuple[bytes, ...]) -> list[Message]:
        return answers(self.cloud, Message("proceed", {"leg": leg}, blobs))


@pytest.fixture(scope="module")
def relay(make_lab: Callable[[Settings], Any], samples: tuple[Picture, ...]) -> Relay:
    return Relay(make_lab(SMALL), samples[5])


def test_the_two_roles_alone_come_to_the_answer(relay: Relay) -> None:
    assert np.argmax(relay.lab.decrypt(relay.results[-1])) == 5


def test_the_client_tells_nothing_that_it_decrypts_in_between(relay: Relay) -> None:
    """Its answers hold the time and ciphertexts; the values stay where the key is."""
    assert [message.kind for message in relay.told] == ["decrypted", "ciphertext"] * 3
    for message in relay.told:
        assert set(message.fields) == {"seconds"}
        assert bool(message.blobs) == (message.kind == "ciphertext")


def test_what_goes_back_to_the_cloud_is_a_new_encryption_every_time(relay: Relay) -> None:
    again = relay.refresh(0, relay.results[0])[-1].blobs
    for one, other in zip(again, relay.sent[1], strict=True):
        common = min(len(one), len(other))
        first, second = (np.frombuffer(data[:common], dtype=np.uint8) for data in (one, other))
        assert (first != second).mean() > 0.95


def test_the_client_decrypts_only_what_can_be_a_result_of_that_leg(relay: Relay) -> None:
    for wrong in (b"", b"nonsense", relay.results[0][:-1], relay.sent[0][0], relay.results[-1]):
        with pytest.raises(MessageError):
            relay.refresh(0, wrong)
    with pytest.raises(MessageError, match="no result"):
        relay.lab.decrypt(relay.results[0])


@pytest.mark.parametrize("leg", [-1, 3, 17, "0", None, True])
def test_the_client_knows_after_which_legs_it_encrypts_again(relay: Relay, leg: object) -> None:
    with pytest.raises(MessageError, match=r"encrypted again|Expected `int`"):
        relay.refresh(leg, relay.results[-1])


@pytest.mark.parametrize("leg", [0, -1, 4, "1", None, True])
def test_the_cloud_knows_which_legs_there_are(relay: Relay, leg: object) -> None:
    with pytest.raises(MessageError, match=r"no leg|Expected `int`"):
        relay.proceed(leg, relay.sent[1])


def test_the_cloud_takes_fresh_encryptions_for_that_leg_only(relay: Relay) -> None:
    with pytest.raises(MessageError, match="takes 4 ciphertexts, not 3"):
        relay.proceed(1, relay.sent[1][:3])
    with pytest.raises(MessageError, match="no fresh encryption"):
        relay.proceed(3, (relay.results[0],))
    with pytest.raises(MessageError, match="no fresh encryption"):
        relay.proceed(3, relay.sent[0][:1])
