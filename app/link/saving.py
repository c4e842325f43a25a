"""Writes files away from the main thread, and tells how that ended."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from app.link.background import Background
from app.state.records import Tone

T = TypeVar("T")


class Saving:
    """`tell(sentence, Tone)` is told when something was written, or why it cannot be."""

    def __init__(
        self,
        background: Background,
        tell: Callable[[str, Tone], None],
        report: Callable[[Exception], None],
    ) -> None:
        self._background = background
        self._tell = tell
        self._report = report

    def save(self, make: Callable[[], bytes], path: Path, done: str) -> None:
        """Write what `make` returns to `path`; `done` is the sentence for that."""
        self.write(
            lambda: path.write_bytes(make()), path, lambda _size: self._tell(done, Tone.PLAIN)
        )

    def write(self, write: Callable[[], T], path: Path, then: Callable[[T], None]) -> None:
        """Call `write`, which writes to `path`, and then `then` with what it returns."""
        self._background.run(f"save {path}", write, then, lambda error: self._fail(error, path))

    def _fail(self, error: Exception, path: Path) -> None:
        if not isinstance(error, OSError):
            self._report(error)
            return
        reason = error.strerror or type(error).__name__
        self._tell(f"{path} cannot be written ({reason}); choose another place.", Tone.ERROR)
