"""Teaching runs: what was in the ciphertexts after every stage, for one picture at a time.

The run under the chosen setting, and one under another for comparison, are kept until the picture
or the network changes.
"""

import dataclasses
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.journey.runs import Runs
from app.link.crash import is_expected, sentence_of
from app.link.requests import Teach
from app.state.everything import AppState
from engine.ckks.parameters import Settings
from engine.errors import CancelledError
from engine.inside.looks import StageLook, TeachingRun


class Revealing(QObject):
    """Attributes: `other`, the settings compared with or None; `is_running`; `refusal`, a sentence.

    Signals: `changed`; `found` when a run of the picture at hand has ended.
    """

    changed = Signal()
    found = Signal()

    def __init__(
        self, state: AppState, runs: Runs, report: Callable[[Exception], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._runs = runs
        self._report = report
        self._found: dict[Settings, TeachingRun] = {}
        self._of = self._subject()
        self.other: Settings | None = None
        self.is_running = False
        self.refusal = ""
        state.drawn.changed.connect(self._forget)
        state.chosen.changed.connect(self._forget)
        state.cloud.used.connect(self._forget_refusal)
        state.chosen.changed.connect(self.changed)  # `current` is that of the settings at hand

    @property
    def current(self) -> TeachingRun | None:
        """Return the run of the picture and the settings at hand, if there was one."""
        return self._found.get(self._state.chosen.settings)

    @property
    def compared(self) -> TeachingRun | None:
        """Return the run under the other settings, if there was one."""
        return None if self.other is None else self._found.get(self.other)

    def look_of(self, key: str) -> StageLook | None:
        """Return what was in the ciphertexts after a stage."""
        run = self.current
        stages = () if run is None else run.stages
        return next((each for each in stages if each.key == key), None)

    def run(self) -> None:
        """Let the cloud show every stage of the picture at hand."""
        self._run(self._state.chosen.settings)

    def compare(self, scale_bits: int) -> None:
        """Do the same under another bit scale."""
        self.other = dataclasses.replace(self._state.chosen.settings, scale_bits=scale_bits)
        self._run(self.other)

    def _run(self, settings: Settings) -> None:
        picture = self._state.drawn.picture
        if picture is None or self.is_running:
            return
        self.is_running, self.refusal = True, ""
        of = self._of
        request = Teach(settings, picture)

        def take(run: TeachingRun) -> None:
            self.is_running = False
            if self._of == of:
                self._found[settings] = run
            self._make_keys_again(settings)
            self.changed.emit()
            self.found.emit()

        def fail(error: Exception) -> None:
            self.is_running = False
            if not isinstance(error, CancelledError):
                self.refusal = sentence_of(error)
                if not is_expected(error):
                    self._report(error)
            self._make_keys_again(settings)
            self.changed.emit()

        self._runs.link.submit(request, take, fail)
        self.changed.emit()

    def _make_keys_again(self, settings: Settings) -> None:
        """Have the chosen setting's keys again: a session holds those of one setting."""
        if settings != self._state.chosen.settings:
            self._state.run.keys = None
            self._runs.make_keys()

    def _forget_refusal(self) -> None:
        """Forget what the cloud before could not do."""
        self.refusal = ""
        self.changed.emit()

    def _subject(self) -> tuple[str, bytes]:
        picture = self._state.drawn.picture
        return self._state.chosen.settings.model, b"" if picture is None else picture.tobytes()

    def _forget(self) -> None:
        """Forget runs of another picture or network; a pen that moves has mostly none to forget."""
        subject = self._subject()
        if subject == self._of:
            return
        self._of = subject
        if self._found or self.other is not None or self.refusal:
            self._found.clear()
            self.other = None
            self.refusal = ""
            self.changed.emit()
