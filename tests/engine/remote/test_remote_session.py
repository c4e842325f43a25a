"""A session whose cloud is another program, over real TLS and WebSocket."""

import dataclasses
from typing import Any

import pytest
from clouds import RunningCloud

from engine.ckks.parameters import Settings
from engine.errors import ModelError, PairingError, UnreachableError
from engine.remote.address import Address
from engine.remote.frames import PROTOCOL
from engine.session.relay import Session


def test_a_picture_is_classified_by_a_cloud_elsewhere(
    cloud: RunningCloud, samples: tuple[Any, ...]
) -> None:
    with Session(cloud=cloud.address) as session:
        session.prepare(Settings())
        answers = [session.classify(samples[digit]) for digit in (3, 7)]
        assert len(session.pids) == 1  # the key owner's alone
        state = session.cloud_state
    assert [answer.prediction for answer in answers] == [3, 7]
    assert all(answer.relative_error < 0.01 for answer in answers)
    assert state is not None
    assert (state.phase, state.where) == ("connected", cloud.address.where)
    assert state.protocol == PROTOCOL
    assert "mnist-network1" in dict(state.models)


def test_a_cloud_with_another_fingerprint_is_sent_nothing(cloud: RunningCloud) -> None:
    other = dataclasses.replace(cloud.address, fingerprint=bytes(16))
    with Session(cloud=other) as session:
        with pytest.raises(PairingError, match="not the cloud of the pairing address"):
            session.prepare(Settings())
        assert session.cloud_state is not None
        assert session.cloud_state.phase == "lost"


def test_a_wrong_token_is_refused_with_what_to_do(cloud: RunningCloud) -> None:
    other = dataclasses.replace(cloud.address, token=bytes(16))
    with (
        Session(cloud=other) as session,
        pytest.raises(PairingError, match="ask for the new pairing address"),
    ):
        session.prepare(Settings())
    assert "wrong token" in cloud.log
    assert cloud.address.token.hex() not in cloud.log


def test_a_port_where_nobody_listens_is_said() -> None:
    nobody = Address("127.0.0.1", 1, bytes(16), bytes(16))
    with (
        Session(cloud=nobody) as session,
        pytest.raises(UnreachableError, match=r"127\.0\.0\.1:1 does not answer"),
    ):
        session.prepare(Settings())


def test_a_model_with_another_hash_is_refused(
    cloud: RunningCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.session.models.model_sha256", lambda name: "0" * 64)
    sent: list[str] = []
    with Session(cloud=cloud.address) as session:
        session.on_message = lambda message: sent.append(message.name)
        with pytest.raises(ModelError, match="another model mnist-network1"):
            session.prepare(Settings())
    assert "begin" not in sent  # no secret key was made


def test_a_model_that_the_cloud_does_not_offer_is_refused(cloud: RunningCloud) -> None:
    with (
        Session(cloud=cloud.address) as session,
        pytest.raises(ModelError, match="does not offer 'kmnist-network1'; it offers: mnist"),
    ):
        session.prepare(Settings("kmnist-network1"))
