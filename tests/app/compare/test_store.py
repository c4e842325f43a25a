import dataclasses
import json
import math
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_runs import any_run, made_run

from app.compare.rows import COLUMNS, RowError, from_row, to_row
from app.compare.store import (
    APPLICATION_ID,
    VERSION,
    Changes,
    NewerStoreError,
    RunStore,
    StoreError,
)
from app.state.stored_run import StoredRun, stored_run
from engine.ckks.parameters import Settings
from engine.session.events import Classification, Encrypted, KeysReady

NOTHING = Changes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "runs.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[RunStore]:
    store = RunStore(path)
    yield store
    store.close()


def read(path: Path) -> tuple[StoredRun, ...]:
    with closing(RunStore(path)) as store:
        return store.sync(NOTHING)


def corrupt(path: Path) -> None:
    """Overwrite a database from its second page on."""
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)


@given(run=any_run)
def test_a_run_comes_back_from_its_row_as_it_was(run: StoredRun) -> None:
    assert from_row(to_row(run)) == run


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=20)
@given(runs=st.lists(any_run, max_size=5, unique_by=lambda run: run.id))
def test_runs_come_back_from_the_file_oldest_first(
    tmp_path_factory: pytest.TempPathFactory, runs: list[StoredRun]
) -> None:
    path = tmp_path_factory.mktemp("store") / "runs.sqlite3"
    with closing(RunStore(path)) as store:
        store.sync(Changes(saved=tuple(runs)))
    back = read(path)

    assert sorted(back, key=lambda run: run.id) == sorted(runs, key=lambda run: run.id)
    assert [run.at for run in back] == sorted(run.at for run in runs)


def test_a_classification_becomes_a_run_without_the_ciphertexts_bytes() -> None:
    run = made_run()
    result = Classification(
        run.settings, run.classes, run.encrypted, run.clear, 3, 3, 0.001, 0.0002, run.stages,
        Encrypted(bytes(185_000), 0.002, 8192, run.coeff_modulus_bits), 124_000, 0.05, 0.06,
    )  # fmt: skip
    keys = KeysReady(run.settings, 0.2, 700_000, 8_300_000, 12)
    made = stored_run(result, run.pixels, keys, run.at)

    assert dataclasses.replace(made, id=run.id) == run
    assert (made.answer, made.clear_answer, made.agrees) == ("3", "3", True)
    assert made.security == (128, 128)


def test_a_score_that_is_no_number_is_kept(store: RunStore, path: Path) -> None:
    store.sync(Changes(saved=(made_run(relative_error=math.nan, largest_difference=math.inf),)))
    (back,) = read(path)

    assert math.isnan(back.relative_error)
    assert back.largest_difference == math.inf


def test_pinning_and_deleting_reach_the_file(store: RunStore, path: Path) -> None:
    store.sync(Changes(saved=(made_run("a"), made_run("b"))))
    store.sync(Changes(saved=(made_run("a", pinned=True),), deleted=("b",)))

    assert [(run.id, run.pinned) for run in read(path)] == [("a", True)]


def test_a_deleted_picture_is_no_longer_in_the_file(store: RunStore, path: Path) -> None:
    picture = bytes(range(100, 200)) * 8
    store.sync(Changes(saved=(made_run("a", picture=picture[:784]),)))
    store.sync(Changes(deleted=("a",)))
    store.close()

    assert picture[:100] not in path.read_bytes()


def test_a_setting_that_this_version_does_not_know_is_read_over(
    store: RunStore, path: Path
) -> None:
    store.sync(Changes(saved=(made_run(),)))
    fields = {**dataclasses.asdict(Settings()), "colour": "blue"}
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE runs SET settings = ?", (json.dumps(fields),))

    assert read(path)[0].settings == Settings()


def test_a_setting_that_an_old_row_lacks_has_its_default(store: RunStore, path: Path) -> None:
    store.sync(Changes(saved=(made_run(),)))
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE runs SET settings = ?", (json.dumps({"scale_bits": 24}),))

    assert read(path)[0].settings == Settings(scale_bits=24)


def test_the_file_says_what_it_is(store: RunStore, path: Path) -> None:
    store.sync(NOTHING)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert other.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)


# --- what can be wrong


