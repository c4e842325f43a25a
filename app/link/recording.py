"""Runs of a real session, written down and played back: the same pictures of the window each time.

The screenshots in the README are made from such a recording, so that only a change of the window
changes them. It holds what the session gave: ciphertexts, scores, sizes, times. It holds no key.
"""

import base64
import dataclasses
import gzip
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from app.link.recorded_lesson import (
    RecordedLesson,
    lesson_from_json,
    lesson_to_json,
    record_lesson,
)
from app.link.session import EngineSession, SessionFactory
from app.state.drawing import Picture
from engine.circuits.expected.calibration import (
    costs_from_json,
    costs_path,
    costs_to_json,
    load_costs,
)
from engine.circuits.expected.cost import PrimitiveCosts
from engine.ckks.parameters import Settings
from engine.errors import MessageError
from engine.inside.looks import TeachingRun
from engine.messages.log import OnMessage
from engine.planning.outline import Outline
from engine.playground.program import Program
from engine.remote.address import Address
from engine.remote.state import CloudState
from engine.session.events import (
    Classification,
    Encrypted,
    Event,
    KeysReady,
    StageStarted,
)
from engine.session.inspection import Coefficients
from engine.session.proofs import CloudAttempt
from engine.session.tampering import FlippedBit
from engine.session.workbench import StepOutcome

SHOWN_LESSON = "dot-product"
NOT_RECORDED = "This is a recording: it has no {what}; start the program to try it."


@dataclass(frozen=True)
class RecordedRun:
    """One run: the keys that it needed, and what came of it."""

    keys: KeysReady
    result: Classification


@dataclass(frozen=True)
class Recording:
    """Runs, a lesson, and what the primitives cost on the machine that they were made on."""

    runs: tuple[RecordedRun, ...]
    lesson: RecordedLesson
    costs: PrimitiveCosts | None


def record(factory: SessionFactory, settings: tuple[Settings, ...], picture: Picture) -> Recording:
    """Classify `picture` under each of the settings, and perform a lesson, with one session.

    Of all runs but the last the ciphertexts' bytes are left out, zeros are in their place.
    """
    runs: list[RecordedRun] = []
    with closing(factory(lambda event: None)) as session:
        session.calibrate()
        for each in settings:
            keys = session.prepare(each)
            session.classify(picture)  # the first one finds caches cold
            runs.append(RecordedRun(keys, session.classify(picture)))
        lesson = record_lesson(session, SHOWN_LESSON)
    kept = (*(_emptied(run) for run in runs[:-1]), *runs[-1:])
    return Recording(kept, lesson, load_costs(costs_path()))


def _emptied(run: RecordedRun) -> RecordedRun:
    sent = run.result.ciphertext
    blank = dataclasses.replace(sent, data=bytes(len(sent.data)))
    return RecordedRun(run.keys, dataclasses.replace(run.result, ciphertext=blank, result=b""))


def save_recording(recording: Recording, path: Path) -> None:
    """Write a recording as compressed JSON."""
    costs = recording.costs
    data = {
        "runs": [dataclasses.asdict(run) for run in recording.runs],
        "lesson": lesson_to_json(recording.lesson),
        "costs": None if costs is None else costs_to_json(costs),
    }
    text = json.dumps(data, default=lambda data: base64.b64encode(data).decode())
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def load_recording(path: Path) -> Recording:
    """Read what `save_recording` wrote; raise OSError, or ValueError for anything else."""
    try:
        data = json.loads(gzip.decompress(path.read_bytes()))
        costs = data["costs"]
        return Recording(
            msgspec.convert(data["runs"], tuple[RecordedRun, ...]),
            lesson_from_json(data["lesson"]),
            None if costs is None else costs_from_json(costs),
        )
    except (LookupError, TypeError, EOFError, msgspec.ValidationError) as error:
        raise ValueError(f"{path.name} is no recording: {error}") from error


