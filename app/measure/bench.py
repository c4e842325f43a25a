"""Measures how quick the window is, on real runs of the engine.

`longest_gap_ms`: the longest time that the event loop did not answer. `cancel_ms`: from Cancel to
idle, the worse of cancelling the keys and cancelling the circuit. `pen_up_to_answer_ms`: from the
end of the last stroke to the painted answer, keys ready. `first_window_ms`: from the start of a
new process of this program to its first paint, the median of a few. `live_answers_per_second`,
`live_delay_ms` (from the pen's newest point to the painted answer, the median), `live_delay_95_ms`
(its 95th percentile) and `live_gap_ms`: live mode while a mouse draws without a break, one shot
at two settings, and with refreshes; `live_after_views` the same at the first setting, after every
view was opened and the log of messages is full.
`strokes_to_input_ms`: from a drawing's strokes to its 28x28, the median over the samples.
`views_...` and `theme_...`: see `app.measure.view_bench`; `inside_...`: `app.measure.inside_bench`.
"""

# ruff: noqa: T201 - printing is what a command line does

import dataclasses
import json
import statistics
import subprocess
import sys
import time

from PySide6.QtGui import QGuiApplication

from app.draw.picture.samples import sample_drawing, sample_names, sample_strokes
from app.kit.theme import BASE_SIZE
from app.measure.gap_recorder import GapRecorder
from app.measure.inside_bench import measure_inside
from app.measure.live_bench import measure_live
from app.measure.rehearsal import Rehearsal
from app.measure.view_bench import measure_views
from app.shell.launch import forgetful_paths, make_application, make_window
from app.shell.main_window import MainWindow
from app.state.records import Phase, Progress
from engine.ckks.parameters import Settings
from engine.pictures.strokes import strokes_to_input

SAMPLE = "3-mouse.png"
MODEL = "mnist-network1"
SETTINGS = ((8192, 26), (16384, 40))
REFRESHED = Settings(MODEL, 4096, 24, protocol="refresh")
REPEATS = 5
FIRST_WINDOWS = 5
BUSY = (Phase.CLASSIFYING, Phase.CANCELLING)


def run_bench(as_json: bool) -> int:
    """Measure and print; return the exit code."""
    figures: dict[str, object] = {
        "first_window_ms": round(_first_window_ms()),
        "strokes_to_input_ms": round(_strokes_to_input_ms(), 2),
    }
    window = make_window(make_application(), forgetful_paths())
    window.resize(BASE_SIZE)
    figures["platform"] = QGuiApplication.platformName()
    window.show()
    window.program.start()
    try:
        for degree, bits in SETTINGS:
            figures[str(degree)] = _measure(window, degree, bits)
        figures["refresh"] = _measure_live(window, REFRESHED)
        figures |= measure_views(window, Rehearsal(window), GapRecorder())
        figures["live_after_views"] = _measure_live(window, Settings(MODEL, *SETTINGS[0]))
        figures |= measure_inside(window, Rehearsal(window))
    finally:
        window.close()
    print(json.dumps(figures, indent=None if as_json else 2))
    return 0


def _measure(window: MainWindow, degree: int, bits: int) -> dict[str, float]:
    rehearsal, recorder = Rehearsal(window), GapRecorder()
    rehearsal.wait_until_ready()
    settings = Settings(MODEL, degree, bits)
    other = dataclasses.replace(settings, scale_bits=bits - 1)
    for choice in (other, settings):
        window.program.choices.change(choice)
        rehearsal.pause(20)
        rehearsal.wait_until_ready()
    rehearsal.draw(sample_strokes(SAMPLE))
    rehearsal.classify()
    rehearsal.pause(500)
    recorder.take_longest_ms()
    window.program.choices.change(other)
    rehearsal.pause(20)
    rehearsal.wait_until_ready()
    key_gap = recorder.take_longest_ms()
    answers = [_pen_up_to_answer_ms(window, rehearsal) for _ in range(REPEATS)]
    run_gap = recorder.take_longest_ms()
    cancels = [_cancel_ms(window, rehearsal, at) for at in ("conv", "keys")]
    window.program.choices.change(settings)
    rehearsal.pause(20)
    return {
        "longest_gap_ms": round(max(key_gap, run_gap), 1),
        "longest_gap_keys_ms": round(key_gap, 1),
        "longest_gap_inference_ms": round(run_gap, 1),
        "cancel_ms": round(max(cancels), 1),
        "pen_up_to_answer_ms": round(statistics.median(answers), 1),
        **measure_live(window, rehearsal, recorder),
    }


def _measure_live(window: MainWindow, settings: Settings) -> dict[str, float]:
    """Return how live mode does under other settings."""
    rehearsal, recorder = Rehearsal(window), GapRecorder()
    window.program.choices.change(settings)
    rehearsal.pause(20)
    return measure_live(window, rehearsal, recorder)


def _pen_up_to_answer_ms(window: MainWindow, rehearsal: Rehearsal) -> float:
    window.program.pictures.clear()
    rehearsal.draw(sample_strokes(SAMPLE))
    begin = time.perf_counter()
    rehearsal.classify()
    window.repaint()
    return (time.perf_counter() - begin) * 1000


def _cancel_ms(window: MainWindow, rehearsal: Rehearsal, at: str) -> float:
    """Cancel a run as soon as the stage `at` runs; return the time until the window is idle."""
    state = window.program.state
    rehearsal.wait_until_ready()
    if at == "keys":
        bits = state.chosen.settings.scale_bits + 2
        window.program.choices.change(dataclasses.replace(state.chosen.settings, scale_bits=bits))
        rehearsal.wait_for(lambda: state.run.phase is Phase.MAKING_KEYS)
    window.actions_.classify.trigger()
    rehearsal.wait_for(
        lambda: state.run.stages[at].progress is not Progress.WAITING or state.run.phase not in BUSY
    )
    begin = time.perf_counter()
    window.actions_.cancel.trigger()
    rehearsal.wait_for(lambda: state.run.phase not in BUSY)
    return (time.perf_counter() - begin) * 1000


def _strokes_to_input_ms() -> float:
    times = []
    for name in sample_names():
        drawing = sample_drawing(name)
        begin = time.perf_counter()
        strokes_to_input(drawing.strokes)
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def _first_window_ms() -> float:
    command = [sys.executable, "-m", "app", "--first-paint"]
    times = []
    for _ in range(FIRST_WINDOWS):
        begin = time.time()
        done = subprocess.run(  # noqa: S603 - this very program
            command, capture_output=True, text=True, check=True, timeout=60
        )
        times.append((float(done.stdout) - begin) * 1000)
    return statistics.median(times)
