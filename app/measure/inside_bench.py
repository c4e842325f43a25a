"""How quick the view of a run's inside is, at 1920x1080, for networks 1 and 2 of the poster.

`inside_open_ms`: from asking for the view, after a run, to its first step painted. `inside_step_ms`
and `inside_step_95_ms`: from going to a step, a slot pointed at, to its pictures painted, the
median and the 95th percentile over all steps. `..._busy_ms` are the main thread's processor time:
what is left of it on a machine that does nothing else.
"""

import statistics
import time

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from app.actions.views import DRAW, INSIDE
from app.draw.picture.samples import sample_strokes
from app.inside.viewing import Viewing
from app.measure.rehearsal import Rehearsal
from app.shell.main_window import MainWindow
from engine.planning.recommended import recommended

SAMPLE = "3-mouse.png"
MODELS = ("mnist-network1", "mnist-network2")
SIZE = QSize(1920, 1080)
SLOT = 1290
TWENTIETHS = 20


def measure_inside(window: MainWindow, rehearsal: Rehearsal) -> dict[str, float]:
    """Return the figures of each network; the window is then as large as it was."""
    before = window.size()
    window.resize(SIZE)
    figures: dict[str, float] = {}
    for model in MODELS:
        for name, value in _measure(window, rehearsal, model).items():
            figures[f"{name}_{model.removeprefix('mnist-')}"] = round(value, 1)
    window.views.show_view(DRAW.key)
    window.resize(before)
    return figures


def _measure(window: MainWindow, rehearsal: Rehearsal, model: str) -> dict[str, float]:
    window.views.show_view(DRAW.key)
    window.program.choices.change(recommended(model))
    rehearsal.pause(20)
    rehearsal.wait_until_ready()
    window.program.pictures.clear()
    rehearsal.draw(sample_strokes(SAMPLE))
    rehearsal.classify()
    viewing = window.program.viewing
    window.views.view(INSIDE.key)  # while nothing else is to be done, the window makes it ahead
    begin = time.perf_counter()
    window.views.show_view(INSIDE.key)
    rehearsal.wait_for(lambda: _is_of(viewing, model))
    QApplication.processEvents()
    opened = time.perf_counter() - begin
    rehearsal.wait_for(lambda: bool(viewing.bits))
    walls, busy = zip(*_step_times(viewing), strict=True)
    figures = {"inside_open_ms": 1000 * opened}
    for name, times in (("", walls), ("busy_", busy)):
        figures[f"inside_step_{name}ms"] = 1000 * statistics.median(times)
        figures[f"inside_step_95_{name}ms"] = 1000 * statistics.quantiles(times, n=TWENTIETHS)[-1]
    return figures


def _is_of(viewing: Viewing, model: str) -> bool:
    return viewing.trace is not None and viewing.trace.network.name == model


def _step_times(viewing: Viewing) -> list[tuple[float, float]]:
    """Return what each step took, by the clock and of the processor's time."""
    assert viewing.trace is not None
    viewing.first()
    viewing.point(SLOT)
    times = []
    for number in range(1, len(viewing.trace.steps)):
        begin, busy = time.perf_counter(), time.thread_time()
        viewing.go_to(number)
        QApplication.processEvents()
        times.append((time.perf_counter() - begin, time.thread_time() - busy))
    return times
