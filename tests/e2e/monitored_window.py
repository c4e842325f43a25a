"""The program's window, which tells on standard output whatever changes of a talk on its screens.

Started by `test_monitors.py` on a display of its own; keys, mouse and monitors come from outside.
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QWidget

from app.shell.launch import make_application, make_window
from app.shell.main_window import MainWindow
from app.shell.paths import Paths
from app.state.records import Progress

LOOK_MS = 20


class Reporter(QObject):
    """Tells what is where, each time that anything of it has changed."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._last = ""
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self._tell)
        self._look.start()

    def _tell(self) -> None:
        told = json.dumps(self._facts())
        if told != self._last:
            self._last = told
            sys.stdout.write(told + "\n")
            sys.stdout.flush()

    def _facts(self) -> dict[str, object]:
        program, shows = self._window.program, self._window.shows
        told, result = program.presentation, program.presentation.result
        story, speaker = shows.presentation, shows.speaker
        dot = story is not None and story.pointer.isVisible()
        stages = list(program.state.run.stages.items())
        return {
            "ready": program.state.has_keys,
            "on": told.is_on,
            "step": int(told.step),
            "told": told.is_told,
            "story": _where(story),
            "speaker": _where(speaker),
            "window": _where(self._window),
            "keys": [_has_keys(story), _has_keys(speaker)],
            "black": story is not None and story.black.isVisible(),
            "dot": dot,
            "canvas": self._canvas() if _where(speaker) else None,
            "answer": "" if result is None else result.classes[result.prediction],
            "recorded": program.state.is_recorded,
            "running": [key for key, stage in stages if stage.progress is Progress.RUNNING],
        }

    def _canvas(self) -> list[int]:
        """Return where the story's canvas is seen in the speaker's view, on the laptop."""
        story, speaker = self._window.shows.presentation, self._window.shows.speaker
        assert story is not None
        assert speaker is not None
        area, canvas = speaker.mirror.area, story.draw.canvas
        scale = area.width() / story.width()
        corner = canvas.mapTo(story, QPoint()).toPointF() * scale + area.topLeft()
        there = speaker.mirror.mapToGlobal(corner).toPoint()
        return [there.x(), there.y(), *[round(canvas.width() * scale)] * 2]


def _where(widget: QWidget | None) -> list[int] | None:
    shown = widget is not None and widget.isVisible()
    return list(widget.frameGeometry().getRect()) if widget is not None and shown else None


def _has_keys(widget: QWidget | None) -> bool:
    return widget is not None and widget.isActiveWindow()


def main() -> int:
    folder = Path(sys.argv[1])
    application = make_application()
    window = make_window(application, Paths(folder / "log.txt", None))
    window.program.tour.is_seen = True
    window.setGeometry(0, 0, 1200, 680)
    Reporter(window)
    window.show()
    window.activateWindow()  # no window manager does it here
    QTimer.singleShot(0, window.program.start)
    window.program.presentation.turned.connect(lambda on: on or QTimer.singleShot(0, window.close))
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())