class RecordedSession:
    """Plays a recording: each setting in it has one answer, for `only` that picture if given."""

    def __init__(
        self, recording: Recording, on_event: Callable[[Event], None], only: Picture | None = None
    ) -> None:
        self._only = only
        self.on_message: OnMessage = lambda message: None
        self.on_cloud: Callable[[CloudState], None] = lambda state: None
        self.cloud_state: CloudState | None = None
        self._runs = {run.keys.settings: run for run in recording.runs}
        self._lesson = recording.lesson
        self._emit = on_event
        self._current: RecordedRun | None = None

    def start(self) -> None:
        """Do nothing: there are no processes."""

    def describe(self, model: str) -> Outline:
        """Raise MessageError: no cloud runs."""
        raise MessageError(NOT_RECORDED.format(what="cloud"))

    def prepare(self, settings: Settings) -> KeysReady:
        """Return the recorded keys' sizes; raise MessageError for a setting not recorded."""
        if settings not in self._runs:
            raise MessageError(NOT_RECORDED.format(what=f"run with {settings}"))
        self._current = self._runs[settings]
        return self._current.keys

    def classify(self, picture: Picture) -> Classification:
        """Return the recorded answer, with the events on its way."""
        if self._only is not None and not np.array_equal(picture, self._only):
            raise MessageError(NOT_RECORDED.format(what="run of this picture"))
        result = self._run().result
        for stage in result.stages:
            self._emit(StageStarted(stage.key))
            self._emit(stage)
        return result

    def stream(
        self, take: Callable[[], Picture | None], give: Callable[[Classification], None]
    ) -> None:
        """Give the recorded answer for every picture."""
        while (picture := take()) is not None:
            give(self.classify(picture))

    def encrypt(self, picture: Picture) -> Encrypted:
        """Raise MessageError: only one encryption was recorded."""
        raise MessageError(NOT_RECORDED.format(what="second encryption"))

    def decrypt_with_wrong_key(self) -> tuple[float, ...]:
        """Raise MessageError: no other key was recorded."""
        raise MessageError(NOT_RECORDED.format(what="other key"))

    def let_cloud_try(self) -> CloudAttempt:
        """Raise MessageError: no cloud runs."""
        raise MessageError(NOT_RECORDED.format(what="cloud"))

    def unpack(self) -> Coefficients:
        """Raise MessageError: no cloud runs."""
        raise MessageError(NOT_RECORDED.format(what="cloud"))

    def classify_with_flipped_bit(self, bit: int) -> FlippedBit:
        """Raise MessageError: no cloud runs."""
        raise MessageError(NOT_RECORDED.format(what="cloud"))

    def run_program(self, program: Program) -> tuple[StepOutcome, ...]:
        """Return what the recorded lesson's steps gave; raise MessageError for any others."""
        outcomes = self._lesson.outcomes_of(program)
        if outcomes is None:
            raise MessageError(NOT_RECORDED.format(what="such step"))
        return outcomes

    def teach(self, picture: Picture) -> TeachingRun:
        """Raise MessageError: no stage was recorded."""
        raise MessageError(NOT_RECORDED.format(what="stage"))

    def record(self, path: Path) -> None:
        """Raise MessageError: nothing crosses."""
        raise MessageError(NOT_RECORDED.format(what="wire"))

    def stop_recording(self) -> str:
        """Do nothing: nothing was begun."""
        return ""

    def calibrate(self) -> None:
        """Do nothing: there is nothing to measure."""

    def cancel(self) -> None:
        """Do nothing: every call returns at once."""

    def restart(self) -> None:
        """Do nothing: nothing can hang."""

    def close(self) -> None:
        """Do nothing: there are no processes."""

    def _run(self) -> RecordedRun:
        if self._current is None:
            raise MessageError("There are no keys yet: prepare a setting first.")
        return self._current


def session_of(recording: Recording, only: Picture | None = None) -> SessionFactory:
    """Return what makes sessions that play a recording, for `only` that picture if given."""

    def make(on_event: Callable[[Event], None], cloud: Address | None = None) -> EngineSession:
        if cloud is not None:
            raise MessageError(NOT_RECORDED.format(what="cloud elsewhere"))
        return RecordedSession(recording, on_event, only)

    return make
