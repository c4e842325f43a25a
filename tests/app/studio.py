"""A window over a fake session, with what a person does to it as methods."""

from collections.abc import Callable
from pathlib import Path

from fake_session import FakeSession
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.kit.palette import Palette
from app.kit.theme import BASE_SIZE
from app.shell.launch import make_window
from app.shell.main_window import MainWindow
from app.shell.paths import Paths
from app.state.drawing import Drawing
from app.state.records import Phase
from engine.pictures.strokes import Stroke
from engine.remote.address import Address
from engine.session.events import Event

THREE = (
    (0.3, 0.2), (0.5, 0.15), (0.7, 0.25), (0.65, 0.4), (0.45, 0.5),
    (0.65, 0.55), (0.72, 0.7), (0.55, 0.85), (0.3, 0.8),
)  # fmt: skip


class Studio:
    """A window over a fake session: `window`, `state`, `session`, and what a person does.

    `prepare_session`, to be replaced, is given every session before it is used.
    """

    def __init__(self, qtbot: QtBot, application: QApplication, folder: Path) -> None:
        self.qtbot = qtbot
        self.paths = Paths(
            folder / "log" / "ciphersketch.log",
            folder / "settings.ini",
            folder / "data" / "runs.sqlite3",
        )
        self.sessions: list[FakeSession] = []
        self.prepare_session: Callable[[FakeSession], None] = lambda session: None
        self.window: MainWindow = make_window(application, self.paths, self._open_session)
        self.resize(*BASE_SIZE.toTuple())  # whatever the screen of the tests is
        self.window.actions_.reduce_motion.setChecked(True)
        self.state = self.window.program.state
        qtbot.addWidget(self.window)

    def _open_session(
        self, on_event: Callable[[Event], None], cloud: Address | None = None
    ) -> FakeSession:
        session = FakeSession(on_event, cloud)
        self.sessions.append(session)
        self.prepare_session(session)
        return session

    @property
    def session(self) -> FakeSession:
        return self.sessions[-1]

    def start(self) -> "Studio":
        self.window.show()
        self.window.program.start()
        self.qtbot.waitUntil(self.is_ready)
        return self

    def resize(self, width: int, height: int) -> None:
        """Give the window a size, and let everything in it follow."""
        self.window.resize(width, height)
        self.window.fit()
        self.settle()

    def use(self, palette: Palette) -> None:
        """Change the colours, and let everything follow."""
        self.window.theme.use(palette)
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.window.theme.is_settled)

    def is_ready(self) -> bool:
        return self.state.has_keys and self.state.run.phase is Phase.IDLE

    def draw(self) -> None:
        self.window.program.pictures.draw(Drawing((Stroke(THREE, 0.085),)))

    def classify(self) -> None:
        runs = len(self.state.past.runs)
        self.window.actions_.classify.trigger()
        self.qtbot.waitUntil(
            lambda: len(self.state.past.runs) > runs and self.state.run.phase is Phase.IDLE
        )


def child_processes() -> list[int]:
    """Return the ids of this process's children that still run."""
    children = []
    for task in Path("/proc/self/task").glob("*/children"):
        children += [int(each) for each in task.read_text().split()]
    return [each for each in children if not _is_zombie(each)]


def _is_zombie(process: int) -> bool:
    try:
        return ") Z " in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return True
