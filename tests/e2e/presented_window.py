"""The program's window, which tells on standard output every step that its presentation shows.

Started by `test_presentation_window.py` on a display of its own; keys and mouse come from outside.
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QApplication, QLabel

from app.shell.launch import make_application, make_window
from app.shell.main_window import MainWindow
from app.shell.paths import Paths
from app.state.records import Phase


def tell(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


class Reporter(QObject):
    """Tells that the window is ready, each step once all of it can be seen, and the end."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._state = window.program.state
        self._told = window.program.presentation
        self._last = -1
        self._state.run.phase_changed.connect(self._look)
        self._told.turned.connect(self._open_or_close)
        self._told.changed.connect(lambda: QTimer.singleShot(0, self, self._report))
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusWindowChanged.connect(self._report)  # keys reach only what has the focus

    def _look(self) -> None:
        if self._state.has_keys and self._state.run.phase is Phase.IDLE:
            self._state.run.phase_changed.disconnect(self._look)
            tell(ready=True)

    def _open_or_close(self, on: bool) -> None:
        if not on:
            tell(left=True, runs=len(self._state.past.runs))
            QTimer.singleShot(0, self._window.close)

    def _report(self) -> None:
        told = self._told
        view = self._window.shows.presentation
        if not told.is_on or not told.is_told or told.step == self._last:
            return
        if view is None or not view.isActiveWindow():
            return
        self._last = told.step
        page = view.pages[told.step]
        canvas = view.draw.canvas
        corner = canvas.mapToGlobal(QPoint(0, 0))
        tell(
            step=int(told.step),
            sentence=view.sentence.text(),
            canvas=[corner.x(), corner.y(), canvas.width(), canvas.height()],
            size=[view.width(), view.height()],
            texts=[label.text() for label in page.findChildren(QLabel) if label.text()],
        )


def main() -> int:
    folder = Path(sys.argv[1])
    application = make_application()
    window = make_window(application, Paths(folder / "log.txt", None))
    Reporter(window)
    window.move(0, 0)
    window.show()
    window.activateWindow()  # no window manager does it here
    QTimer.singleShot(0, window.program.start)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
