"""Measuring a grid of settings, point by point, on any executor, so that nothing finished is lost.

`Sweep` yields rows and progress as they come; the rows of earlier runs in the same folder are not
measured again. Points that cannot work become rows with their reason before anything runs.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue

from engine.errors import CancelledError, CipherSketchError, ParameterError
from engine.remote.address import Address
from engine.resources import model_sha256
from engine.studies.judging import coeff_modulus_bits
from engine.studies.summary import Summary
from engine.studies.sweeps.job import SweepJob, run_job
from engine.studies.sweeps.progress import ListenerAddress, ProgressListener
from engine.studies.sweeps.records import (
    PointFailed,
    PointProgress,
    SweepEvent,
    SweepPlan,
    SweepPoint,
    SweepRow,
    why_not,
)
from engine.studies.sweeps.table import SweepTable
from engine.studies.sweeps.workplaces import Workplace

ATTEMPTS = 3
"""How often a point is begun whose worker ends: others may have broken the executor."""


class Sweep:
    """One run over `plan`, whose rows are kept in `folder`.

    `run` is for one thread and for once; `cancel` may be called from any thread at any time.
    """

    def __init__(
        self, plan: SweepPlan, folder: Path, workplace: Workplace, cloud: Address | None = None
    ) -> None:
        self._plan = plan
        self._cloud = cloud
        self._folder = folder
        self._workplace = workplace
        self._digests = {
            model: model_sha256(model)
            for model in dict.fromkeys(point.settings.model for point in plan.points)
        }
        self._inbox: SimpleQueue[Future[Summary] | PointProgress | None] = SimpleQueue()

    def cancel(self) -> None:
        """Stop: `run` raises CancelledError. Finished rows are kept, points under way are not."""
        self._inbox.put(None)

    def run(self) -> Iterator[SweepEvent]:
        """Yield the rows that earlier runs left, then all others as they finish, with progress.

        Whoever stops early, or meets an error, ends all processes. Raises CancelledError,
        ModelError, and ResultsError when the folder cannot be written or another sweep writes it.
        """
        with SweepTable(self._folder) as table:
            known = {(row.point, row.samples_sha256, row.model_sha256): row for row in table.rows}
            todo: list[int] = []
            for number, point in enumerate(self._plan.points):
                if (row := known.get(self._key(point))) is not None:
                    yield row
                elif (reason := why_not(point)) is not None:
                    yield self._add(table, point, None, reason)
                else:
                    todo.append(number)
            if todo:
                yield from self._measure(todo, table)

    def _measure(self, todo: list[int], table: SweepTable) -> Iterator[SweepEvent]:
        attempts: Counter[int] = Counter()
        with closing(ProgressListener(self._tell, self._workplace.host)) as listener:
            while todo:
                attempts.update(todo)
                with self._workplace.open() as executor:
                    futures = {
                        self._submit(executor, each, listener.address): each for each in todo
                    }
                    todo = []
                    try:
                        while futures:
                            item = self._next()
                            if isinstance(item, PointProgress):
                                yield item
                                continue
                            number = futures.pop(item)
                            if self._is_lost(item) and attempts[number] < ATTEMPTS:
                                todo.append(number)
                            else:
                                yield self._outcome(number, item, table)
                    except BaseException:  # Ctrl-C, and a caller that stops early
                        listener.close()
                        for future in futures:
                            future.cancel()
                        raise

    def _submit(
        self, executor: Executor, number: int, listener: ListenerAddress
    ) -> Future[Summary]:
        point = self._plan.points[number]
        model = point.settings.model
        samples, digest = self._plan.samples[model], self._digests[model]
        job = SweepJob(number, point, samples, digest, listener, self._cloud)
        try:
            future = executor.submit(run_job, job)
        except self._workplace.lost as error:  # while others were handed in
            future = Future()
            future.set_exception(error)
        future.add_done_callback(self._inbox.put)
        return future

    def _tell(self, number: int, done: int, total: int) -> None:
        self._inbox.put(PointProgress(self._plan.points[number], done, total))

    def _next(self) -> Future[Summary] | PointProgress:
        item = self._inbox.get()
        if item is None:
            raise CancelledError("The sweep was stopped; its finished rows are kept.")
        return item

    def _is_lost(self, future: Future[Summary]) -> bool:
        return future.cancelled() or isinstance(future.exception(), self._workplace.lost)

    def _outcome(self, number: int, future: Future[Summary], table: SweepTable) -> SweepEvent:
        point = self._plan.points[number]
        error = None if future.cancelled() else future.exception()
        if isinstance(error, ParameterError):
            return self._add(table, point, None, str(error))
        if isinstance(error, CipherSketchError):
            return PointFailed(point, str(error))
        if error is not None or future.cancelled():
            reason = f"The worker ended {ATTEMPTS} times before its point ({error or 'cancelled'})."
            return PointFailed(point, reason)
        return self._add(table, point, future.result(), None)

    def _add(
        self, table: SweepTable, point: SweepPoint, summary: Summary | None, reason: str | None
    ) -> SweepRow:
        settings = point.settings
        samples = self._plan.samples[settings.model]
        row = SweepRow(
            point=point,
            source=samples.source,
            samples_sha256=samples.sha256,
            model_sha256=self._digests[settings.model],
            coeff_modulus_bits=coeff_modulus_bits(settings, point.mode) if summary else (),
            summary=summary,
            reason=reason,
        )
        table.add(row)
        return row

    def _key(self, point: SweepPoint) -> tuple[SweepPoint, str, str]:
        model = point.settings.model
        return point, self._plan.samples[model].sha256, self._digests[model]
