"""Two machines, as the kernel sees them: namespaces joined by a slow cable that is pulled."""

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from clouds import RunningCloud, running_cloud

from engine.ckks.parameters import Settings
from engine.session.events import Event, StageProgress, StageStarted
from engine.session.relay import Session

RATE = "20mbit"
CUT_SECONDS = float(os.environ.get("CIPHERSKETCH_CUT_SECONDS", "0.5"))
NAMESPACES = Path("/run/netns")


@dataclass(frozen=True)
class Cable:
    """Our end of a cable, and the namespace at its other end, with its address."""

    ours: str
    space: str
    host: str

    def plug(self, *, is_in: bool) -> None:
        ip("link", "set", self.ours, "up" if is_in else "down")

    @property
    def sent(self) -> int:
        return int(Path(f"/sys/class/net/{self.ours}/statistics/tx_bytes").read_text())


def ip(*arguments: str, program: str = "ip") -> None:
    subprocess.run([program, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def cable() -> Iterator[Cable]:
    # One that a test which was killed may have left is not taken again.
    taken = {each.name for each in NAMESPACES.glob("ciphersketch*")}
    number = next(each for each in range(1, 200) if f"ciphersketch{each}" not in taken)
    ours, theirs, space = f"cs{number}a", f"cs{number}b", f"ciphersketch{number}"
    try:
        ip("netns", "add", space)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no network namespaces here: {error}")
    try:
        ip("link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", space)
        for where, name, host in (((), ours, 1), (("-n", space), theirs, 2)):
            ip(*where, "addr", "add", f"10.213.{number}.{host}/30", "dev", name)
            ip(*where, "link", "set", name, "up")
            shape = ("qdisc", "add", "dev", name, "root", "tbf", "rate", RATE)
            ip(*where, *shape, "burst", "64kb", "latency", "400ms", program="tc")
        yield Cable(ours, space, f"10.213.{number}.2")
    finally:
        with suppress(subprocess.CalledProcessError):
            ip("link", "del", ours)
        ip("netns", "del", space)


@pytest.fixture(scope="module")
def far(cable: Cable, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    folder = tmp_path_factory.mktemp("cloud")
    within = ("ip", "netns", "exec", cable.space)
    models = ("--models", "mnist-network1")
    with running_cloud(folder, *models, host=cable.host, within=within) as cloud:
        yield cloud


@pytest.mark.parametrize("moment", ["keys", "conv", "dense-2"])
def test_a_run_over_a_slow_cable_survives_its_being_pulled(
    far: RunningCloud, cable: Cable, samples: tuple[Any, ...], moment: str
) -> None:
    timers: list[threading.Timer] = []

    def hear(event: Event) -> None:
        begins = isinstance(event, StageStarted) and event.key != "keys"
        half_way = isinstance(event, StageProgress) and event.done == 7
        if event.key == moment and (begins or half_way) and not timers:
            cable.plug(is_in=False)
            timers.append(threading.Timer(CUT_SECONDS, lambda: cable.plug(is_in=True)))
            timers[0].start()

    before = cable.sent
    with Session(hear, cloud=far.address) as session:
        keys = session.prepare(Settings())
        answers = [session.classify(samples[digit]) for digit in (2, 9)]
    timers[0].join()
    assert [answer.prediction for answer in answers] == [2, 9]
    sent = keys.relin_key_bytes + keys.galois_key_bytes + sum(each.bytes_up for each in answers)
    assert cable.sent - before < 1.2 * sent
