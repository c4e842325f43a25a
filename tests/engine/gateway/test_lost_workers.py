"""A worker that is killed, stopped or out of memory costs its own client one run, and no other."""

import os
import select
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import pytest
from clouds import RunningCloud, running_cloud

from engine.ckks.parameters import Settings
from engine.errors import CipherSketchError, ProcessLostError
from engine.session.events import Event, StageProgress, StageStarted
from engine.session.relay import Session


class Watcher:
    """A session that does something once, when a stage begins."""

    def __init__(self, cloud: RunningCloud) -> None:
        self.session = Session(self.hear, cloud=cloud.address)
        self.at, self.act = "", lambda: None

    def hear(self, event: Event) -> None:
        if isinstance(event, StageStarted | StageProgress) and event.key == self.at:
            self.at = ""
            self.act()


@pytest.fixture(scope="module")
def watcher(cloud: RunningCloud) -> Iterator[Watcher]:
    watcher = Watcher(cloud)
    with watcher.session:
        yield watcher


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP, signal.SIGXCPU])
@pytest.mark.parametrize("stage", ["send", "conv", "dense-2", "decrypt"])
def test_a_worker_that_ends_costs_one_run(
    well: RunningCloud,
    watcher: Watcher,
    samples: tuple[Any, ...],
    stage: str,
    number: signal.Signals,
) -> None:
    session = watcher.session
    session.prepare(Settings())
    worker = working(well, session, samples[0])
    watcher.at, watcher.act = stage, lambda: os.kill(worker, number)
    runs = 1 if stage == "send" else 2  # a signal after a run's last answer costs the next one
    with pytest.raises(ProcessLostError, match=r"next run"):
        classify_often(session, samples[2], runs)
    assert session.classify(samples[2]).prediction == 2
    assert gone(worker)


def test_a_worker_that_ends_while_keys_arrive_costs_that_one_call(
    well: RunningCloud, watcher: Watcher, samples: tuple[Any, ...]
) -> None:
    session = watcher.session
    session.prepare(Settings())
    worker = working(well, session, samples[0])
    watcher.at, watcher.act = "keys", lambda: os.kill(worker, signal.SIGKILL)
    with pytest.raises(ProcessLostError):
        session.prepare(Settings(scale_bits=25))
    session.prepare(Settings(scale_bits=25))
    assert session.classify(samples[3]).prediction == 3


def working(cloud: RunningCloud, session: Session, picture: Any) -> int:
    """Return the worker of a session: the one that works when it classifies."""
    before = {pid: processor_ticks(pid) for pid in cloud.workers}
    for _ in range(3):
        session.classify(picture)
    return max(cloud.workers, key=lambda pid: processor_ticks(pid) - before.get(pid, 0))


def processor_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_another_client_is_not_touched(well: RunningCloud, samples: tuple[Any, ...]) -> None:
    answers: list[int] = []
    with Session(cloud=well.address) as mine, Session(cloud=well.address) as other:
        mine.prepare(Settings())
        first = working(well, mine, samples[0])
        other.prepare(Settings())

        def run() -> None:
            answers.extend(other.classify(samples[digit]).prediction for digit in range(5))

        thread = threading.Thread(target=run)
        thread.start()
        os.kill(first, signal.SIGKILL)
        with pytest.raises(ProcessLostError):
            mine.classify(samples[1])
        assert mine.classify(samples[1]).prediction == 1
        thread.join()
    assert answers == [0, 1, 2, 3, 4]


def test_no_worker_survives_its_client(well: RunningCloud, samples: tuple[Any, ...]) -> None:
    with Session(cloud=well.address) as session:
        session.prepare(Settings())
        worker = working(well, session, samples[0])
    assert gone(worker)


def gone(pid: int) -> bool:
    """Wait until a process has ended; a test that hangs says that it did not."""
    with suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        select.select([handle], [], [])
        os.close(handle)
    return True


def test_a_nursery_that_ends_is_replaced(tmp_path: Path, samples: tuple[Any, ...]) -> None:
    with (
        running_cloud(tmp_path, "--models", "mnist-network1") as cloud,
        Session(cloud=cloud.address) as session,
    ):
        nursery = cloud.nursery
        os.kill(nursery, signal.SIGKILL)
        assert gone(nursery)
        for _ in range(2):  # the first may still get a worker that went with the nursery
            try:
                session.prepare(Settings())
                assert session.classify(samples[6]).prediction == 6
                break
            except ProcessLostError:
                continue
        else:
            pytest.fail("no worker came")


def test_a_worker_beyond_its_memory_says_so_and_its_client_goes_on(
    tmp_path: Path, samples: tuple[Any, ...]
) -> None:
    large = Settings("mnist-network2", 32768, 40)
    with (
        running_cloud(
            tmp_path, "--memory", "200", "--models", "mnist-network1", "mnist-network2"
        ) as cloud,
        Session(cloud=cloud.address) as session,
    ):
        with pytest.raises(CipherSketchError, match="smaller N"):
            session.prepare(large)
        session.prepare(Settings())
        assert session.classify(samples[2]).prediction == 2


def test_a_worker_beyond_its_processor_time_says_so_and_its_client_goes_on(
    tmp_path: Path, samples: tuple[Any, ...]
) -> None:
    options = ("--models", "mnist-network1", "--processor-seconds", "2")
    with running_cloud(tmp_path, *options) as cloud, Session(cloud=cloud.address) as session:
        with pytest.raises(ProcessLostError, match=r"used up its 2 s of processor time; the next"):
            classify_for_ever(session, samples[1])
        session.prepare(Settings())
        assert session.classify(samples[2]).prediction == 2


def classify_often(session: Session, picture: Any, runs: int) -> None:
    for _ in range(runs):
        session.classify(picture)


def classify_for_ever(session: Session, picture: Any) -> NoReturn:
    session.prepare(Settings())
    while True:
        session.classify(picture)
