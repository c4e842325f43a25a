"""A hundred runs in a row at a real display with the real engine: nothing piles up."""

from pathlib import Path

from held import assert_nothing_piled_up, facts_of

from app.compare.store import Changes, RunStore


def test_a_hundred_runs_in_a_row_hold_no_more_than_the_first_few(
    surroundings: dict[str, str], tmp_path: Path
) -> None:
    facts = facts_of("many_runs_window.py", surroundings, tmp_path, 200)
    store = RunStore(tmp_path / "runs.sqlite3")
    kept = store.sync(Changes())
    store.close()

    assert facts["platform"] == "xcb"
    assert facts["runs"] == 120
    assert len(kept) == 120
    assert facts["answers"] == ["3"]
    assert_nothing_piled_up(facts["before"], facts["after"])
