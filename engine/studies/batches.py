"""Many batches on several pairs of processes: how a whole data set is classified fastest."""

import functools
import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from engine.ckks.parameters import Settings
from engine.session.batch import Pictures, batch_circuit_for
from engine.session.events import BatchResult, Event
from engine.session.relay import Session
from engine.studies.sessions import run_on_sessions


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

    Events, lost processes and early stops are as `run_on_sessions` says.
    """
    jobs = [functools.partial(_classify, settings, pictures) for pictures in batches]
    yield from run_on_sessions(jobs, workers, on_event)


def _classify(settings: Settings, pictures: Pictures, session: Session) -> BatchResult:
    session.prepare_batch(settings)
    return session.classify_batch(pictures)
