"""A sweep without cryptography, for tests: it goes on only as far as it is told to."""

import threading
from collections.abc import Iterator
from pathlib import Path

from app.sweep.choice import SweepOrder
from engine.data_sets.samples import Samples
from engine.errors import CancelledError
from engine.resources import model_sha256
from engine.studies.summary import Summary
from engine.studies.sweeps.limits import limit_of
from engine.studies.sweeps.records import (
    PointFailed,
    PointProgress,
    SweepEvent,
    SweepPoint,
    SweepRow,
)
from engine.studies.sweeps.table import SweepTable

WAIT_SECONDS = 30


def summary_of(point: SweepPoint, pictures: int, labelled: bool) -> Summary:
    settings = point.settings
    return Summary(
        pictures=pictures,
        parts=pictures,
        clear_correct=pictures if labelled else None,
        encrypted_correct=pictures - (settings.scale_bits < 20) if labelled else None,
        same=pictures,
        disagreements=(),
        largest_relative_error=2.0 ** -(settings.scale_bits - 10),
        median_relative_error=2.0 ** -(settings.scale_bits - 9),
        cloud_seconds=0.08 * settings.poly_modulus_degree / 8192,
        seconds=0.1 * settings.poly_modulus_degree / 8192,
        stage_seconds=(("conv", 0.05),),
        key_seconds=0.5,
        key_bytes=9_000_000,
        bytes_up=185_000,
        bytes_down=124_000,
    )


def row_of(point: SweepPoint, samples: Samples) -> SweepRow:
    return SweepRow(
        point=point,
        source=samples.source,
        samples_sha256=samples.sha256,
        model_sha256=model_sha256(point.settings.model),
        coeff_modulus_bits=(55, 55, 53, 51),
        summary=summary_of(point, len(samples), samples.labels is not None),
        reason=None,
    )


class FakeSweep:
    """Measures a point for each `allow`; keeps rows in the folder as the real one does.

    `failing` has points that give no row, `error` is raised in place of the next row.
    """

    def __init__(self, order: SweepOrder, folder: Path, samples: Samples) -> None:
        self.order = order
        self.folder = folder
        self.samples = samples
        self.failing: set[SweepPoint] = set()
        self.error: Exception | None = None
        self.thread = 0
        self._allowed = threading.Semaphore(0)
        self._cancelled = False

    def allow(self, points: int) -> None:
        for _ in range(points):
            self._allowed.release()

    def cancel(self) -> None:
        self._cancelled = True
        self._allowed.release()

    def run(self) -> Iterator[SweepEvent]:
        self.thread = threading.get_ident()
        with SweepTable(self.folder) as table:
            known = {(row.point, row.samples_sha256): row for row in table.rows}
            for point in self.order.points:
                yield from self._measure(point, known.get((point, self.samples.sha256)), table)

    def _measure(
        self, point: SweepPoint, known: SweepRow | None, table: SweepTable
    ) -> Iterator[SweepEvent]:
        if known is not None:
            yield known
            return
        if (reason := limit_of(point.settings, point.mode)) is not None:
            yield SweepRow(point, self.samples.source, "", "", (), None, reason)
            return
        yield PointProgress(point, 1, 2)
        if not self._allowed.acquire(timeout=WAIT_SECONDS) or self._cancelled:
            raise CancelledError("The sweep was cancelled.")
        if self.error is not None:
            raise self.error
        if point in self.failing:
            yield PointFailed(point, "The process ended.")
            return
        row = row_of(point, self.samples)
        table.add(row)
        yield row
