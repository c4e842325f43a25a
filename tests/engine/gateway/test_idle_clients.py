"""Clients that ask nothing, or whose line was cut: what is kept of them, and for how long."""

import os
import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from clouds import RunningCloud, running_cloud
from proxy import Proxy, proxied

from engine.ckks.parameters import Settings
from engine.errors import ProcessLostError
from engine.session.relay import Session


def wait_for_fewer(cloud: RunningCloud, workers: set[int]) -> None:
    """Wait until one of some workers has ended; a test that hangs says that none did."""
    handles = [os.pidfd_open(pid) for pid in workers]
    select.select(handles, [], [])
    for handle in handles:
        os.close(handle)


@contextmanager
def patient_for(seconds: int, folder: Path) -> Iterator[tuple[RunningCloud, Proxy, Session]]:
    """Yield a cloud that waits so long after a cut, a line to be cut, and a session with keys."""
    options = ("--models", "mnist-network1", "--patience", str(seconds))
    with (
        running_cloud(folder, *options) as cloud,
        proxied(cloud.address) as proxy,
        Session(cloud=proxy.address) as session,
    ):
        session.prepare(Settings())
        yield cloud, proxy, session


def test_a_worker_goes_after_a_cut_and_the_keys_stay(
    tmp_path: Path, samples: tuple[Any, ...]
) -> None:
    with patient_for(3, tmp_path) as (cloud, proxy, session):
        workers, sent = set(cloud.workers), proxy.up
        proxy.cut()
        wait_for_fewer(cloud, workers)
        proxy.mend()
        session.prepare(Settings())
        assert session.classify(samples[4]).prediction == 4
        assert proxy.up - sent < 500_000  # a picture, and the names of keys


def test_who_comes_back_too_late_for_its_run_is_told_so(
    tmp_path: Path, samples: tuple[Any, ...]
) -> None:
    with patient_for(1, tmp_path) as (cloud, proxy, session):
        workers = set(cloud.workers)

        def cut() -> None:
            proxy.watch = lambda: None
            proxy.cut()
            threading.Thread(target=mend).start()

        def mend() -> None:
            wait_for_fewer(cloud, workers)
            proxy.mend()

        proxy.watch = cut
        with pytest.raises(ProcessLostError, match="new one"):
            session.calibrate()
        session.prepare(Settings())
        assert session.classify(samples[6]).prediction == 6


def test_an_idle_client_is_let_go_and_may_come_again(
    tmp_path: Path, samples: tuple[Any, ...]
) -> None:
    options = ("--models", "mnist-network1", "--idle", "6")
    with running_cloud(tmp_path, *options) as cloud, Session(cloud=cloud.address) as session:
        session.prepare(Settings())
        wait_for_fewer(cloud, set(cloud.workers))
        while (state := session.cloud_state) and state.phase == "connected":
            select.select([], [], [], 0.05)  # until the goodbye has arrived
        session.prepare(Settings())
        assert session.classify(samples[5]).prediction == 5
