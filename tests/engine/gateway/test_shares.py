"""What somebody can take of a cloud: no more than is a client's, and nothing of the others'."""

import os
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import msgspec
from clouds import RunningCloud, open_files, running_cloud
from raw import TIMEOUT, greeted, plain

from engine.ckks.parameters import Settings
from engine.gateway.answers import MOST_UNREAD
from engine.gateway.offer import MOST_SILENT
from engine.gateway.store import MOST_BLOBS
from engine.messages.framing import LAST_KINDS
from engine.remote.connection import Connection
from engine.remote.frames import Answer, Ask, Piece, Renew, name_of
from engine.session.relay import Session

EXAMPLES = int(os.environ.get("CIPHERSKETCH_EXAMPLES", "40"))
SPARE = 2
"""Workers that a cloud has ready."""


def last_answer(connection: Connection) -> str:
    """Return the kind of an ask's last answer."""
    while True:
        frame, _ = connection.receive(TIMEOUT)
        if isinstance(frame, Answer) and frame.kind in LAST_KINDS:
            return frame.kind


def test_more_silent_connections_than_there_is_room_for_take_nothing_from_others(
    tmp_path: Path, samples: tuple[Any, ...]
) -> None:
    with (
        running_cloud(tmp_path, "--models", "mnist-network1", "--clients", "3") as cloud,
        Session(cloud=cloud.address) as session,
        ExitStack() as stack,
    ):
        session.prepare(Settings())
        for _ in range(MOST_SILENT + 300):
            with suppress(OSError):
                stack.enter_context(plain(cloud.address))
        assert session.classify(samples[3]).prediction == 3
        session.cancel()
        session.restart()  # so that another worker is wanted
        session.prepare(Settings())
        assert session.classify(samples[4]).prediction == 4
        stack.close()
        with greeted(cloud.address) as connection:
            assert connection.is_open
        assert "Traceback" not in cloud.log


def test_bytes_of_many_names_take_no_more_descriptors_than_are_a_clients(
    well: RunningCloud,
) -> None:
    with greeted(well.address) as connection:
        before = open_files(well.process.pid)
        for number in range(MOST_BLOBS + 200):
            connection.send(Piece(name_of(str(number).encode()).digest, 0, b"x"))
        for _ in range(MOST_BLOBS + 200):
            connection.receive(TIMEOUT)
        assert open_files(well.process.pid) <= before + MOST_BLOBS


def test_results_that_nobody_reads_are_no_longer_made(well: RunningCloud) -> None:
    describe = msgspec.Raw(b'{"model": "mnist-network1"}')
    with greeted(well.address) as connection:
        before, said = open_files(well.process.pid), []
        for number in range(1, MOST_UNREAD + 20):
            connection.send(Ask(number, 0, 0, "describe", describe))
            said.append(last_answer(connection))
        assert (said[0], said[-1]) == ("end", "error")
        assert open_files(well.process.pid) <= before + MOST_UNREAD + 10


def test_asks_that_are_given_up_at_once_leave_no_workers(well: RunningCloud) -> None:
    calibrate = msgspec.Raw(b"{}")
    with greeted(well.address) as connection:
        for number in range(1, EXAMPLES + 1):
            connection.send(Ask(number, number - 1, 0, "calibrate", calibrate))
            connection.send(Renew(number))
        connection.send(Ask(EXAMPLES + 1, EXAMPLES, 0, "calibrate", calibrate))
        while not (
            isinstance(frame := connection.receive(TIMEOUT)[0], Answer) and frame.kind == "end"
        ):
            pass
        assert len(well.workers) <= SPARE + 2
