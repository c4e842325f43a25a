"""Where the points of a sweep are measured: processes of this machine, or a Dask cluster.

A worker stands where the window stands: it gets settings and pictures, in the clear and pickled by
the executor, and starts a client and a cloud of its own. So a cluster must be one's own. Between
a client and a cloud nothing is pickled, there as here.
"""

import functools
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait

from engine.errors import ProcessLostError, ResultsError

LOOPBACK = "127.0.0.1"
CONNECT_SECONDS = 10


@dataclass(frozen=True)
class Workplace:
    """Any executor will do: `open` gives one, and again after it broke.

    `host` is this machine's address as the workers see it; an error of the types `lost` means that
    a worker ended, so that its points are to be measured once more.
    """

    open: Callable[[], AbstractContextManager[Executor]]
    host: str = LOOPBACK
    lost: tuple[type[Exception], ...] = (BrokenExecutor, ProcessLostError)


def local_processes(workers: int) -> Workplace:
    """Return a workplace of `workers` processes of this machine, each with a session of its own."""
    open_pool = functools.partial(
        ProcessPoolExecutor,
        max(1, workers),
        multiprocessing.get_context("spawn"),
        _end_with_the_sweep,
    )
    return Workplace(open_pool)


def dask_cluster(address: str) -> Workplace:
    """Return the Dask cluster whose scheduler is at `address`, such as tcp://10.0.0.5:8786.

    Its workers see the pictures and hold the points' secret keys: only a trusted one will do.
    Raises ResultsError without the extra `cluster` or if nobody answers there.
    """
    try:
        from distributed import Client, KilledWorker  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise ResultsError(
            "A cluster needs Dask: install it with pip install 'ciphersketch[cluster]'."
        ) from error

    @contextmanager
    def open_client() -> Iterator[Executor]:
        try:
            client = Client(address, timeout=CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            raise ResultsError(
                f"No Dask scheduler answers at {address} ({error}); start one with dask scheduler."
            ) from error
        with client, client.get_executor(pure=False) as executor:
            yield executor

    return Workplace(open_client, _own_address(address), (*Workplace.lost, KilledWorker))


def _own_address(scheduler: str) -> str:
    """Return the address from which this machine reaches `scheduler`."""
    host, _, port = scheduler.rpartition("://")[2].rpartition(":")
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((host, int(port)))  # sends nothing
            return str(probe.getsockname()[0])
    except (OSError, ValueError) as error:
        raise ResultsError(
            f"{scheduler!r} is no scheduler's address ({error}); give one like tcp://10.0.0.5:8786."
        ) from error


def _end_with_the_sweep() -> None:
    """Let a worker ignore Ctrl-C, which the terminal sends to all, and end when the sweep does.

    Workers of a pool whose program is killed would wait for ever.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
