"""The program's window, which tells on standard output where to draw and what it answered.

Started by `test_real_window.py` on a display of its own; the mouse is moved from outside.
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.shell.launch import make_application, make_window
from app.shell.main_window import MainWindow
from app.shell.paths import Paths
from app.state.records import Phase


def tell(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


class Reporter(QObject):
    """Tells once where things are when the keys are ready, and each answer."""

    def __init__(self, window: MainWindow, screenshot: Path) -> None:
        super().__init__(window)
        self._window = window
        self._state = window.program.state
        self._screenshot = screenshot
        self._is_ready = False
        self._state.run.phase_changed.connect(self._look)
        self._state.run.result_changed.connect(self._answer)

    def _look(self) -> None:
        if not self._is_ready and self._state.has_keys and self._state.run.phase is Phase.IDLE:
            self._is_ready = True
            canvas = self._window.draw.picture_card.canvas
            tell(
                platform=QGuiApplication.platformName(),
                canvas=[*origin(canvas), canvas.width(), canvas.height()],
                button=centre(self._window.draw.run_bar.classify),
            )

    def _answer(self) -> None:
        result = self._state.run.result
        assert result is not None
        tell(
            answer=result.classes[result.prediction],
            clear=result.classes[result.clear_prediction],
            shown=self._window.draw.answer_card.digit.text(),
        )
        QTimer.singleShot(600, self, self._finish)

    def _finish(self) -> None:
        self._window.grab().save(str(self._screenshot))
        self._window.close()


def origin(widget: QWidget) -> tuple[int, int]:
    point = widget.mapToGlobal(QPoint(0, 0))
    return point.x(), point.y()


def centre(widget: QWidget) -> tuple[int, int]:
    point = widget.mapToGlobal(widget.rect().center())
    return point.x(), point.y()


def main() -> int:
    folder = Path(sys.argv[1])
    application = make_application()
    window = make_window(application, Paths(folder / "log.txt", folder / "settings.ini"))
    Reporter(window, folder / "window.png")
    window.move(0, 0)
    window.show()
    QTimer.singleShot(0, window.program.start)
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
