"""Sweeps on real executors and real processes: nothing finished is lost, nothing is left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import engine.errors
from engine.ckks.parameters import Settings
from engine.data_sets.samples import Samples
from engine.errors import CancelledError, ResultsError
from engine.studies.sweeps.records import (
    PointFailed,
    PointProgress,
    SweepPlan,
    SweepPoint,
    SweepRow,
    grid,
    why_not,
)
from engine.studies.sweeps.running import Sweep
from engine.studies.sweeps.table import FILE_NAME, SweepTable, read_table
from engine.studies.sweeps.workplaces import Workplace, dask_cluster, local_processes

Pictures = npt.NDArray[np.uint8]

THREADS = Workplace(lambda: ThreadPoolExecutor(2))


@pytest.fixture(scope="module")
def plan(samples: tuple[Pictures, ...]) -> SweepPlan:
    """Return two points that work, around one that cannot, on two pictures."""
    quick = Settings(protocol="refresh")  # at N = 4096, where keys take a tenth of a second
    points = grid(["mnist-network1"], [4096], [22, 40, 24], "single", quick)
    labelled = Samples("samples", np.stack(samples[:2]), np.arange(2, dtype=np.uint8))
    return SweepPlan(points, {"mnist-network1": labelled})


def rows_of(sweep: Sweep) -> list[SweepRow]:
    return [event for event in sweep.run() if isinstance(event, SweepRow)]


def check_rows(plan: SweepPlan, rows: list[SweepRow]) -> None:
    by_point = {row.point: row for row in rows}
    assert len(rows) == len(by_point)
    assert set(by_point) == set(plan.points)
    low, impossible, high = (by_point[point] for point in plan.points)
    assert impossible.summary is None
    assert "needs a coefficient modulus of" in (impossible.reason or "")
    for row in (low, high):
        assert row.reason is None
        assert row.summary is not None
        assert row.summary.pictures == row.summary.same == row.summary.encrypted_correct == 2
        assert row.coeff_modulus_bits
    assert low.summary.largest_relative_error < 0.02


def test_every_point_gets_a_row_on_processes_with_progress_between(
    plan: SweepPlan, tmp_path: Path
) -> None:
    events = list(Sweep(plan, tmp_path, local_processes(2)).run())
    check_rows(plan, [event for event in events if isinstance(event, SweepRow)])
    steps = [(each.done, each.total) for each in events if isinstance(each, PointProgress)]
    assert sorted(steps) == [(1, 2), (1, 2), (2, 2), (2, 2)]
    assert sorted(read_table(tmp_path), key=repr) == sorted(
        (event for event in events if isinstance(event, SweepRow)), key=repr
    )


@pytest.fixture(scope="module")
def finished_table(plan: SweepPlan, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("finished")
    check_rows(plan, rows_of(Sweep(plan, folder, THREADS)))
    return (folder / FILE_NAME).read_text()


def test_finished_rows_are_not_measured_again(
    plan: SweepPlan, tmp_path: Path, finished_table: str
) -> None:
    (tmp_path / FILE_NAME).write_text(finished_table)
    first = read_table(tmp_path)
    nowhere = Workplace(lambda: pytest.fail("a worker was asked for"))
    again = rows_of(Sweep(plan, tmp_path, nowhere))
    assert sorted(again, key=repr) == sorted(first, key=repr)


def test_other_pictures_make_other_rows_in_the_same_folder(plan: SweepPlan, tmp_path: Path) -> None:
    one = SweepPlan(plan.points[:1], plan.samples)
    fewer = Samples("fewer", plan.samples["mnist-network1"].pictures[:1], None)
    rows_of(Sweep(one, tmp_path, THREADS))
    rows_of(Sweep(SweepPlan(one.points, {"mnist-network1": fewer}), tmp_path, THREADS))
    table = read_table(tmp_path)
    assert [row.summary.pictures for row in table if row.summary] == [2, 1]
    assert table[1].summary is not None
    assert table[1].summary.clear_accuracy is None


def test_a_cancel_from_another_thread_keeps_rows_and_a_new_run_does_the_rest(
    plan: SweepPlan, tmp_path: Path
) -> None:
    sweep = Sweep(plan, tmp_path, Workplace(lambda: ThreadPoolExecutor(1)))
    rows: list[SweepRow] = []
    with pytest.raises(CancelledError, match="finished rows are kept"):  # noqa: PT012
        for event in sweep.run():
            if isinstance(event, SweepRow):
                rows.append(event)
                if event.summary is not None:
                    with ThreadPoolExecutor(1) as other:
                        other.submit(sweep.cancel).result()
    assert len(rows) == 2
    assert sorted(read_table(tmp_path), key=repr) == sorted(rows, key=repr)
    check_rows(plan, rows_of(Sweep(plan, tmp_path, THREADS)))


def test_whoever_leaves_early_leaves_no_process(plan: SweepPlan, tmp_path: Path) -> None:
    with closing(Sweep(plan, tmp_path, THREADS).run()) as events:  # type: ignore[type-var]
        assert any(isinstance(event, PointProgress) for event in events)


def test_ctrl_c_keeps_rows(plan: SweepPlan, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012
        for event in Sweep(plan, tmp_path, local_processes(1)).run():
            if isinstance(event, SweepRow) and event.summary:
                os.kill(os.getpid(), signal.SIGINT)
    assert len(read_table(tmp_path)) == 2


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for each in tasks for child in each.read_text().split()]


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="/proc is Linux's")


@needs_proc
def test_a_worker_that_is_killed_costs_no_row(plan: SweepPlan, tmp_path: Path) -> None:
    rows, killed = list[SweepRow](), list[int]()
    for event in Sweep(plan, tmp_path, local_processes(2)).run():
        if isinstance(event, PointProgress) and not killed:
            workers = [pid for pid in children(os.getpid()) if "spawn_main" in command_of(pid)]
            killed.append(workers[0])
            os.kill(workers[0], signal.SIGKILL)
        assert not isinstance(event, PointFailed)
        if isinstance(event, SweepRow):
            rows.append(event)
    assert killed
    check_rows(plan, rows)


def test_workers_end_with_a_program_that_is_killed() -> None:
    script = (
        "import os, sys\n"
        "from engine.studies.sweeps.workplaces import local_processes\n"
        "with local_processes(2).open() as executor:\n"
        "    print(executor.submit(os.getpid).result(), flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=Path(engine.errors.__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as program:
        assert program.stdout is not None
        assert int(program.stdout.readline()) > 0
        program.kill()
        assert program.stdout.read() == b""  # its end comes when no worker has it open any more


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


@pytest.fixture
def cluster() -> Iterator[tuple[str, Callable[[], list[int]]]]:
    """Start a Dask cluster of two nannies with a worker each; yield how to find both."""
    distributed = pytest.importorskip("distributed", reason="the extra cluster is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0"
    ) as local:
        yield (
            local.scheduler_address,
            lambda: [nanny.pid for nanny in local.workers.values() if nanny.pid],
        )


def test_a_dask_worker_that_is_killed_costs_no_row(
    plan: SweepPlan, tmp_path: Path, cluster: tuple[str, Callable[[], list[int]]]
) -> None:
    address, worker_pids = cluster
    rows, killed = list[SweepRow](), list[int]()
    for event in Sweep(plan, tmp_path, dask_cluster(address)).run():
        if isinstance(event, PointProgress) and not killed:
            killed.append(worker_pids()[0])
            os.kill(killed[0], signal.SIGKILL)
        assert not isinstance(event, PointFailed)
        if isinstance(event, SweepRow):
            rows.append(event)
    assert killed
    check_rows(plan, rows)


def test_a_point_whose_worker_always_ends_fails_and_the_others_are_kept(
    plan: SweepPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.errors import ProcessLostError  # noqa: PLC0415
    from engine.studies.sweeps import job  # noqa: PLC0415

    real = job.judge

    def judge(settings: Settings, *rest: object) -> object:
        if settings.scale_bits == 22:
            raise ProcessLostError("The cloud process stopped.")
        return real(settings, *rest)

    monkeypatch.setattr(job, "judge", judge)
    events = list(Sweep(plan, tmp_path, THREADS).run())
    failed = [event for event in events if isinstance(event, PointFailed)]
    assert [each.point.settings.scale_bits for each in failed] == [22]
    assert {row.point.settings.scale_bits for row in read_table(tmp_path)} == {24, 40}


def test_a_second_sweep_in_the_same_folder_is_refused(plan: SweepPlan, tmp_path: Path) -> None:
    with SweepTable(tmp_path), pytest.raises(ResultsError, match="Another process is writing"):
        next(iter(Sweep(plan, tmp_path, THREADS).run()))


def test_a_grid_with_nothing_feasible_is_all_reasons_and_starts_nothing(tmp_path: Path) -> None:
    points = grid(["mnist-network1"], [4096], [26, 30], "single")
    pictures = Samples("none", np.zeros((1, 28, 28), np.uint8), None)
    plan = SweepPlan(points, {"mnist-network1": pictures})
    rows = rows_of(Sweep(plan, tmp_path, Workplace(lambda: pytest.fail("a worker was asked for"))))
    assert len(rows) == 2
    assert all(row.reason and row.summary is None for row in rows)


def test_feasibility_is_known_without_running() -> None:
    assert why_not(SweepPoint(Settings(), "single")) is None
    assert why_not(SweepPoint(Settings(), "batched")) is None
    assert "4096" in (why_not(SweepPoint(Settings(poly_modulus_degree=4096), "single")) or "")


def test_a_grid_has_every_combination_once() -> None:
    points = grid(["a", "b"], [8192, 16384], [26, 26, 30], "batched")
    assert len(points) == len(set(points)) == 8
    assert points[0] == SweepPoint(Settings("a", 8192, 26), "batched")


def test_a_last_row_that_was_cut_off_is_dropped_and_measured_again(
    plan: SweepPlan, tmp_path: Path, finished_table: str
) -> None:
    (tmp_path / FILE_NAME).write_text(finished_table[:-20])
    assert len(read_table(tmp_path)) == 2
    assert len(rows_of(Sweep(plan, tmp_path, THREADS))) == 3
    assert len(read_table(tmp_path)) == 3


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "\xff\n", "model\n", '"\n"\n'])
def test_a_table_of_something_else_is_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content, "latin-1")
    with pytest.raises(ResultsError, match="move it away"):
        SweepTable(tmp_path)
    assert (tmp_path / FILE_NAME).read_text("latin-1") == content


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on a file's size")
def test_a_full_disk_keeps_the_table_as_it_was(plan: SweepPlan, tmp_path: Path) -> None:
    import resource  # noqa: PLC0415 - not on Windows

    rows = rows_of(Sweep(SweepPlan(plan.points[1:2], plan.samples), tmp_path, THREADS))
    before, limits = (tmp_path / FILE_NAME).read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    with SweepTable(tmp_path) as table:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 5, limits[1]))
        try:
            with pytest.raises(ResultsError, match="what was finished before is kept"):
                table.add(rows[0])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (tmp_path / FILE_NAME).read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {FILE_NAME, f".{FILE_NAME}.lock"}
