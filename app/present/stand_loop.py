"""The stand's loop: draws samples by itself and tells the story of each, until someone takes over.

It draws with the same pen as a person. After a minute in which nobody did anything it goes on.
Each round has drawings of its own, so nothing piles up; the person's come back at the end, and so
do their settings: a network that knows none of the samples gives way to one that does.
"""

import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.draw.pictures import Pictures
from app.draw.samples import photo_samples, sample_drawing, sample_names, sample_strokes
from app.present.story import Step
from app.present.telling import Presentation
from app.settings.choices import Choices
from app.state.drawing import History
from app.state.everything import AppState
from app.state.presets import with_model
from engine.ckks.parameters import Settings
from engine.data_sets.preparation import FIRST_DATASET, dataset_of, model_for
from engine.pictures.strokes import Point
from engine.resources import model_names


@dataclass(frozen=True)
class Pace:
    """Milliseconds: between two points of the pen, for a step to be read, until nobody is there."""

    pen: int = 14
    step: int = 4500
    retry: int = 250
    idle: int = 60_000


class StandLoop(QObject):
    """Moves a pen and turns the pages of a presentation.

    Attributes: `is_on` while the stand is in use, `is_running` while nobody has taken over.
    Signals: `pen_down(point)`, `pen_moved(point)`, `pen_lifted()`; `changed`.
    """

    pen_down = Signal(object)
    pen_moved = Signal(object)
    pen_lifted = Signal()
    changed = Signal()

    def __init__(
        self,
        state: AppState,
        pictures: Pictures,
        presentation: Presentation,
        choices: Choices,
        pace: Pace | None = None,
    ) -> None:
        super().__init__(presentation)
        self._state = state
        self._pictures = pictures
        self._presentation = presentation
        self._choices = choices
        self.pace = pace or Pace()
        self.is_on = False
        self.is_running = False
        self._kept: History | None = None
        self._settings: Settings | None = None
        self._shown = 0
        self._samples = itertools.cycle(sample_names())
        self._photos: Iterator[Path] = iter(())
        self._moves: deque[tuple[Point, bool]] = deque()
        self._pen = QTimer(self)
        self._turn = QTimer(self, singleShot=True)
        self._idle = QTimer(self, singleShot=True)
        self._pen.timeout.connect(self._draw)
        self._turn.timeout.connect(self._turn_page)
        self._idle.timeout.connect(self._run)
        presentation.turned.connect(self._follow)

    def start(self) -> None:
        """Open the presentation if need be, and run by itself."""
        if not self.is_on:
            self._presentation.turn(on=True)
            self._kept = self._state.drawn.history
            self.is_on = True
            self._choose_network()
        self._run()

    def show_sample(self) -> None:
        """Put the next sample that the chosen network knows onto the canvas, for a speaker."""
        dataset = dataset_of(self._state.chosen.settings.model)
        photos = photo_samples(dataset)
        if photos:
            self._shown += 1
            self._pictures.load_file(photos[self._shown % len(photos)])
        else:
            self._pictures.draw(sample_drawing(next(self._samples)))

    def touch(self) -> bool:
        """Somebody does something: hand over to them; return whether the loop had been running."""
        if not self.is_on:
            return False
        self._idle.start(self.pace.idle)
        was_running, self.is_running = self.is_running, False
        if was_running:
            self._rest()
            self._presentation.keeps_runs = True
            self._begin_anew()
            self.changed.emit()
        return was_running

    def _follow(self, on: bool) -> None:
        """End with the presentation."""
        if on or not self.is_on:
            return
        self._idle.stop()
        self._rest()
        self.is_on = self.is_running = False
        self._presentation.keeps_runs = True
        if self._kept is not None:
            self._pictures.use_history(self._kept)
            self._kept = None
        if self._settings is not None:
            self._choices.change(self._settings)
            self._settings = None
        self.changed.emit()

    def _choose_network(self) -> None:
        """Take the samples that the network knows, or a network that knows the samples."""
        settings = self._state.chosen.settings
        dataset = dataset_of(settings.model)
        self._photos = itertools.cycle(photo_samples(dataset))
        if photo_samples(dataset) or dataset == FIRST_DATASET:
            return
        model = model_for(FIRST_DATASET, settings.model, model_names())
        if model is not None:
            self._settings = settings
            self._choices.change(with_model(settings, model))

    def _run(self) -> None:
        self._idle.stop()
        self.is_running = True
        self._presentation.keeps_runs = False
        self._begin_round()
        self.changed.emit()

    def _rest(self) -> None:
        self._pen.stop()
        self._turn.stop()
        self._moves.clear()
        self.pen_lifted.emit()

    def _begin_anew(self) -> None:
        self._presentation.restart()
        self._pictures.use_history(History())

    def _begin_round(self) -> None:
        self._rest()
        self._begin_anew()
        photo = next(self._photos, None)
        if photo is not None:
            self._pictures.load_file(photo)
            self._turn.start(self.pace.step)
            return
        for stroke in sample_strokes(next(self._samples)):
            self._moves += [(point, place == 0) for place, point in enumerate(stroke)]
        self._pen.start(self.pace.pen)

    def _draw(self) -> None:
        if not self._moves:
            self._pen.stop()
            self.pen_lifted.emit()
            self._turn.start(self.pace.step // 2)
            return
        point, is_first = self._moves.popleft()
        if is_first:
            self.pen_down.emit(point)
        else:
            self.pen_moved.emit(point)

    def _turn_page(self) -> None:
        told = self._presentation
        if not told.is_told:
            self._turn.start(self.pace.retry)
        elif told.step is Step.DECRYPT:
            self._begin_round()
        else:
            told.forward()
            self._turn.start(self.pace.step)
