"""The window and its run database: what is kept, what is told, and that nothing is lost."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from made_runs import made_run
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from studio import Studio

from app.compare.archive import Archive
from app.compare.store import VERSION, Changes, RunStore
from app.state.stored_run import StoredRun

MakeStudio = Callable[[], Studio]


@pytest.fixture
def make_studio(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[MakeStudio]:
    """Opens windows over the same folders; all are closed in the end."""
    studios: list[Studio] = []

    def make() -> Studio:
        studios.append(Studio(qtbot, qapp, tmp_path).start())
        return studios[-1]

    yield make
    for studio in studios:
        studio.window.close()


def archive(studio: Studio) -> Archive:
    return studio.window.program.archive


def settle(studio: Studio) -> None:
    studio.qtbot.waitUntil(lambda: archive(studio).is_settled)


def look(studio: Studio) -> None:
    """Look at the database at once, as the timer does every few seconds."""
    archive(studio)._sync()
    settle(studio)


def classify(studio: Studio) -> StoredRun:
    studio.draw()
    studio.classify()
    return studio.state.past.runs[-1]


def kept(path: Path) -> list[StoredRun]:
    with closing(RunStore(path)) as store:
        return list(store.sync(Changes()))


def test_a_run_is_in_the_file_as_soon_as_it_has_ended(studio: Studio) -> None:
    run = classify(studio)
    settle(studio)

    assert studio.paths.runs is not None
    assert kept(studio.paths.runs) == [run]
    assert studio.state.drawn.picture is not None
    assert run.picture == studio.state.drawn.picture.tobytes()
    assert run.keys is not None


def test_a_restarted_window_has_the_runs_of_the_one_before(make_studio: MakeStudio) -> None:
    first = make_studio()
    run = classify(first)
    first.window.close()
    second = make_studio()
    second.qtbot.waitUntil(lambda: bool(second.state.past.runs))

    assert second.state.past.runs == [run]
    assert second.window.notices.open_runs.text() == "Runs (1)"


def test_two_windows_see_each_others_runs(make_studio: MakeStudio) -> None:
    first, second = make_studio(), make_studio()
    runs = [classify(first), classify(second)]
    settle(first)
    look(second)
    look(first)
    assert first.state.past.runs == second.state.past.runs == runs

    archive(first).delete({runs[0].id})
    settle(first)
    look(second)
    assert second.state.past.runs == runs[1:]


def test_a_deleted_run_comes_back_whole(studio: Studio) -> None:
    run = classify(studio)
    archive(studio).delete({run.id})
    settle(studio)
    assert studio.state.past.runs == []
    assert studio.paths.runs is not None
    assert kept(studio.paths.runs) == []
    archive(studio).restore()
    settle(studio)

    assert studio.state.past.runs == kept(studio.paths.runs) == [run]
    assert not archive(studio).can_restore


def test_a_run_deleted_before_it_was_written_stays_deleted(studio: Studio) -> None:
    run = classify(studio)
    archive(studio).delete({run.id})
    settle(studio)
    look(studio)

    assert studio.state.past.runs == []


def test_runs_that_cannot_be_saved_are_told_and_saved_later(studio: Studio) -> None:
    assert studio.paths.runs is not None
    folder = studio.paths.runs.parent
    settle(studio)
    shutil.rmtree(folder)
    folder.write_text("in the way")
    run = classify(studio)
    studio.qtbot.waitUntil(lambda: "cannot be saved" in studio.window.notices.sentence.text())
    assert studio.state.past.runs == [run]
    folder.unlink()
    look(studio)

    assert kept(studio.paths.runs) == [run]


def test_a_run_that_could_not_be_saved_is_saved_when_the_window_closes(
    make_studio: MakeStudio,
) -> None:
    studio = make_studio()
    assert studio.paths.runs is not None
    folder = studio.paths.runs.parent
    settle(studio)
    shutil.rmtree(folder)
    folder.write_text("in the way")
    run = classify(studio)
    studio.qtbot.waitUntil(lambda: "cannot be saved" in studio.window.notices.sentence.text())
    folder.unlink()
    studio.window.close()

    assert kept(studio.paths.runs) == [run]


def test_with_a_newer_database_runs_are_kept_in_memory_and_the_file_is_untouched(
    make_studio: MakeStudio, tmp_path: Path
) -> None:
    path = tmp_path / "data" / "runs.sqlite3"
    with closing(RunStore(path)) as store:
        store.sync(Changes(saved=(made_run(),)))
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()
    studio = make_studio()
    studio.qtbot.waitUntil(lambda: "newer version" in studio.window.notices.sentence.toolTip())
    run = classify(studio)
    archive(studio).pin({run.id}, pinned=True)
    assert studio.state.past.runs == [run.with_pin(pinned=True)]
    studio.window.close()

    assert path.read_bytes() == before


def test_a_damaged_database_is_told_and_the_window_goes_on(
    make_studio: MakeStudio, tmp_path: Path
) -> None:
    path = tmp_path / "data" / "runs.sqlite3"
    path.parent.mkdir()
    path.write_bytes(b"not a database" * 100)
    studio = make_studio()
    studio.qtbot.waitUntil(lambda: "put aside" in studio.window.notices.sentence.toolTip())
    run = classify(studio)
    settle(studio)

    assert kept(path) == [run]
    assert len(list(path.parent.glob("*.damaged-*"))) == 1


def test_past_runs_tell_how_long_the_next_one_will_take(make_studio: MakeStudio) -> None:
    first = make_studio()
    run = classify(first)
    first.window.close()
    second = make_studio()
    second.qtbot.waitUntil(lambda: bool(second.state.past.runs))

    assert second.state.expected_seconds == run.total_seconds
