"""The README's screenshots: every view in both themes, from a recording, by one command.

`python -m app --screenshots DIR` makes them, the same pixels each time on one machine;
`--record` makes the recording anew from real runs first.
"""

# ruff: noqa: T201 - printing is what a command line does

import dataclasses
import functools
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

from PySide6.QtWidgets import QWidget

from app.actions.views import ARCHITECTURE, COMPARE, DATA, INSIDE, PLAYGROUND, PROVE, SWEEP
from app.compare.view import CompareView
from app.draw.picture.samples import sample_strokes
from app.inside.viewing import Viewing
from app.kit.palette import PALETTES
from app.link.recorded_lesson import lesson_named
from app.link.recording import (
    SHOWN_LESSON,
    Recording,
    load_recording,
    record,
    save_recording,
    session_of,
)
from app.link.session import open_session
from app.measure.rehearsal import Rehearsal, RehearsalError
from app.playground.view import PlaygroundView
from app.present.stand.recorded_run import SAMPLE
from app.present.story import Step
from app.shell.launch import forgetful_paths, make_application, make_window
from app.shell.main_window import MainWindow
from app.shell.paths import Paths
from app.state.presets import PRESETS
from app.sweep.choice import SweepChoice
from app.sweep.store import SweepMemory, save_plan
from engine.ckks.parameters import Settings
from engine.data_sets.preparation import read_picture
from engine.planning.forecast import forecast
from engine.resources import assets_dir

SIZE = (1280, 720)
SETTLE_MS = 400
SHOWN_SLOT = 1290
NOON = 1_767_268_800.0
"""When the recorded runs are said to have ended: 1 January 2026, 12:00 UTC."""
RECORDED = (
    PRESETS[0].apply(Settings("mnist-network2", protocol="refresh")),
    Settings(scale_bits=22),
    Settings(scale_bits=28),
    Settings(scale_bits=26),
)
"""The last one is what the window shows."""
SWEPT = SweepChoice(
    models=("fashionmnist-network1", "kmnist-network1", "mnist-network1"),
    scales=(16, 18, 20, 22, 24, 26, 28, 30),
    pictures=1000,
    mode="batched",
)


def make_screenshots(folder: Path, anew: bool, themes: Iterable[str] = PALETTES) -> int:
    """Save a picture of every view in each theme; return the exit code."""
    path = assets_dir() / "recording.json.gz"
    try:
        if anew:
            picture = read_picture(assets_dir() / "samples" / SAMPLE)
            save_recording(record(open_session, RECORDED, picture), path)
        recording = load_recording(path)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            os.environ["CIPHERSKETCH_DATA"] = "none"  # the sets' own pictures are not shown
            paths = dataclasses.replace(forgetful_paths(), sweeps=Path(scratch))
            for theme in themes:
                _show_all(folder, theme, recording, paths)
    except (OSError, ValueError, RehearsalError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _show_all(folder: Path, theme: str, recording: Recording, paths: Paths) -> None:
    _lay_out_sweep(paths.sweeps)
    window = make_window(
        make_application(),
        paths,
        session_of(recording),
        functools.partial(forecast, costs=recording.costs),
    )
    window.theme.use(PALETTES[theme])
    window.actions_.reduce_motion.setChecked(True)
    ticks = count()
    window.program.state.past.clock = lambda: NOON + 60 * next(ticks)
    window.resize(*SIZE)
    window.show()
    window.program.start()
    rehearsal = Rehearsal(window)
    try:
        for name, widget in _views(window, rehearsal):
            file = folder / f"{name}-{theme}.png"
            if not rehearsal.wait_until_still(widget).save(str(file)):
                raise OSError(f"The picture of the window cannot be written to {file}.")
    finally:
        window.close()


def _views(window: MainWindow, rehearsal: Rehearsal) -> Iterator[tuple[str, QWidget]]:
    """Yield each view's name and the widget that shows it."""
    rehearsal.wait_until_ready()
    rehearsal.draw(sample_strokes(SAMPLE))
    for settings in RECORDED:
        window.program.choices.change(settings)
        rehearsal.pause(SETTLE_MS)
        rehearsal.wait_until_ready()
        rehearsal.classify()
    yield "draw", window
    for view in (COMPARE, SWEEP, DATA, PROVE, INSIDE, PLAYGROUND, ARCHITECTURE):
        window.views.show_view(view.key)
        if view is COMPARE:
            compare = window.views.view(COMPARE.key)
            assert isinstance(compare, CompareView)
            rehearsal.wait_until_still(compare)  # its parts are made one after another
            compare.table.select({run.id for run in window.program.state.past.runs[-2:]})
        if view is INSIDE:
            _look_inside(window.program.viewing, rehearsal)
        if view is PLAYGROUND:
            _take_lesson(window, rehearsal)
        if view is ARCHITECTURE:
            rehearsal.wait_for(lambda: not window.program.drafting.is_planning)
        yield view.key, window
    window.program.presentation.turn(on=True)
    window.program.presentation.go_to(Step.COMPUTE)
    shown = window.shows.presentation
    assert shown is not None
    shown.showNormal()
    shown.resize(*SIZE)
    yield "present", shown


def _look_inside(viewing: Viewing, rehearsal: Rehearsal) -> None:
    """Show the last fold of the first layer, and what one of its slots is the sum of."""
    rehearsal.wait_for(lambda: bool(viewing.bits))
    viewing.next_stage()
    viewing.go_to(viewing.span.end - 2)
    viewing.point(SHOWN_SLOT)


def _take_lesson(window: MainWindow, rehearsal: Rehearsal) -> None:
    """Show the recorded lesson at its end, without the blinking cursor of a field."""
    workbench, lesson = window.program.workbench, lesson_named(SHOWN_LESSON)
    view = window.views.view(PLAYGROUND.key)
    assert isinstance(view, PlaygroundView)
    view.values.list.setFocus()
    workbench.start_lesson(lesson)
    for _ in lesson.steps:
        workbench.take_next_step()
    rehearsal.wait_for(lambda: not workbench.is_working)


def _lay_out_sweep(folder: Path | None) -> None:
    """Put the sweep of the results where the window looks for the last one."""
    assert folder is not None
    save_plan(folder, SweepMemory(SWEPT, None, is_open=False))
    shutil.copy(assets_dir() / "results" / "sweep" / "sweep.csv", folder)
