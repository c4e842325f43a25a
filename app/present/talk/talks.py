"""What a speaker does with a prepared talk: save it as one file, and open it again."""

import dataclasses
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject

from app.link.saving import Saving
from app.present.stand.loop import StandLoop
from app.present.stand.recorded_run import picture_of
from app.present.stand.stand_in import StandIn
from app.present.talk.file import Rehearsed, Talk, save_talk
from app.present.talk.notes import Notes
from app.present.telling import Presentation
from app.settings.choices import Choices
from app.state.drawing import Drawing
from app.state.everything import AppState
from app.state.records import Tone
from engine.errors import ImageError


class Talks(QObject):
    """Collects what a talk is made of, and hands it out again; `tell` says how saving went."""

    def __init__(
        self,
        state: AppState,
        choices: Choices,
        presentation: Presentation,
        stand: StandLoop,
        stand_in: StandIn,
        notes: Notes,
        saving: Saving,
        tell: Callable[[str, Tone], None],
    ) -> None:
        super().__init__(state)
        self._state, self._choices = state, choices
        self._told, self._stand, self._stand_in = presentation, stand, stand_in
        self._notes, self._saving, self._tell = notes, saving, tell

    def talk(self) -> Talk:
        """Return the talk as it is now; without drawings of its own it has the one that is shown.

        Rehearsed runs go along if they are of its drawings and settings.
        """
        plan, drawing = self._told.plan, self._state.drawn.history.current
        if not plan.drawings and drawing.strokes:
            plan = dataclasses.replace(plan, drawings=(drawing.strokes,))
        settings = self._state.chosen.settings
        runs = {
            story.drawing.strokes: story.recording.runs[-1]
            for story in self._stand_in.rehearsed
            if story.settings == settings and story.drawing.backdrop is None
        }
        rehearsed = tuple(Rehearsed(each, runs[each]) for each in plan.drawings if each in runs)
        return Talk(settings, plan, self._notes.markdown(), rehearsed)

    def save(self, path: Path) -> None:
        """Save the talk."""
        talk, backdrop = self.talk(), self._state.drawn.history.current.backdrop
        is_shown = not self._told.plan.drawings and backdrop is not None
        left_out = ", without the picture under the strokes" if is_shown else ""
        self._saving.write(
            lambda: save_talk(talk, path),
            path,
            lambda _: self._tell(f"The talk is saved in {path.name}{left_out}.", Tone.PLAIN),
        )

    def open(self, talk: Talk) -> str:
        """Take what a talk has, its first drawing onto the canvas; return the sentence for that."""
        kept = self._notes.replace(talk.notes)
        self._choices.change(talk.settings)
        self._told.use(talk.plan)
        if talk.plan.drawings:
            self._stand.show_sample()
        for each in talk.rehearsed:
            drawing = Drawing(each.strokes)
            with suppress(ImageError):  # without ink it can be told no more than live
                picture = picture_of(drawing, talk.settings.model)
                self._stand_in.rehearse(drawing, picture, each.run)
        return "The talk is ready." if kept else "The talk is ready; its notes cannot be kept."
