"""What is seen inside a run: the trace, the step, the slot, how near, and whether it plays.

The trace is made in a thread of its own; widgets repaint on the signals.
"""

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from app.inside.slots.sight import Sight
from app.link.background import Background
from app.link.crash import is_expected, sentence_of
from app.state.drawing import Picture
from app.state.everything import AppState
from engine.arrays import Array
from engine.circuits.stages import Circuit
from engine.ckks.parameters import Settings
from engine.inside.foretelling import expected_bits
from engine.inside.holdings import NOTHING, Holding, explain, holding_at
from engine.inside.provenance import Marks, Origin, origin_of
from engine.inside.trace import Span, Step, Trace

PACES = (2, 6, 20)
"""Steps a second."""
NO_PICTURE = "Draw a picture first (F2); here you then see what becomes of it, step by step."
NOT_HERE = "The model is the cloud's secret: of its steps only the names are known here."
REFUSED = "The chosen settings cannot work; Draw (F2) says why, and offers the nearest that do."
MAKING = "The steps are being worked out\u2026"

Looker = Callable[[Settings, Picture], Trace]


class Viewing(QObject):
    """Attributes: `trace`, None with a `reason`; `number` of the step; `slot`, or None; `sight`.

    `bits` will be right after each step, once that is known; `is_decrypted` tells whether what was
    decrypted is shown. Signals: `traced`, of another trace or none; `stepped`; `pointed`, of the
    slot; `moved`, of the sight; `played`, of play, pause and pace; `foretold`; `turned`.
    """

    traced = Signal()
    stepped = Signal()
    pointed = Signal()
    moved = Signal()
    played = Signal()
    foretold = Signal()
    turned = Signal()

    def __init__(
        self,
        state: AppState,
        report: Callable[[Exception], None],
        look: Looker,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._report = report
        self._look = look
        self._background = Background(self)
        self._made_of: tuple[Settings, bytes] | None = None
        self._wanting: set[str] = set()
        self._circuit: Circuit | None = None
        self.trace: Trace | None = None
        self.bits: tuple[float | None, ...] = ()
        self.is_decrypted = False
        self.reason = NO_PICTURE
        self.number = 0
        self.slot: int | None = None
        self.part = 0
        self.sight = Sight(1)
        self.pace = PACES[1]
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._tick)
        for signal in (state.drawn.changed, state.chosen.forecast_changed):
            signal.connect(self._follow)

    # --- which run

    def want(self, who: str, is_wanted: bool) -> None:
        """Say whether somebody looks; only then traces are made."""
        if is_wanted:
            self._wanting.add(who)
            self._follow()
            return
        self._wanting.discard(who)
        if not self._wanting:
            self.pause()

    def _follow(self) -> None:
        """Trace the picture and the settings at hand, unless that is done."""
        if not self._wanting:
            return
        picture, settings = self._state.drawn.picture, self._state.chosen.settings
        hindrance = self._hindrance()
        if picture is None or hindrance:
            self._made_of = None
            self._show_none(hindrance)
            return
        made_of = (settings, picture.tobytes())
        if made_of == self._made_of:
            return
        self._made_of = made_of
        if self.trace is None:
            self._show_none(MAKING)
        self._background.run(
            "trace", lambda: self._look(settings, picture), self._show, self._refuse
        )

    def _hindrance(self) -> str:
        """Return why there is nothing to trace, nothing if there is."""
        chosen = self._state.chosen
        if self._state.drawn.picture is None:
            return NO_PICTURE
        if chosen.is_refused:
            return REFUSED
        return NOT_HERE if chosen.is_secret else ""

    def _show(self, trace: Trace) -> None:
        self.trace, self.reason = trace, ""
        if trace.circuit is not self._circuit:
            self._circuit = trace.circuit
            self.pause()
            self.number, self.slot = 0, None
            self.sight = Sight(trace.slots)
        self.bits = ()
        self.traced.emit()
        self._background.run(
            "bits", lambda: expected_bits(explain(trace)), self._foretell, self._report
        )

    def _foretell(self, bits: tuple[float | None, ...]) -> None:
        self.bits = bits
        self.foretold.emit()

    def _refuse(self, error: Exception) -> None:
        if not is_expected(error):
            self._report(error)
        self._show_none(sentence_of(error))

    def _show_none(self, reason: str) -> None:
        self.pause()
        self.trace, self.reason = None, reason
        self.traced.emit()

    def close(self) -> None:
        """End the thread."""
        self._clock.stop()
        self._background.close()

    # --- the step

    @property
    def step(self) -> Step:
        """Return the step that is shown; there must be a trace."""
        assert self.trace is not None
        return self.trace.steps[self.number]

    @property
    def span(self) -> Span:
        """Return the stage that is shown."""
        assert self.trace is not None
        return self.trace.span_at(self.number)

    @property
    def holding(self) -> Holding:
        """Return what the slots hold after the step."""
        assert self.trace is not None
        return holding_at(self.trace, self.number)

    @property
    def packing(self) -> tuple[Array, Marks]:
        """Return the values that are packed, and which of them this step puts into slots."""
        trace, source = self.trace, self.span.source
        assert trace is not None
        assert self.step.places is not None
        shape = trace.tensors[source]
        marks = np.zeros(math.prod(shape), dtype=bool)
        packed = self.holding.values[self.step.places]
        marks[packed[packed != NOTHING]] = True
        values = trace.picture if source == 0 else trace.packed_values(self.span)
        return np.asarray(values.reshape(shape), dtype=np.float64), marks.reshape(shape)

    @property
    def origin(self) -> Origin | None:
        """Return where the slot's number comes from, if a slot is pointed at."""
        if self.trace is None or self.slot is None:
            return None
        part = self.part if self.holding.imaginary is not None else 0
        return origin_of(self.trace, self.number, self.slot, part)

    def go_to(self, number: int) -> None:
        """Show a step, the nearest there is."""
        if self.trace is None:
            return
        number = min(max(0, number), len(self.trace.steps) - 1)
        if number != self.number:
            self.number = number
            self.stepped.emit()

    def forward(self) -> None:
        """Show the next step."""
        self.go_to(self.number + 1)

    def back(self) -> None:
        """Show the step before."""
        self.go_to(self.number - 1)

    def next_stage(self) -> None:
        """Show the first step of the next stage."""
        if self.trace is not None:
            self.go_to(self.span.end)

    def previous_stage(self) -> None:
        """Show the first step of this stage, or of the one before."""
        if self.trace is not None:
            before = self.trace.span_at(max(0, self.number - 1))
            self.go_to(before.begin)

    def first(self) -> None:
        """Show the first step."""
        self.go_to(0)

    def last(self) -> None:
        """Show the last step."""
        if self.trace is not None:
            self.go_to(len(self.trace.steps) - 1)

    # --- playing

    @property
    def is_playing(self) -> bool:
        """Tell whether steps follow one another by themselves."""
        return self._clock.isActive()

    def toggle(self) -> None:
        """Play, from the beginning if the end is reached, or pause."""
        if self.is_playing:
            self.pause()
        elif self.trace is not None:
            if self.number == len(self.trace.steps) - 1:
                self.first()
            self._clock.start(1000 // self.pace)
            self.played.emit()

    def play_within(self, milliseconds: int) -> None:
        """Play all steps, from the first, in about so long."""
        if self.trace is not None:
            self.first()
            self._clock.start(max(1, milliseconds // len(self.trace.steps)))
            self.played.emit()

    def pause(self) -> None:
        """Stop at the step that is shown."""
        if self.is_playing:
            self._clock.stop()
            self.played.emit()

    def set_pace(self, pace: int) -> None:
        """Play so many steps a second."""
        self.pace = pace
        if self.is_playing:
            self._clock.start(1000 // pace)
        self.played.emit()

    def _tick(self) -> None:
        assert self.trace is not None
        if self.number == len(self.trace.steps) - 1:
            self.pause()
        else:
            self.forward()

    def set_pace_by(self, places: int) -> None:
        """Play faster or slower."""
        place = PACES.index(self.pace) + places
        self.set_pace(PACES[min(max(0, place), len(PACES) - 1)])

    def show_decrypted(self, is_decrypted: bool) -> None:
        """Show what was decrypted beside clear values, or the steps again."""
        if is_decrypted != self.is_decrypted:
            self.is_decrypted = is_decrypted
            self.turned.emit()

    # --- the slot, and how near

    def point(self, slot: int | None, part: int = 0) -> None:
        """Point at a slot, or at none; `part` 1 is the second of two values in it."""
        if (slot, part) != (self.slot, self.part):
            self.slot, self.part = slot, part
            self.pointed.emit()

    def move_slot(self, rows: int, columns: int) -> None:
        """Point at a slot so many rows and columns on, and keep it in sight."""
        if self.trace is None:
            return
        by = rows * self.sight.columns + columns
        start = self.sight.middle if self.slot is None else self.slot
        self.point((start + by) % self.trace.slots)
        assert self.slot is not None
        self.set_sight(self.sight.showing(self.slot))

    def zoom(self, nearer: int, slot: int | None = None) -> None:
        """Go one distance nearer to a slot, or further away."""
        pointed = self.sight.middle if self.slot is None else self.slot
        self.set_sight(self.sight.zoomed(nearer, pointed if slot is None else slot))

    def set_sight(self, sight: Sight) -> None:
        """See other slots."""
        if sight != self.sight:
            self.sight = sight
            self.moved.emit()
