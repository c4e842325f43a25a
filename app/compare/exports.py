"""Writes what a person wants to take along: runs, plots, commands; away from the main thread."""

import io
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.compare.tables import as_csv, as_json, command_for
from app.link.background import Background
from app.state.records import Tone
from app.state.stored_run import StoredRun


class Exports(QObject):
    """Signal: `told(sentence, Tone)` when something was written or copied, or could not be.

    Pictures that a command line needs are put into `folder`, or a temporary one if it is None.
    """

    told = Signal(str, object)

    def __init__(
        self,
        background: Background,
        folder: Path | None,
        report: Callable[[Exception], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._folder = folder or Path(tempfile.gettempdir()) / "ciphersketch"
        self._report = report

    def save_runs(self, runs: Sequence[StoredRun], path: Path) -> None:
        """Write runs as JSON if `path` ends with .json, else as CSV."""
        write = as_json if path.suffix.lower() == ".json" else as_csv
        what = f"{len(runs)} run{'' if len(runs) == 1 else 's'}"
        self._save(lambda: write(runs).encode(), path, what)

    def save_picture(self, data: bytes, path: Path) -> None:
        """Write the bytes of a picture of the plots."""
        self._save(lambda: data, path, "The plots")

    def copy_command(self, run: StoredRun) -> None:
        """Put the run's picture into a file, and the command that repeats it on the clipboard."""
        path = self._folder / f"{run.id}.png"

        def write() -> str:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            buffer = io.BytesIO()
            Image.fromarray(run.grey).save(buffer, "PNG")
            path.write_bytes(buffer.getvalue())
            return command_for(run, path)

        def done(command: str) -> None:
            QGuiApplication.clipboard().setText(command)
            self.told.emit(f"Copied: {command}", Tone.PLAIN)

        self._background.run("copy command", write, done, lambda error: self._fail(error, path))

    def _save(self, make: Callable[[], bytes], path: Path, what: str) -> None:
        def done(_size: int) -> None:
            verb = "were" if what != "1 run" else "was"
            self.told.emit(f"{what} {verb} saved as {path}.", Tone.PLAIN)

        self._background.run(
            f"save {path}",
            lambda: path.write_bytes(make()),
            done,
            lambda error: self._fail(error, path),
        )

    def _fail(self, error: Exception, path: Path) -> None:
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
            self.told.emit(
                f"{path} cannot be written ({reason}); choose another place.", Tone.ERROR
            )
        else:
            self._report(error)
