"""An evaluation spread over an executor's workers, a Dask cluster's above all.

Each job takes some of the parts, on a session of its own that makes its keys once. A part that is
finished is in the journal, whatever becomes of its worker afterwards.
"""

import dataclasses
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Executor, Future, as_completed
from contextlib import closing

import numpy as np

from engine.data_sets.samples import Samples
from engine.remote.address import Address
from engine.resources import model_sha256
from engine.session.events import Event, StageProgress
from engine.studies.evaluation import Evaluation, Spread
from engine.studies.judging import Part
from engine.studies.sweeps.job import SweepJob, judge_samples
from engine.studies.sweeps.progress import ListenerAddress, ProgressListener
from engine.studies.sweeps.records import SweepPoint
from engine.studies.sweeps.workplaces import Workplace

PICTURES_OF_A_JOB = 50
"""Of pictures one by one: enough that keys are the least of it, few enough to share out."""
ATTEMPTS = 3


def spread_over(workplace: Workplace, cloud: Address | None = None) -> Spread:
    """Return what judges the parts of an evaluation on a workplace."""

    def spread(
        evaluation: Evaluation,
        todo: Sequence[tuple[int, ...]],
        hear: Callable[[int, Event], None],
    ) -> Generator[tuple[int, Part], None, None]:
        groups, number = _groups(evaluation, todo), 0

        def tell(job: int, done: int, total: int) -> None:
            if evaluation.mode == "batched":
                hear(job, StageProgress("encrypt", done + 1, total))

        with closing(ProgressListener(tell, workplace.host)) as listener:
            for attempt in range(ATTEMPTS):
                last = attempt == ATTEMPTS - 1
                with workplace.open() as executor:
                    futures = {
                        _submit(executor, evaluation, group, listener.address, cloud): group
                        for group in groups
                    }
                    groups = []
                    try:
                        for future in as_completed(futures):
                            if isinstance(future.exception(), workplace.lost) and not last:
                                groups.append(futures[future])
                                continue
                            for part in future.result():
                                yield number, _renumbered(part, futures[future])
                                number += 1
                    except BaseException:  # Ctrl-C, an error, and a caller that stops early
                        listener.close()
                        for future in futures:
                            future.cancel()
                        raise

    return spread


def _groups(evaluation: Evaluation, todo: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Return which pictures each job takes."""
    if evaluation.mode == "batched":
        return list(todo)
    indices = [index for part in todo for index in part]
    return [
        tuple(indices[begin : begin + PICTURES_OF_A_JOB])
        for begin in range(0, len(indices), PICTURES_OF_A_JOB)
    ]


def _submit(
    executor: Executor,
    evaluation: Evaluation,
    group: tuple[int, ...],
    listener: ListenerAddress,
    cloud: Address | None,
) -> Future[list[Part]]:
    point = SweepPoint(evaluation.settings, evaluation.mode)
    digest = model_sha256(evaluation.settings.model)
    samples = _chosen(evaluation.samples, group)
    return executor.submit(
        judge_samples, SweepJob(group[0], point, samples, digest, listener, cloud)
    )


def _chosen(samples: Samples, group: tuple[int, ...]) -> Samples:
    places = np.asarray(group)
    labels = None if samples.labels is None else samples.labels[places]
    return Samples(samples.source, samples.pictures[places], labels)


def _renumbered(part: Part, group: tuple[int, ...]) -> Part:
    return dataclasses.replace(part, indices=tuple(group[index] for index in part.indices))
