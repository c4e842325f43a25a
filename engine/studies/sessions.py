"""Much work on several pairs of processes: how a whole data set is classified.

Each worker is a session of its own: a client with its own secret key, and a cloud. Threads only
relay their messages; all the work is in the processes.
"""

import functools
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from contextlib import ExitStack
from queue import SimpleQueue
from typing import TypeVar

from engine.errors import ProcessLostError
from engine.remote.address import Address
from engine.session.events import Event
from engine.session.relay import Session

T = TypeVar("T")

SECONDS_BETWEEN_CANCELS = 0.05


def run_on_sessions(
    jobs: Sequence[Callable[[Session], T]],
    workers: int = 2,
    on_event: Callable[[int, Event], None] = lambda worker, event: None,
    cloud: Address | None = None,
) -> Generator[tuple[int, T], None, None]:
    """Run `jobs` on up to `workers` sessions; yield (index, result) as they come.

    `on_event` is called with the number of the worker, in a thread of that worker. A job whose
    process is lost is run once more. Whoever stops early, or meets an error, ends all processes.
    """
    with ExitStack() as stack:
        idle: SimpleQueue[Session] = SimpleQueue()
        sessions: list[Session] = []
        for worker in range(max(1, min(workers, len(jobs)))):
            session = Session(functools.partial(on_event, worker), cloud)
            sessions.append(stack.enter_context(session))
            idle.put(session)
        executor = stack.enter_context(ThreadPoolExecutor(len(sessions)))
        numbers = {
            executor.submit(_run_on_idle, job, idle): index for index, job in enumerate(jobs)
        }
        try:
            for future in as_completed(numbers):
                yield numbers[future], future.result()
        finally:
            _stop(executor, tuple(numbers), sessions)


def run_twice_if_lost(job: Callable[[Session], T], session: Session) -> T:
    """Return what `job` returns; where it loses a process, run it once more."""
    try:
        return job(session)
    except ProcessLostError:
        return job(session)


def _run_on_idle(job: Callable[[Session], T], idle: "SimpleQueue[Session]") -> T:
    session = idle.get()
    try:
        return run_twice_if_lost(job, session)
    finally:
        idle.put(session)


def _stop(
    executor: ThreadPoolExecutor, futures: Sequence[Future[T]], sessions: Sequence[Session]
) -> None:
    executor.shutdown(wait=False, cancel_futures=True)
    running = [future for future in futures if not future.cancelled()]
    # A cancel that falls between two requests of a session does nothing: repeat it.
    while wait(running, timeout=0).not_done:
        for session in sessions:
            session.cancel()
        wait(running, timeout=SECONDS_BETWEEN_CANCELS)
