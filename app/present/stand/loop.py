"""The stand's loop: draws samples by itself and tells the story of each, until someone takes over.

It draws with the same pen as a person. After a minute in which nobody did anything it goes on.
It takes the drawings of the talk, or what the chosen network knows. Each round has drawings of its
own, so nothing piles up; the person's come back at the end.
"""

import itertools
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.draw.picture.pictures import Pictures
from app.draw.picture.samples import photo_samples, sample_drawing, sample_names
from app.present.stand.stand_in import StandIn
from app.present.story import Step
from app.present.telling import Presentation
from app.state.drawing import Drawing, History
from app.state.everything import AppState
from engine.data_sets.preparation import dataset_of
from engine.pictures.strokes import Point


@dataclass(frozen=True)
class Pace:
    """Milliseconds: between two points of the pen, for a step to be read, until nobody is there.

    `inside` is how long all steps of what the cloud computes take together.
    """

    pen: int = 14
    step: int = 4500
    retry: int = 250
    inside: int = 12_000
    idle: int = 60_000


class StandLoop(QObject):
    """Moves a pen and turns the pages of a presentation.

    Attributes: `is_on` while the stand is in use, `is_running` while nobody has taken over.
    Signals: `pen_down(point, width)`, `pen_moved(point)`, `pen_lifted()`; `changed`.
    """

    pen_down = Signal(object, float)
    pen_moved = Signal(object)
    pen_lifted = Signal()
    changed = Signal()

    def __init__(
        self,
        state: AppState,
        pictures: Pictures,
        presentation: Presentation,
        stand_in: StandIn,
        pace: Pace | None = None,
    ) -> None:
        super().__init__(presentation)
        self._state = state
        self._pictures = pictures
        self._presentation = presentation
        self._stand_in = stand_in
        self.pace = pace or Pace()
        self.is_on = False
        self.is_running = False
        self._kept: History | None = None
        self._shown = itertools.count()
        self._moves: deque[tuple[Point, bool]] = deque()
        self._width = 0.0
        self._pen = QTimer(self)
        self._turn = QTimer(self, singleShot=True)
        self._idle = QTimer(self, singleShot=True)
        self._pen.timeout.connect(self._draw)
        self._turn.timeout.connect(self._turn_page)
        self._idle.timeout.connect(self._run)
        presentation.turned.connect(self._follow)
        presentation.planned.connect(self._begin_with_first)

    def start(self) -> None:
        """Open the presentation if need be, and run by itself."""
        if not self.is_on:
            self._presentation.turn(on=True)
            self._kept = self._state.drawn.history
            self.is_on = True
        self._run()

    def show_sample(self) -> None:
        """Put the talk's next drawing, or a sample of what the network knows, onto the canvas."""
        sample = self._next_sample()
        if isinstance(sample, Path):
            self._pictures.load_file(sample)
        else:
            self._pictures.draw(sample)

    def _next_sample(self) -> Path | Drawing:
        dataset, number = dataset_of(self._state.chosen.settings.model), next(self._shown)
        drawings = self._presentation.plan.drawings
        if drawings:
            return Drawing(drawings[number % len(drawings)])
        photos, names = photo_samples(dataset), sample_names(dataset)
        if photos:
            return photos[number % len(photos)]
        return sample_drawing(names[number % len(names)], dataset)

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

    def _begin_with_first(self) -> None:
        self._shown = itertools.count()

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
        self.changed.emit()

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
        self._stand_in.give_back()  # each round tries the engine again
        self._presentation.restart()
        self._pictures.use_history(History())

    def _begin_round(self) -> None:
        self._rest()
        self._begin_anew()
        sample = self._next_sample()
        if isinstance(sample, Path):
            self._pictures.load_file(sample)
            self._turn.start(self.pace.step)
            return
        for stroke in sample.strokes:
            self._width = stroke.width
            self._moves += [(point, place == 0) for place, point in enumerate(stroke.points)]
        self._pen.start(self.pace.pen)

    def _draw(self) -> None:
        if not self._moves:
            self._pen.stop()
            self.pen_lifted.emit()
            self._turn.start(self.pace.step // 2)
            return
        point, is_first = self._moves.popleft()
        if is_first:
            self.pen_down.emit(point, self._width)
        else:
            self.pen_moved.emit(point)

    def _turn_page(self) -> None:
        told = self._presentation
        if not told.is_told:
            self._turn.start(self.pace.retry)
        elif told.step is Step.COMPUTE and not told.is_inside:
            told.look_inside(is_inside=True)
            self._turn.start(self.pace.step)
        elif told.following is None:
            self._begin_round()
        else:
            told.forward()
            self._turn.start(self.pace.step)