@pytest.mark.parametrize("content", [b"no database", b"\x00" * 5000, b"SQLite format 3\x00" * 400])
def test_a_damaged_file_is_put_aside_with_a_sentence(
    store: RunStore, path: Path, content: bytes
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    assert store.sync(Changes(saved=(made_run(),))) == (made_run(),)

    (aside,) = path.parent.glob("*.damaged-*")
    assert aside.read_bytes() == content
    assert aside.name in store.notices[0]
    assert read(path) == (made_run(),)


def test_a_file_damaged_in_the_middle_is_put_aside(store: RunStore, path: Path) -> None:
    runs = tuple(made_run(str(k)) for k in range(50))
    store.sync(Changes(saved=runs))
    store.close()
    corrupt(path)
    with closing(RunStore(path)) as second:
        assert second.sync(NOTHING) == ()
        assert "damaged" in second.notices[0]


def test_another_programs_database_is_put_aside_whole(store: RunStore, path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE runs (distance REAL)")
    store.sync(NOTHING)

    (aside,) = path.parent.glob("*.damaged-*")
    with closing(sqlite3.connect(aside)) as other:
        assert other.execute("SELECT count(*) FROM runs").fetchone() == (0,)


def test_two_damaged_files_in_one_second_are_both_kept(store: RunStore, path: Path) -> None:
    path.parent.mkdir()
    for content in (b"first", b"second"):
        store.close()
        path.write_bytes(content * 100)
        store.sync(NOTHING)

    assert len(list(path.parent.glob("*.damaged-*"))) == 2


def test_a_database_of_a_newer_version_is_left_untouched(store: RunStore, path: Path) -> None:
    store.sync(Changes(saved=(made_run(),)))
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(f"PRAGMA user_version = {VERSION + 1}")
    store.close()
    before = path.read_bytes()
    with closing(RunStore(path)) as second, pytest.raises(NewerStoreError, match="newer version"):
        second.sync(Changes(saved=(made_run("b"),)))

    assert path.read_bytes() == before


def test_a_full_disk_is_told_and_the_same_runs_are_saved_later(store: RunStore, path: Path) -> None:
    store.sync(NOTHING)
    assert store._connection is not None
    store._connection.execute("PRAGMA max_page_count = 1")
    many = tuple(made_run(str(k)) for k in range(40))
    with pytest.raises(StoreError, match="the disk is full"):
        store.sync(Changes(saved=many))

    assert len(store.sync(Changes(saved=many))) == len(read(path)) == 40


def test_a_data_folder_that_vanished_is_made_again_with_every_known_run(
    store: RunStore, path: Path
) -> None:
    store.sync(Changes(saved=(made_run("a"),)))
    shutil.rmtree(path.parent)
    store.sync(Changes(saved=(made_run("b", at=1_800_000_000.0),)))

    assert [run.id for run in read(path)] == ["a", "b"]
    assert "1 run had vanished" in store.notices[0]


def test_a_folder_that_cannot_be_made_is_told_and_nothing_is_lost(
    store: RunStore, path: Path
) -> None:
    store.sync(Changes(saved=(made_run("a"),)))
    shutil.rmtree(path.parent)
    path.parent.write_text("in the way")
    with pytest.raises(StoreError, match="kept in it"):
        store.sync(Changes(saved=(made_run("b"),)))
    path.parent.unlink()
    store.sync(Changes(saved=(made_run("b"),)))

    assert {run.id for run in read(path)} == {"a", "b"}


def test_a_damaged_row_stays_in_the_file_and_the_others_are_shown(
    store: RunStore, path: Path
) -> None:
    store.sync(Changes(saved=(made_run("a"), made_run("b"))))
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE runs SET encrypted = 'x' WHERE id = 'a'")
    with closing(RunStore(path)) as second:
        assert [run.id for run in second.sync(NOTHING)] == ["b"]
        assert "1 run in" in second.notices[0]
        second.sync(Changes(saved=(made_run("c"),)))
        assert len(second.notices) == 1
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT count(*) FROM runs").fetchone() == (3,)


@pytest.mark.parametrize("column", COLUMNS[3:])
@given(value=st.one_of(st.none(), st.integers(), st.text(max_size=20), st.binary(max_size=20)))
def test_no_value_in_the_file_can_crash_it(
    tmp_path_factory: pytest.TempPathFactory, column: str, value: object
) -> None:
    row = dict(zip(COLUMNS, to_row(made_run()), strict=True)) | {column: value}
    try:
        run = from_row(tuple(row.values()))
    except RowError:
        pass
    else:
        assert run.answer in run.classes
        assert len(run.pixels) == 28


# --- several windows


def test_runs_and_pins_of_another_window_appear(store: RunStore, path: Path) -> None:
    store.sync(Changes(saved=(made_run("a"),)))
    with closing(RunStore(path)) as other:
        other.sync(Changes(saved=(made_run("a", pinned=True), made_run("b"))))
        assert {(run.id, run.pinned) for run in store.sync(NOTHING)} == {("a", True), ("b", False)}
        other.sync(Changes(deleted=("a",)))
        assert [run.id for run in store.sync(NOTHING)] == ["b"]


def test_many_programs_that_start_and_write_at_once_lose_nothing(path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from made_runs import made_run; from app.compare.store import *\n"
        "store = RunStore(Path(sys.argv[2]))\n"
        "for k in range(20): store.sync(Changes(saved=(made_run(f'{sys.argv[3]}-{k}'),)))\n"
        "assert not store.notices, store.notices\n"
    )
    here = str(Path(__file__).parents[1])
    programs = [
        subprocess.Popen([sys.executable, "-c", script, here, str(path), name])
        for name in ("first", "second", "third")
    ]
    assert [program.wait(60) for program in programs] == [0, 0, 0]
    assert len(read(path)) == 60
