import os
import signal
from pathlib import Path

import pytest
from listening import Listener
from session_steps import SMALLER, Picture, classify, elsewhere

from engine.circuits.expected.calibration import load_costs
from engine.ckks.parameters import Settings
from engine.errors import (
    CancelledError,
    MessageError,
    ProcessLostError,
)
from engine.planning.forecast import Forecast, forecast
from engine.session.events import Event, StageFinished, StageProgress, StageStarted
from engine.session.relay import Session


def end(pid: int) -> None:
    """Kill a process, as the system does when memory runs out; return when it is known dead."""
    os.kill(pid, signal.SIGKILL)
    if hasattr(os, "waitid"):
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def end_all(pids: tuple[int, ...]) -> None:
    for pid in pids:
        end(pid)


@pytest.mark.parametrize("place", [0, 1], ids=["client", "cloud"])
def test_a_process_killed_between_runs_is_replaced(
    session: Session, samples: tuple[Picture, ...], place: int
) -> None:
    pids = session.pids
    end(pids[place])
    answer = session.classify(samples[7])
    assert answer.prediction == 7
    assert session.pids[place] != pids[place]
    assert session.pids[1 - place] == pids[1 - place]


@pytest.mark.parametrize("stage", ["send", "conv", "dense-2"])
def test_a_cloud_killed_during_a_run_is_reported_and_replaced(
    session: Session, listener: Listener, samples: tuple[Picture, ...], stage: str
) -> None:
    client, cloud = session.pids
    listener.at((StageStarted, stage), lambda: end(cloud))
    with pytest.raises(ProcessLostError, match="The cloud process stopped"):
        session.classify(samples[7])
    assert classify(session, samples[7]).prediction == 7
    assert session.pids[0] == client


@pytest.mark.parametrize("stage", ["encrypt", "conv", "decrypt"])
def test_a_client_killed_during_a_run_is_reported_and_its_keys_are_made_anew(
    session: Session, listener: Listener, samples: tuple[Picture, ...], stage: str
) -> None:
    client, _ = session.pids
    listener.at((StageStarted, stage), lambda: end(client))
    with pytest.raises(ProcessLostError, match="The client process stopped"):
        session.classify(samples[7])
    listener.clear()
    assert classify(session, samples[7]).prediction == 7
    assert listener.of(StageFinished)[0] == "keys"


@pytest.mark.parametrize("place", [0, 1], ids=["client", "cloud"])
def test_a_process_killed_while_keys_are_made_is_reported_and_replaced(
    session: Session, listener: Listener, samples: tuple[Picture, ...], place: int
) -> None:
    pid = session.pids[place]
    listener.at((StageProgress, "keys"), lambda: end(pid))
    with pytest.raises(ProcessLostError):
        session.prepare(SMALLER)
    assert session.prepare(SMALLER).settings == SMALLER
    assert classify(session, samples[7]).prediction == 7


def test_both_processes_killed_at_once_are_replaced(
    session: Session, listener: Listener, samples: tuple[Picture, ...]
) -> None:
    listener.at((StageStarted, "square-2"), lambda: end_all(session.pids))
    with pytest.raises(ProcessLostError):
        session.classify(samples[7])
    assert classify(session, samples[7]).prediction == 7


def test_after_the_client_was_lost_its_last_result_cannot_be_decrypted(
    session: Session, samples: tuple[Picture, ...]
) -> None:
    session.classify(samples[0])
    end(session.pids[0])
    with pytest.raises(MessageError, match="no result to decrypt"):
        session.decrypt_with_wrong_key()


def test_after_close_no_process_is_left(samples: tuple[Picture, ...]) -> None:
    session = Session()
    session.prepare(Settings())
    classify(session, samples[0])
    pids = session.pids
    assert len(pids) == 2
    session.close()
    session.close()
    assert session.pids == ()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.parametrize(
    "moment", [StageStarted("keys"), (StageProgress, "keys"), (StageStarted, "conv")], ids=str
)
def test_a_close_from_another_thread_ends_the_run_and_every_process(
    samples: tuple[Picture, ...], moment: Event | tuple[type, str]
) -> None:
    listener = Listener()
    session = Session(listener)
    listener.at(moment, lambda: elsewhere(session.close))

    def run() -> None:
        session.prepare(Settings())
        session.classify(samples[0])

    with pytest.raises(CancelledError):
        run()
    assert session.pids == ()
    session.close()


def test_a_session_that_was_never_used_closes() -> None:
    Session().close()


def test_processes_can_be_started_ahead() -> None:
    with Session() as session:
        session.start()
        pids = session.pids
        assert len(set(pids)) == 2
        session.start()
        assert session.pids == pids


def test_a_calibration_is_kept_for_forecasts(session: Session, costs_file: Path) -> None:
    before = forecast(Settings())
    assert isinstance(before, Forecast)
    assert before.server_seconds is None
    session.calibrate()
    assert load_costs(costs_file) is not None
    after = forecast(Settings())
    assert isinstance(after, Forecast)
    assert after.server_seconds is not None
    assert after.server_seconds > 0


def test_a_calibration_needs_no_keys(costs_file: Path) -> None:
    with Session() as session:
        session.calibrate()
    assert costs_file.exists()
