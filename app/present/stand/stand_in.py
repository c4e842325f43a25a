"""A recorded run stands in where the engine or the cloud fails in a presentation, until it is back.

It is the run of the same drawing that was rehearsed, where there was one; else one that comes with
the program. Everything that shows it is marked as recorded, and nothing of it is kept. Another
drawing is run by the engine again.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.cloud.clouds import Clouds
from app.draw.picture.pictures import Pictures
from app.journey.runs import Runs
from app.link.crash import is_expected
from app.link.recording import RecordedRun
from app.link.session import SessionFactory
from app.present.stand.recorded_run import RecordedStory, bundled_story, own_story
from app.present.story import Step
from app.present.telling import Presentation
from app.settings.choices import Choices
from app.state.drawing import Drawing, History, Picture
from app.state.everything import AppState
from engine.ckks.parameters import Settings
from engine.errors import PairingError, ProcessLostError
from engine.remote.address import Address

AWAY_MS = 5000
"""So long an audience waits for a cloud that is cut off; the engine's own patience is a minute."""
MOST_REHEARSED = 16
SILENT = "The engine does not answer."
AWAY = "The cloud does not answer."
WISHED = "You asked for it."


@dataclass(frozen=True, eq=False)
class _Live:
    """What is taken up again when the engine is back."""

    settings: Settings
    history: History
    cloud: Address | None


class StandIn(QObject):
    """Attributes: `reason`, why a recorded run is shown, or nothing; `rehearsed`, the own runs.

    Signal `changed`, of the reason.
    """

    changed = Signal()

    def __init__(
        self,
        state: AppState,
        runs: Runs,
        factory: SessionFactory,
        clouds: Clouds,
        choices: Choices,
        pictures: Pictures,
        presentation: Presentation,
        report: Callable[[Exception], None],
    ) -> None:
        super().__init__(presentation)
        self._state, self._runs, self._factory = state, runs, factory
        self._clouds, self._choices, self._pictures = clouds, choices, pictures
        self._told, self._report = presentation, report
        self._live: _Live | None = None
        self._shown: Drawing | None = None
        self._step: Step | None = None
        self.reason = ""
        self.rehearsed: deque[RecordedStory] = deque(maxlen=MOST_REHEARSED)
        self._away = QTimer(self, singleShot=True, interval=AWAY_MS)
        self._away.timeout.connect(lambda: self._take_over_if_waiting(AWAY))
        runs.failed.connect(self._take_failure)
        state.run.message_changed.connect(self._look_at_silence)
        state.cloud.changed.connect(self._look_at_cloud)
        state.chosen.forecast_changed.connect(self._go_on)
        state.drawn.changed.connect(self._look_at_drawing)
        presentation.changed.connect(self._look_at_cloud)
        presentation.answered.connect(self._remember)
        presentation.turned.connect(self._follow)

    def toggle(self) -> None:
        """Show the recorded run, or go back to the engine."""
        if self._live is not None:
            self.give_back()
        elif self._is_free:
            self.take_over(WISHED)

    def take_over(self, reason: str) -> None:
        """Tell the recorded run, from the step that is told now."""
        try:
            story = self._story()
        except (OSError, ValueError) as error:
            self._report(error)
            return
        state, step = self._state, self._told.step
        self._live = _Live(
            Settings() if state.chosen.is_secret else state.chosen.settings,
            state.drawn.history,
            state.cloud.address,
        )
        self.reason = reason
        self._use(story.factory, is_recorded=True)
        if state.cloud.address is not None:
            state.cloud.use(None, None)
        self._shown, history = story.drawing, History()
        history.push(story.drawing)
        self._pictures.use_history(history)
        self._told.restart()
        self._step = step
        self._choices.change(story.settings)
        self.changed.emit()

    def give_back(self) -> None:
        """Let the engine run again, with the drawing, the settings and the cloud of before."""
        live, self._live, self._step = self._live, None, None
        if live is None:
            return
        self.reason = ""
        self._use(self._factory, is_recorded=False)
        self._pictures.use_history(live.history)
        self._told.restart()
        self._choices.change(live.settings)
        if live.cloud is not None:
            self._clouds.use(live.cloud)
        self.changed.emit()

    def _use(self, factory: SessionFactory, *, is_recorded: bool) -> None:
        self._runs.use_sessions(factory)
        self._runs.forget_keys()
        self._state.set_recorded(is_recorded)

    @property
    def _is_free(self) -> bool:
        """Tell whether the engine is in use, and no recorded run in its place."""
        return self._live is None and not self._state.is_recorded

    def _story(self) -> RecordedStory:
        """Return the run of the present drawing and settings that was rehearsed, or the bundled."""
        picture, settings = self._state.drawn.picture, self._state.chosen.settings
        for story in reversed(self.rehearsed):
            same = picture is not None and np.array_equal(story.picture, picture)
            if same and story.settings == settings:
                return story
        return bundled_story()

    def rehearse(self, drawing: Drawing, picture: Picture, run: RecordedRun) -> None:
        """Keep a run of a drawing, to stand in for the next one of the same."""
        try:
            self.rehearsed.append(own_story(drawing, picture, run))
        except (OSError, ValueError) as error:
            self._report(error)

    # --- what is noticed

    @Slot(object)
    def _take_failure(self, error: Exception) -> None:
        """Take over once everybody has heard of a run that failed, not of one that was refused."""
        of_machine = isinstance(error, ProcessLostError | PairingError) or not is_expected(error)
        if of_machine and self._told.is_waiting:
            step = self._told.step
            QTimer.singleShot(0, self, lambda: self._take_over_at(step, str(error)))

    def _take_over_at(self, step: Step, reason: str) -> None:
        if self._told.is_on and self._is_free:
            self.take_over(reason)
            self._step = step

    def _take_over_if_waiting(self, reason: str) -> None:
        if self._told.is_waiting and self._is_free:
            self.take_over(reason)

    @Slot()
    def _look_at_silence(self) -> None:
        if self._state.run.is_silent:
            self._take_over_if_waiting(SILENT)

    @Slot()
    def _look_at_cloud(self) -> None:
        if not (self._told.is_waiting and self._state.cloud.is_away):
            self._away.stop()
        elif not self._away.isActive():
            self._away.start()

    @Slot()
    def _look_at_drawing(self) -> None:
        """Go back to the engine with a drawing of which there is no recorded run."""
        drawing = self._state.drawn.history.current
        if self._live is not None and drawing is not self._shown:
            self.give_back()
            if not drawing.is_empty:
                self._pictures.draw(drawing)

    @Slot()
    def _go_on(self) -> None:
        """Tell the step that was told, once the stages are those of the recorded run."""
        step = self._step
        if step is not None and self._state.chosen.is_foreseen:
            self._step = None
            if self._told.step is Step.DRAW:  # else the speaker has gone on meanwhile
                self._told.go_to(step)

    @Slot()
    def _remember(self) -> None:
        """Keep a run that was told, unless nobody told it."""
        if not self._told.keeps_runs:
            return
        state, result = self._state, self._told.result
        picture, keys = state.drawn.picture, state.run.keys
        if state.is_recorded or result is None or result.why_not_clear or keys is None:
            return
        classified = state.run.classified
        if picture is None or classified is None or not np.array_equal(picture, classified):
            return
        self.rehearse(state.drawn.history.current, picture, RecordedRun(keys, result))

    @Slot(bool)
    def _follow(self, on: bool) -> None:
        if not on:
            self._away.stop()
            self.give_back()
