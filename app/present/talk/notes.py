"""The speaker's notes: a text for each step of the story, in a Markdown file one may edit.

A heading of the second level with a step's name begins its text; what stands before is kept.
"""

from collections.abc import Mapping
from pathlib import Path

from app.present.story import CHAPTERS, Step
from engine.files import write_whole

MOST_BYTES = 1 << 20
STEP_OF_HEADING = {f"## {chapter.title}": step for step, chapter in CHAPTERS.items()}


def notes_from(text: str) -> dict[Step | None, str]:
    """Return the notes in a Markdown text by step; under None what stands before the first."""
    found: dict[Step | None, list[str]] = {None: []}
    lines = found[None]
    for line in text.splitlines():
        step = STEP_OF_HEADING.get(line.rstrip())
        if step is None:
            lines.append(line)
        else:
            lines = found.setdefault(step, [])
    return {step: "\n".join(lines).strip("\n") for step, lines in found.items()}


def as_markdown(notes: Mapping[Step | None, str]) -> str:
    """Return the Markdown text of notes; `notes_from` reads it."""
    parts = [notes.get(None, "")]
    parts += [f"## {CHAPTERS[step].title}\n\n{notes.get(step, '')}" for step in Step]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


class Notes:
    """The notes in the file `path`; without one they last as long as the program."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._notes = notes_from(_read(path))

    def of(self, step: Step) -> str:
        """Return the text of a step."""
        return self._notes.get(step, "")

    def markdown(self) -> str:
        """Return all notes."""
        return as_markdown(self._notes)

    def replace(self, text: str) -> bool:
        """Take other notes in place of all; return whether they could be written."""
        self._notes = notes_from(text)
        return self._write()

    def set(self, step: Step, text: str) -> bool:
        """Keep a text for a step; return whether it could be written."""
        self._notes[step] = text
        return self._write()

    def _write(self) -> bool:
        if self._path is None:
            return True
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, self.markdown())
        except OSError:
            return False
        return True


def _read(path: Path | None) -> str:
    try:
        if path is None or path.stat().st_size > MOST_BYTES:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
