"""The program's window with a small sweep of the drawn picture; a mouse from outside presses.

Started by `test_sweep_window.py`, twice on the same folders. It tells where the buttons are, what
became of each press, and at last how many rows there are and which processes are left.
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.draw.picture.samples import sample_strokes
from app.measure.rehearsal import Rehearsal
from app.shell.launch import make_application, make_window
from app.shell.paths import Paths
from app.sweep.choice import SweepChoice
from app.sweep.running import SweepPhase, Sweeps
from app.sweep.view import SweepView

POINTS = SweepChoice(("mnist-network1",), (4096, 8192), (22, 24, 26), 0)
"""The three at N = 8192 can work."""


def tell(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def centre(widget: QWidget) -> tuple[int, int]:
    point = widget.mapToGlobal(QPoint(widget.width() // 2, widget.height() // 2))
    return point.x(), point.y()


def rows(sweeps: Sweeps) -> int:
    return sum(state.row is not None for state in sweeps.states)


def children() -> int:
    """Return how many processes are left; Python's own resource tracker ends with the program."""
    tasks = Path("/proc/self/task").glob("*/children")
    numbers = [number for each in tasks for number in each.read_text().split()]
    commands = [Path(f"/proc/{number}/cmdline").read_bytes() for number in numbers]
    return sum(b"resource_tracker" not in command for command in commands)


def buttons(view: SweepView) -> dict[str, tuple[int, int]]:
    bar = view.bar
    return {"start": centre(bar.start), "cancel": centre(bar.cancel)}


def first(rehearsal: Rehearsal, sweeps: Sweeps, view: SweepView) -> None:
    """Be started, cancelled, started again; end while it runs."""
    sweeps.choose(POINTS)
    rehearsal.wait_for(lambda: len(sweeps.limits) > 0)
    tell(platform=QGuiApplication.platformName(), **buttons(view))
    rehearsal.wait_for(lambda: rows(sweeps) == 1)
    tell(rows=rows(sweeps), remaining=sweeps.remaining is not None)
    rehearsal.wait_for(lambda: sweeps.phase is SweepPhase.IDLE)
    tell(rows=rows(sweeps), said=view.bar.start.text(), processes=children())
    rehearsal.wait_for(lambda: rows(sweeps) == 2 and sweeps.phase is SweepPhase.RUNNING)


def second(rehearsal: Rehearsal, sweeps: Sweeps, view: SweepView) -> None:
    """Be resumed, and come to the end."""
    rehearsal.wait_for(lambda: rows(sweeps) == 2)
    tell(said=view.bar.start.text(), rows=rows(sweeps), **buttons(view))
    rehearsal.wait_for(lambda: rows(sweeps) == 3 and sweeps.phase is SweepPhase.IDLE)


def main() -> int:
    folder, act = Path(sys.argv[1]), sys.argv[2]
    application = make_application()
    window = make_window(application, Paths(folder / "log.txt", None))
    window.move(0, 0)
    window.show()
    rehearsal = Rehearsal(window)
    rehearsal.draw(sample_strokes("3-mouse.png"))
    window.views.show_view("sweep")
    view, sweeps = window.views.currentWidget(), window.program.sweeps
    assert isinstance(view, SweepView)
    rehearsal.pause(100)
    {"first": first, "second": second}[act](rehearsal, sweeps, view)
    window.close()
    tell(rows=rows(sweeps), phase=sweeps.phase.value, processes=children())
    return 0


if __name__ == "__main__":
    sys.exit(main())
