"""Live mode at a real display with the real engine: it goes on and on, and nothing piles up."""

from pathlib import Path

from held import assert_nothing_piled_up, facts_of


def test_live_mode_holds_no_more_after_many_answers(
    surroundings: dict[str, str], tmp_path: Path
) -> None:
    facts = facts_of("live_window.py", surroundings, tmp_path, 100)

    assert facts["platform"] == "xcb"
    assert "encrypted answers" in facts["shown"]
    assert facts["runs"] == 0
    assert not facts["is_on"]
    assert_nothing_piled_up(facts["before"], facts["after"])
