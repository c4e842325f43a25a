"""What a person does with recordings of the wire: begin one, end it, open one, look for bytes."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from app.journey.runs import Runs
from app.link.background import Background
from app.link.crash import is_expected, sentence_of
from app.link.requests import RecordWire, StopRecording
from app.state.everything import AppState
from app.state.records import Tone
from engine.remote.recording import Recording, read_recording


class Recordings(QObject):
    """Keeps `state.wire` in step with what is recorded and what was opened."""

    def __init__(
        self,
        state: AppState,
        runs: Runs,
        background: Background,
        report: Callable[[Exception], None],
    ) -> None:
        super().__init__(state)
        self._state = state
        self._runs = runs
        self._background = background
        self._report = report
        state.cloud.used.connect(self._end)

    def record(self, path: Path) -> None:
        """Write what crosses from now on into a file."""
        self._runs.link.submit(
            RecordWire(path), lambda _nothing: self._state.wire.set_target(path), self._fail
        )

    def stop(self) -> None:
        """End the recording and show it."""
        path = self._state.wire.target
        if path is not None:
            self._runs.link.submit(
                StopRecording(), lambda problem: self._show_ended(path, problem), self._fail
            )

    def open_file(self, path: Path) -> None:
        """Read a recording and show it."""
        self._background.run(
            "recording",
            lambda: read_recording(path),
            lambda recording: self._show(recording, path),
            self._fail,
        )

    def find(self, text: str) -> None:
        """Find the messages that hold some text, or bytes written as `0x` and hex."""
        recording, wanted = self._state.wire.recording, needle(text)
        if recording is not None:
            self._background.run(
                "find", lambda: places_of(recording, wanted), self._state.wire.set_found, self._fail
            )

    def _end(self) -> None:
        """Show what was recorded with the cloud that was left: its session closed the file."""
        path = self._state.wire.target
        if path is not None:
            self._show_ended(path, "")

    def _show_ended(self, path: Path, problem: str) -> None:
        self._state.wire.set_target(None)
        if problem:
            self._state.run.say(problem, Tone.ERROR)
        self.open_file(path)

    def _show(self, recording: Recording, path: Path) -> None:
        self._state.wire.say("")
        self._state.wire.show(recording, path.name)

    def _fail(self, error: Exception) -> None:
        if not is_expected(error):
            self._report(error)
        self._state.wire.say(sentence_of(error), Tone.ERROR)


def needle(text: str) -> bytes:
    """Return the bytes that a person looks for."""
    if text.lower().startswith("0x"):
        try:
            return bytes.fromhex(text[2:])
        except ValueError:
            pass
    return text.encode()


def places_of(recording: Recording, wanted: bytes) -> tuple[int, ...]:
    """Return which messages of a recording hold some bytes; all of them hold none."""
    messages = enumerate(recording.messages)
    return tuple(place for place, message in messages if wanted in message.data)
