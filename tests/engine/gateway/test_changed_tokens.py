"""A token that is renewed or revoked while the cloud runs: whoever came with the old one leaves."""

import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from clouds import RunningCloud, running_cloud
from raw import TIMEOUT, connected, greeted
from websockets.exceptions import ConnectionClosed

from engine.ckks.parameters import Settings
from engine.errors import PairingError, UnreachableError
from engine.gateway.identity import identity_in
from engine.remote.address import parse_address
from engine.remote.frames import PROTOCOL, Bye, Hello
from engine.resources import ROOT
from engine.session.events import Event, StageStarted
from engine.session.relay import Session

MODEL = ("--models", "mnist-network1")
WHAT_TO_DO = "ask for the new pairing address"


def command(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "engine.commands.cloud", "--identity", str(folder), *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def wait_until_noticed(cloud: RunningCloud, times: int = 1) -> None:
    """Wait until the cloud knows of a change; a test that hangs says that it does not look."""
    while cloud.log.count("changed token") < times:
        select.select([], [], [], 0.05)


def test_a_revoked_token_ends_what_it_let_in_and_a_renewed_one_lets_in_again(
    tmp_path: Path, samples: tuple[Any, ...]
) -> None:
    with running_cloud(tmp_path, *MODEL) as cloud, Session(cloud=cloud.address) as session:
        session.prepare(Settings())
        revoked = command(tmp_path, "--revoke-token")
        assert revoked.returncode == 0
        assert revoked.stdout.count("\n") == 1
        assert str(tmp_path) in revoked.stdout
        wait_until_noticed(cloud)
        for _ in range(2):
            with pytest.raises((UnreachableError, PairingError), match=WHAT_TO_DO):
                session.classify(samples[1])
        with pytest.raises(PairingError, match=WHAT_TO_DO), greeted(cloud.address):
            pass
        at = ("--host", "127.0.0.1", "--port", str(cloud.address.port))
        renewed = command(tmp_path, *MODEL, *at, "--renew-token")
        assert renewed.returncode == 0, renewed.stderr
        assert renewed.stderr.count("\n") == 1
        address = parse_address(renewed.stdout)
        assert address.where == cloud.address.where
        wait_until_noticed(cloud, 2)
        with Session(cloud=address) as again:
            again.prepare(Settings())
            assert again.classify(samples[1]).prediction == 1


def test_a_run_that_a_renewed_token_cuts_short_says_what_to_do(
    tmp_path: Path, samples: tuple[Any, ...]
) -> None:
    phases: list[str] = []
    with running_cloud(tmp_path, *MODEL) as cloud:

        def renew(event: Event) -> None:
            if isinstance(event, StageStarted) and event.key == "send":
                identity_in(tmp_path).renew_token()
                wait_until_noticed(cloud)

        with Session(renew, cloud=cloud.address) as session:
            session.prepare(Settings())
            session.on_cloud = lambda state: phases.append(state.phase)
            with pytest.raises((UnreachableError, PairingError), match=WHAT_TO_DO):
                session.classify(samples[1])
            assert phases[-1] == "lost"
            with pytest.raises(PairingError, match=WHAT_TO_DO):
                session.start()


def test_the_goodbye_says_why_and_nothing_comes_after_it(tmp_path: Path) -> None:
    with running_cloud(tmp_path, *MODEL) as cloud, greeted(cloud.address) as connection:
        identity_in(tmp_path).renew_token()
        goodbye, _ = connection.receive(TIMEOUT)
        assert isinstance(goodbye, Bye)
        assert goodbye.reason.endswith(f"{WHAT_TO_DO}.")
        with pytest.raises(ConnectionClosed):
            connection.receive(TIMEOUT)


def test_who_showed_the_old_token_and_kept_silent_is_not_let_in(tmp_path: Path) -> None:
    with running_cloud(tmp_path, *MODEL) as cloud:
        connection = connected(cloud.address)
        connection.receive(TIMEOUT)
        identity_in(tmp_path).renew_token()
        wait_until_noticed(cloud)
        connection.send(Hello(PROTOCOL))
        answer, _ = connection.receive(TIMEOUT)
        assert isinstance(answer, Bye)
        assert WHAT_TO_DO in answer.reason
        connection.close()


def test_renewing_does_not_take_another_cloud_for_its_own(tmp_path: Path) -> None:
    with running_cloud(tmp_path / "one", *MODEL) as cloud:
        at = ("--host", "127.0.0.1", "--port", str(cloud.address.port))
        done = command(tmp_path / "two", *MODEL, *at, "--renew-token")
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.endswith("choose another --port.\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root acts for others")
def test_a_token_that_root_renews_is_readable_by_the_service_whose_it_is(tmp_path: Path) -> None:
    identity = identity_in(tmp_path / "service")
    os.chown(identity.folder, 1234, 1234)
    identity.renew_token()
    assert (identity.folder / "token").stat().st_uid == 1234
