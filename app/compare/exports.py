"""What a person takes along of the runs: tables, plots, the command that repeats one."""

import io
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.compare.animation import FORMATS, as_animation
from app.compare.page import as_page
from app.compare.tables import as_csv, as_json, command_for
from app.kit.save_dialog import ask_where_to_save
from app.link.saving import Saving
from app.state.drawing import as_shown
from app.state.records import Tone
from app.state.stored_run import StoredRun
from engine.errors import CipherSketchError
from engine.planning.forecast import circuit_for
from engine.planning.journey import StageInfo, journey, journey_of_keys

TAKEN_AS = (
    "Page for any browser (*.html)",
    "Animated picture, APNG (*.png)",
    "Animated picture, GIF (*.gif)",
)


class Exports:
    """Pictures that a command line needs are put into `folder`, or a temporary one if it is None.

    `tell(sentence, Tone)` is told when a command was copied.
    """

    def __init__(
        self, saving: Saving, tell: Callable[[str, Tone], None], folder: Path | None
    ) -> None:
        self._saving = saving
        self._tell = tell
        self._folder = folder or Path(tempfile.gettempdir()) / "ciphersketch"

    def save_runs(self, runs: Sequence[StoredRun], path: Path) -> None:
        """Write runs as JSON if `path` ends with .json, else as CSV."""
        write = as_json if path.suffix.lower() == ".json" else as_csv
        what = "1 run was" if len(runs) == 1 else f"{len(runs)} runs were"
        self._saving.save(lambda: write(runs).encode(), path, f"{what} saved as {path}.")

    def save_picture(self, data: bytes, path: Path) -> None:
        """Write the bytes of a picture of the plots."""
        self._saving.save(lambda: data, path, f"The plots were saved as {path}.")

    def ask_where_to_take(self, run: StoredRun, parent: QWidget) -> None:
        """Ask for a file, and write a run into it as `take_along` does."""
        title = "Save this run to take along"
        ask_where_to_save(parent, title, "run", TAKEN_AS, lambda path: self.take_along(run, path))

    def take_along(self, run: StoredRun, path: Path) -> None:
        """Write a run as a page if `path` ends with .html, else as an animated picture."""
        ending = path.suffix.lower()

        def make() -> bytes:
            stages = _stages(run)
            if ending == ".html":
                return as_page(run, stages, _picture(run)).encode()
            return as_animation(run, stages, ending if ending in FORMATS else ".png")

        self._saving.save(make, path, f"The run was saved as {path}.")

    def copy_command(self, run: StoredRun) -> None:
        """Put the run's picture into a file, and the command that repeats it on the clipboard."""
        path = self._folder / f"{run.id}.png"

        def write() -> str:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.write_bytes(_picture(run))
            return command_for(run, path)

        def done(command: str) -> None:
            QGuiApplication.clipboard().setText(command)
            self._tell(f"Copied: {command}", Tone.PLAIN)

        self._saving.write(write, path, done)


def _picture(run: StoredRun) -> bytes:
    """Return what the network saw as the bytes of a PNG file."""
    buffer = io.BytesIO()
    Image.fromarray(as_shown(run.pixels)).save(buffer, "PNG")
    return buffer.getvalue()


def _stages(run: StoredRun) -> tuple[StageInfo, ...]:
    """Return what a run's steps are called, by their keys alone if its model is not here."""
    try:
        return journey(circuit_for(run.settings))
    except CipherSketchError:
        return journey_of_keys([(stage.key, stage.level) for stage in run.stages])
