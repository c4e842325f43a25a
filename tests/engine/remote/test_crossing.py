"""Every byte of a recorded session, both ways: nothing readable, and sizes that are the true ones.

The client's roles run inside the test, which therefore knows the secret key.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clouds import RunningCloud
from proxy import Proxy, proxied
from recording import ClientInside, hidden_in, words_of

from engine.ckks.parameters import Settings
from engine.ckks.seal import to_bytes
from engine.errors import MessageError, ResultsError
from engine.messages.log import MessageLog
from engine.parties.peer import Peer
from engine.remote.connection import wire_bytes
from engine.remote.recording import Recording, read_recording
from engine.session.events import Classification
from engine.session.relay import Session

PING = 40  # a WebSocket ping or pong under TLS


@dataclass
class Watched:
    """A session that was recorded; `handshake` and `through` are bytes at the proxy: up, down."""

    recording: Recording
    client: ClientInside
    answers: list[Classification]
    log: MessageLog
    handshake: tuple[int, int]
    through: tuple[int, int]

    @property
    def everything(self) -> bytes:
        return b"".join(each.data for each in self.recording.messages)

    def of(self, sender: str) -> bytes:
        """Return all opaque bytes of one side, joined as they were before they became pieces."""
        return b"".join(each.opaque for each in self.recording.messages if each.sender == sender)


@pytest.fixture(scope="module")
def watched(
    cloud: RunningCloud, samples: tuple[Any, ...], tmp_path_factory: pytest.TempPathFactory
) -> Watched:
    path = tmp_path_factory.mktemp("wire") / "wire.bin"
    inside, log = ClientInside(), MessageLog()
    with pytest.MonkeyPatch.context() as patch, proxied(cloud.address) as proxy:
        patch.setattr("engine.session.relay.Peer", lambda role, log: inside)
        with Session(cloud=proxy.address) as session:
            session.record(path)
            session.on_message = log.add
            session.start()
            handshake = through(proxy)
            session.prepare(Settings())
            answers = [session.classify(picture) for picture in samples[:2]]
            session.let_cloud_try()
            counted = through(proxy)
            assert session.stop_recording() == ""
    return Watched(read_recording(path), inside, answers, log, handshake, counted)


def through(proxy: Proxy) -> tuple[int, int]:
    return proxy.up, proxy.down


def test_the_recording_has_the_whole_session(watched: Watched) -> None:
    names = [each.name for each in watched.recording.messages]
    for name in ("greeting", "hello", "welcome", "load", "galois_keys", "classify", "scores"):
        assert name in names
    picture = watched.answers[1].ciphertext.data
    assert picture in watched.of("window")
    assert watched.answers[1].result in watched.of("cloud")


def test_the_secret_key_is_nowhere_in_it(watched: Watched) -> None:
    key = watched.client.owner.held.secret_key
    secret, serialised = words_of(key.data()), to_bytes(key)
    for data in (watched.everything, watched.of("window"), watched.of("cloud")):
        assert hidden_in(data, secret) == 0
        for begin in range(64, len(serialised) - 64, 997):
            assert serialised[begin : begin + 64] not in data


def test_neither_pixels_nor_scores_are_in_it(watched: Watched, samples: tuple[Any, ...]) -> None:
    for data in (watched.everything, watched.of("window"), watched.of("cloud")):
        for picture, answer in zip(samples, watched.answers, strict=False):
            row = picture[14]
            assert row.any()
            for kind in (np.uint8, np.float32, np.float64):
                assert row.astype(kind).tobytes() not in data
                assert (row / 255).astype(kind).tobytes()[:32] not in data or kind is np.uint8
            for place, score in enumerate(answer.encrypted):
                assert np.float64(score).tobytes() not in data
                assert repr(score)[:12].encode() not in data
                two = np.asarray(answer.encrypted[place : place + 2], dtype=np.float32)
                assert len(two) < 2 or two.tobytes() not in data  # four bytes could be chance


def test_the_token_is_not_in_it(watched: Watched, cloud: RunningCloud) -> None:
    assert cloud.address.token not in watched.everything
    assert cloud.address.token.hex().encode() not in watched.everything


def test_the_log_has_the_sizes_on_the_wire(watched: Watched) -> None:
    """The proxy counts what TCP carries; besides messages that is a ping now and then."""
    sent = sum(each.total_bytes for each in watched.log.entries if each.receiver == "cloud")
    counted = watched.through[0] - watched.handshake[0]
    assert sent <= counted <= sent + 20 * PING
    received = sum(each.total_bytes for each in watched.log.entries if each.sender == "cloud")
    acknowledged = [each for each in watched.recording.messages if each.name == "got"]
    received += sum(len(each.data) for each in acknowledged)
    framing = sum(
        wire_bytes(len(each.data), masked=False) - len(each.data) for each in acknowledged
    )
    counted = watched.through[1] - watched.handshake[1]
    assert received <= counted <= received + framing + 20 * PING


def test_the_window_log_names_what_it_always_did(watched: Watched) -> None:
    names = [each.name for each in watched.log.entries if each.receiver == "cloud"]
    assert names[0] == "load"
    assert names[-3:] == ["classify", "classify", "try_to_decrypt"]


def test_a_cloud_on_this_machine_has_no_wire_to_record(tmp_path: Path) -> None:
    with Session() as session, pytest.raises(MessageError, match="another machine"):
        session.record(tmp_path / "wire.bin")
    assert isinstance(session._cloud, Peer)


@pytest.mark.parametrize("cut", [0, 5, 25, 60])
def test_a_file_that_is_none_or_ends_early_is_said_or_read_as_far_as_it_goes(
    tmp_path: Path, cut: int
) -> None:
    path = tmp_path / "wire.bin"
    path.write_bytes((b'CipherSketch wire 1\n{"where": "x:1"}\n' + b"\0" * 90)[:cut])
    if cut < 40:
        with pytest.raises(ResultsError):
            read_recording(path)
    else:
        with pytest.raises(ResultsError, match="damaged"):
            read_recording(path)
