"""Many batches on several pairs of processes: how a whole data set is classified.

Each worker is a session of its own: a client with its own secret key, and a cloud. Threads only
relay their messages; all the work is in the processes.
"""

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from contextlib import ExitStack, closing
from queue import SimpleQueue

import numpy as np

from engine.batch import Pictures, batch_circuit_for
from engine.errors import ProcessLostError
from engine.events import BatchResult, Event
from engine.parameters import Settings
from engine.session import Session

SECONDS_BETWEEN_CANCELS = 0.05


def split_pictures(settings: Settings, pictures: Pictures) -> list[Pictures]:
    """Split pictures (n, 28, 28) into as few batches as hold them, equally large."""
    capacity = batch_circuit_for(settings).capacity
    return np.array_split(pictures, max(1, math.ceil(len(pictures) / capacity)))


def classify_batches(
    settings: Settings,
    batches: Sequence[Pictures],
    workers: int = 2,
    on_event: Callable[[int, Event], None] = lambda worker, event: None,
) -> Iterator[tuple[int, BatchResult]]:
    """Classify `batches` on up to `workers` pairs of processes; yield (index, result) as they come.

    `on_event` is called with the number of the worker, in a thread of that worker. A batch whose
    process is lost is run once more. Whoever stops early, or meets an error, ends all processes.
    """
    with ExitStack() as stack:
        idle: SimpleQueue[Session] = SimpleQueue()
        sessions: list[Session] = []
        for worker in range(max(1, min(workers, len(batches)))):
            session = Session(functools.partial(on_event, worker))
            sessions.append(stack.enter_context(closing(session)))
            idle.put(session)
        executor = stack.enter_context(ThreadPoolExecutor(len(sessions)))
        futures = [
            executor.submit(_classify, index, settings, pictures, idle)
            for index, pictures in enumerate(batches)
        ]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            _stop(executor, futures, sessions)


def _classify(
    index: int, settings: Settings, pictures: Pictures, idle: "SimpleQueue[Session]"
) -> tuple[int, BatchResult]:
    session = idle.get()
    try:
        session.prepare_batch(settings)
        return index, session.classify_batch(pictures)
    except ProcessLostError:
        session.prepare_batch(settings)
        return index, session.classify_batch(pictures)
    finally:
        idle.put(session)


def _stop(
    executor: ThreadPoolExecutor,
    futures: Sequence[Future[tuple[int, BatchResult]]],
    sessions: Sequence[Session],
) -> None:
    executor.shutdown(wait=False, cancel_futures=True)
    running = [future for future in futures if not future.cancelled()]
    # A cancel that falls between two requests of a session does nothing: repeat it.
    while wait(running, timeout=0).not_done:
        for session in sessions:
            session.cancel()
        wait(running, timeout=SECONDS_BETWEEN_CANCELS)
