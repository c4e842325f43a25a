"""One point of a sweep as an executor's worker measures it, on this machine or another."""

from dataclasses import dataclass
from functools import partial

from engine.data_sets.samples import Samples
from engine.errors import ModelError
from engine.remote.address import Address
from engine.resources import model_sha256
from engine.session.events import Event, StageProgress
from engine.session.relay import Session
from engine.studies.judging import Part, judge, split_indices
from engine.studies.sessions import run_twice_if_lost
from engine.studies.summary import Summary, summarise
from engine.studies.sweeps.progress import ListenerAddress, telling
from engine.studies.sweeps.records import SweepPoint


@dataclass(frozen=True, eq=False)
class SweepJob:
    """What travels to a worker: a point, its pictures, and where to report under which number.

    The worker must have the very model that `model_sha256` names; `cloud` is one elsewhere.
    """

    number: int
    point: SweepPoint
    samples: Samples
    model_sha256: str
    listener: ListenerAddress
    cloud: Address | None = None


def run_job(job: SweepJob) -> Summary:
    """Measure a point; raise what `judge_samples` raises."""
    return summarise(judge_samples(job), job.samples)


def judge_samples(job: SweepJob) -> list[Part]:
    """Judge all samples on a session of its own, whose processes end with it.

    Raises ModelError, ParameterError, ProcessLostError; CancelledError when the listener closes.
    """
    settings, mode = job.point.settings, job.point.mode
    if model_sha256(settings.model) != job.model_sha256:
        raise ModelError(
            f"This worker has another model {settings.model} than is to be judged; "
            "install the same version on every machine."
        )
    groups = split_indices(settings, mode, list(range(len(job.samples))))
    rows = 1 if mode == "single" else job.samples.pictures.shape[1]
    parts: list[Part] = []

    def hear(event: Event) -> None:
        if mode == "batched" and isinstance(event, StageProgress) and event.key == "encrypt":
            report(len(parts) * rows + event.done - 1, len(groups) * rows)

    with (
        Session(hear, job.cloud) as session,
        telling(job.listener, job.number, session.cancel) as report,
    ):
        for group in groups:
            measure = partial(judge, settings, mode, job.samples, group)
            parts.append(run_twice_if_lost(measure, session))
            report(len(parts) * rows, len(groups) * rows)
    return parts
