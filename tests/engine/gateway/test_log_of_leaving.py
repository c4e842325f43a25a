"""The log of a cloud says of every client that it left, and why."""

import re
import select
from pathlib import Path

from clouds import RunningCloud, running_cloud
from proxy import proxied
from raw import greeted

from engine.gateway.identity import identity_in
from engine.remote.frames import Bye

MODEL = ("--models", "mnist-network1")


def wait_for_line(cloud: RunningCloud, form: str) -> str:
    """Return the first group of a line of the log; a test that hangs says that it never came."""
    while (found := re.search(form, cloud.log, re.MULTILINE)) is None:
        select.select([], [], [], 0.05)
    return found[1]


def lines_of(cloud: RunningCloud, name: str) -> int:
    return len(re.findall(rf" left (?:\S+ as )?{name}: ", cloud.log))


def test_whoever_leaves_has_a_line_that_says_how(tmp_path: Path) -> None:
    with (
        running_cloud(tmp_path, *MODEL, "--clients", "1") as cloud,
        proxied(cloud.address) as proxy,
    ):
        with greeted(cloud.address) as connection:
            connection.send(Bye())
            first = wait_for_line(cloud, r" left (\w{6}): said goodbye$")
        with greeted(cloud.address):
            pass
        second = wait_for_line(cloud, r" left \S+ as (\w{6}): closed$")
        with greeted(proxy.address):
            assert wait_for_line(cloud, r" left (\w{6}): made room for another$") == second
            proxy.cut()
            third = wait_for_line(cloud, r" left \S+ as (\w{6}): cut off$")
            identity_in(tmp_path).renew_token()
            assert wait_for_line(cloud, r" left (\w{6}): came with the old token$") == third
        assert [lines_of(cloud, name) for name in (first, second, third)] == [1, 2, 2]


def test_whoever_asks_nothing_for_too_long_has_one_line(tmp_path: Path) -> None:
    with (
        running_cloud(tmp_path, *MODEL, "--idle", "1") as cloud,
        greeted(cloud.address) as connection,
    ):
        name = wait_for_line(cloud, r" left (\w{6}): asked nothing for 1 s$")
        connection.close()
    assert lines_of(cloud, name) == 1
