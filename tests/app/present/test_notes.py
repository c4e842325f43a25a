from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app.present.story import Step
from app.present.talk.notes import STEP_OF_HEADING, Notes, as_markdown, notes_from


def plain(text: str) -> bool:
    lines = text.splitlines()
    is_heading = any(line.rstrip() in STEP_OF_HEADING for line in lines)
    return not is_heading and text == "\n".join(lines).strip("\n")


@given(st.dictionaries(st.sampled_from([None, *Step]), st.text().filter(plain)))
def test_notes_are_read_as_they_were_written(notes: dict[Step | None, str]) -> None:
    found = notes_from(as_markdown(notes))
    assert {step: text for step, text in found.items() if text} == {
        step: text for step, text in notes.items() if text
    }


@given(st.text())
def test_any_text_can_be_read_as_notes(text: str) -> None:
    notes_from(text)


def test_notes_survive_a_restart_and_a_hand_that_edits_them(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "talk-notes.md"
    assert Notes(path).set(Step.SEND, "Look up.")
    path.write_text("# My talk\n\n" + path.read_text().replace("up", "at them"))
    kept = Notes(path)
    assert kept.of(Step.SEND) == "Look at them."
    assert kept.set(Step.DRAW, "Smile.")
    assert path.read_text().startswith("# My talk")


def test_notes_that_cannot_be_written_last_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    notes = Notes(tmp_path / "file" / "talk-notes.md")
    assert not notes.set(Step.DRAW, "Smile.")
    assert notes.of(Step.DRAW) == "Smile."
    assert Notes(None).set(Step.DRAW, "Smile.")
