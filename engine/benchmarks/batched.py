"""The benchmark of batches: what a picture costs among thousands, and what a second worker adds.

One picture, a full batch, and all pictures on one worker and on several, in one run on one machine.
"""

import itertools
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.arrays import Array, as_input
from engine.ckks.parameters import Settings
from engine.networks.layers import relative_errors
from engine.planning.forecast import network_named
from engine.session.batch import Pictures, batch_circuit_for
from engine.session.relay import Session
from engine.studies.batches import classify_batches, split_pictures

SINGLE_RUNS = 10


@dataclass(frozen=True)
class BatchBenchReport:
    """What `python -m engine bench-batched --json` prints.

    `single_ms` is the cloud's median time for one picture alone; `batch_ms` the time per picture of
    a batch as full as the pictures make it, encrypted, classified and decrypted; `ratio` is how
    many times less that is. `one_worker_seconds` and `workers_seconds` are for all pictures, from
    starting the processes to the last score; `scaling` is their quotient. `peak_bytes` is the most
    memory that a process of the full batch had, None where /proc does not tell.
    """

    single_ms: float
    batch_ms: float
    batch_server_ms: float
    ratio: float
    batch_pictures: int
    stage_seconds: dict[str, float]
    bytes_up: int
    bytes_down: int
    peak_bytes: int | None
    workers: int
    one_worker_seconds: float
    workers_seconds: float
    scaling: float
    pictures: int
    same_prediction: int
    max_relative_error: float
    settings: Settings
    coeff_modulus_bits: tuple[int, ...]


def run_batch_bench(
    settings: Settings,
    pictures: Pictures,
    workers: int,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> BatchBenchReport:
    """Measure one picture, one full batch, then all `pictures` (n, 28, 28), split evenly.

    The predictions and errors are those of the run on `workers` workers.
    """
    circuit = batch_circuit_for(settings)
    batches = split_pictures(settings, pictures)
    if len(batches) < workers:  # some would have nothing to do
        batches = np.array_split(pictures, workers)
    steps, total = itertools.count(1), SINGLE_RUNS + 1 + 2 * len(batches)
    with Session() as session:
        session.prepare(settings)
        single: list[float] = []
        for run in range(SINGLE_RUNS):
            single.append(session.classify(pictures[run % len(pictures)]).server_seconds)
            on_progress(next(steps), total)
        session.prepare_batch(settings)
        full = session.classify_batch(pictures[: circuit.capacity])
        on_progress(next(steps), total)
        peak_bytes = max((_peak_bytes(pid) for pid in session.pids), default=0) or None

    def run_all(count: int) -> tuple[Array, float]:
        begin = time.perf_counter()
        scores: dict[int, Array] = {}
        for index, result in classify_batches(settings, batches, count):
            scores[index] = result.scores
            on_progress(next(steps), total)
        ordered = [scores[index] for index in range(len(batches))]
        return np.concatenate(ordered), time.perf_counter() - begin

    _, one_worker_seconds = run_all(1)
    scores, workers_seconds = run_all(workers)
    clear = network_named(settings.model).forward(as_input(pictures))
    count = len(full.scores)
    return BatchBenchReport(
        single_ms=round(statistics.median(single) * 1000, 3),
        batch_ms=round(full.seconds / count * 1000, 4),
        batch_server_ms=round(full.server_seconds / count * 1000, 4),
        ratio=round(statistics.median(single) * count / full.seconds, 2),
        batch_pictures=count,
        stage_seconds={stage.key: round(stage.seconds, 4) for stage in full.stages},
        bytes_up=full.bytes_up,
        bytes_down=full.bytes_down,
        peak_bytes=peak_bytes,
        workers=workers,
        one_worker_seconds=round(one_worker_seconds, 3),
        workers_seconds=round(workers_seconds, 3),
        scaling=round(one_worker_seconds / workers_seconds, 3),
        pictures=len(pictures),
        same_prediction=int((scores.argmax(axis=1) == clear.argmax(axis=1)).sum()),
        max_relative_error=float(relative_errors(scores, clear).max()),
        settings=settings,
        coeff_modulus_bits=circuit.parameters.chain.coeff_modulus_bits,
    )


def _peak_bytes(pid: int) -> int:
    """Return the most memory that a process had so far, 0 where /proc does not tell."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.is_file() else ()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
